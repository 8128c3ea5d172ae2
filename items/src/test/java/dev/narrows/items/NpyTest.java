package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {

    /** What NumPy 2.4.6 wrote: {@code asfortranarray(arange(6, '>f4').reshape(2, 3))}, format 2.0. */
    private static final String FORTRAN_BIG_ENDIAN_V2 =
            "k05VTVBZAgB0AAAAeydkZXNjcic6ICc+ZjQnLCAnZm9ydHJhbl9vcmRlcic6IFRydWUsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAQEAAAD+AAABAgAAAQAAAAECgAAA=";
    /** {@code array([[1, -2], [3, 4]], '<i8')}, format 1.0. */
    private static final String LONGS =
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAP7/////////AwAAAAAAAAAE"
                    + "AAAAAAAAAA==";
    /** {@code float16(1.5)}: a scalar. */
    private static final String SCALAR =
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPg==";

    @TempDir
    Path directory;

    @Test
    void read_fortranOrderBigEndianFormat2_givesRowMajor() throws IOException {
        Tensor tensor = Npy.read(file(FORTRAN_BIG_ENDIAN_V2));

        assertThat(tensor.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(tensor.shape()).containsExactly(2, 3);
        assertThat(tensor.toFloats()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void read_numpysLongs_givesThem() throws IOException {
        Tensor tensor = Npy.read(file(LONGS));

        assertThat(tensor.shape()).containsExactly(2, 2);
        assertThat(tensor.toLongs()).containsExactly(1, -2, 3, 4);
    }

    @Test
    void read_scalar_hasRankZero() throws IOException {
        Tensor tensor = Npy.read(file(SCALAR));

        assertThat(tensor.rank()).isZero();
        assertThat(tensor.toFloats()).containsExactly(1.5f);
    }

    @Test
    void write_sameValuesAsNumpy_givesNumpysBytes() throws IOException {
        Path file = directory.resolve("a.npy");

        Npy.write(file, Tensor.of(new long[] {1, -2, 3, 4}, 2, 2));

        assertThat(Files.readAllBytes(file)).isEqualTo(Base64.getDecoder().decode(LONGS));
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, mode = EnumSource.Mode.EXCLUDE, names = "BFLOAT16")
    void writeAndRead_anyType_giveTheSameBits(DType dtype) {
        Random random = new Random(3);
        ByteBuffer bytes = ByteBuffer.allocateDirect(2 * 5 * dtype.bytes()).order(ByteOrder.nativeOrder());
        while (bytes.hasRemaining()) {
            bytes.put((byte) (dtype == DType.BOOL ? random.nextInt(2) : random.nextInt(256)));
        }
        Tensor tensor = Tensor.of(dtype, bytes.flip(), 2, 5);
        Path file = directory.resolve("a.npy");

        Npy.write(file, tensor);

        assertThat(Npy.read(file).sameBits(tensor)).isTrue();
    }

    @Test
    void read_stream_givesWhatTheFileGives() throws IOException {
        byte[] bytes = Base64.getDecoder().decode(LONGS);

        Tensor tensor = Npy.read(new ByteArrayInputStream(bytes), bytes.length, "array \"x\"");

        assertThat(tensor.sameBits(Npy.read(file(LONGS)))).isTrue();
    }

    @Test
    void read_streamThatEndsEarly_isMalformedWithItsPlace() {
        byte[] bytes = Base64.getDecoder().decode(LONGS);

        assertThatThrownBy(() ->
                        Npy.read(new ByteArrayInputStream(bytes, 0, bytes.length - 9), bytes.length, "array \"x\""))
                .isInstanceOf(MalformedException.class)
                .hasMessage("truncated at byte " + (bytes.length - 9) + ", array \"x\"");
    }

    @Test
    void write_bfloat16_isUnsupported() {
        assertThatThrownBy(() -> Npy.write(directory.resolve("a.npy"), Tensor.zeros(DType.BFLOAT16, 2)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("bfloat16");
    }

    @Test
    void read_missingFile_isInvalid() {
        assertThatThrownBy(() -> Npy.read(directory.resolve("none.npy")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file")
                .hasMessageContaining("none.npy");
    }

    @Test
    void read_shapeLargerThanTheFile_isMalformedBeforeAnyMemoryIsTaken() throws IOException {
        assertThatThrownBy(() -> Npy.read(header("'<f4'", "False", "(1000, 400000)")))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("data: 0 bytes (expected: 1600000000");
    }

    @Test
    void read_shapeBeyondAnyArray_isMalformed() throws IOException {
        assertThatThrownBy(() -> Npy.read(header("'<f4'", "False", "(999999999999999999, 999999999999999999)")))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("too large");
    }

    @Test
    void read_typesThatTensorsHaveNot_areUnsupported() throws IOException {
        for (String descr : new String[] {"'<c8'", "'<U5'", "'<u4'", "'|O'", "[('a', '<f4')]"}) {
            assertThatThrownBy(() -> Npy.read(header(descr, "False", "()")))
                    .as(descr)
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining(".npy dtype");
        }
    }

    @Test
    void read_formatOfAnotherVersion_isUnsupported() throws IOException {
        byte[] bytes = Base64.getDecoder().decode(LONGS);
        bytes[6] = 9;

        assertThatThrownBy(() -> Npy.read(Files.write(directory.resolve("a.npy"), bytes)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("9.0");
    }

    @Test
    void read_hugeHeaderLength_isMalformed() throws IOException {
        byte[] bytes = Base64.getDecoder().decode(FORTRAN_BIG_ENDIAN_V2);
        bytes[11] = 0x7F;

        assertThatThrownBy(() -> Npy.read(Files.write(directory.resolve("a.npy"), bytes)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(".npy header: 2130706548 bytes");
    }

    @Test
    void read_damagedFiles_areReadOrRefusedWithTheirName() throws IOException {
        byte[] bytes = Base64.getDecoder().decode(FORTRAN_BIG_ENDIAN_V2);
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = bytes.clone();
            for (int flips = 0; flips <= i % 3; flips++) {
                damaged[random.nextInt(90)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(
                    directory.resolve("damaged.npy"),
                    i % 4 == 0 ? java.util.Arrays.copyOf(damaged, random.nextInt(bytes.length)) : damaged);
            try {
                assertThat(Npy.read(file).sizeBytes()).isEqualTo(24);
            } catch (NarrowsException e) {
                assertThat(e).hasMessageContaining("damaged.npy");
                refused++;
            }
        }
        assertThat(refused).isBetween(1000, 2000);
    }

    private Path file(String base64) throws IOException {
        return Files.write(directory.resolve("a.npy"), Base64.getDecoder().decode(base64));
    }

    private Path header(String descr, String fortran, String shape) throws IOException {
        byte[] text = ("{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(10 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) 1).put((byte) 0).putShort((short) text.length).put(text);
        return Files.write(directory.resolve("header.npy"), bytes.array());
    }
}
