package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemReaderTest {

    @TempDir
    Path directory;

    @Test
    void read_npyWithoutTheBatchAxis_getsIt() {
        assertThat(raw(spec(DType.FLOAT32, -1, 2, 2), Tensor.of(new float[4], 2, 2))
                        .shape())
                .containsExactly(1, 2, 2);
    }

    @Test
    void read_npyWithSeveralItems_keepsThem() {
        assertThat(raw(spec(DType.FLOAT32, -1, 2), Tensor.of(new float[6], 3, 2))
                        .shape())
                .containsExactly(3, 2);
    }

    @Test
    void read_npyWithAxesOfOneTooManyOrTooFew_isReshaped() {
        assertThat(raw(spec(DType.FLOAT32, -1, 1, 8), Tensor.of(new float[8], 1, 8))
                        .shape())
                .containsExactly(1, 1, 8);
        assertThat(raw(spec(DType.FLOAT32, -1, 8), Tensor.of(new float[8], 1, 1, 8))
                        .shape())
                .containsExactly(1, 8);
        assertThat(raw(spec(DType.FLOAT32, -1, 8), Tensor.of(new float[8], 8)).shape())
                .containsExactly(1, 8);
    }

    @Test
    void read_npyOfAnotherShape_isInvalid() {
        assertThatThrownBy(() -> raw(spec(DType.FLOAT32, -1, 2, 3), Tensor.of(new float[6], 3, 2)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("shape: [3, 2] (expected: [-1, 2, 3]")
                .hasMessageContaining("input \"x\"")
                .hasMessageContaining("a.npy");
    }

    @Test
    void read_npyOfDoublesForFloats_isConverted() {
        Tensor tensor = raw(spec(DType.FLOAT32, -1), Tensor.of(new double[] {0.1, 2}, 2));

        assertThat(tensor.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(tensor.toFloats()).containsExactly(0.1f, 2f);
    }

    @Test
    void read_npyOfLongsThatIntsHold_isConverted() {
        assertThat(raw(spec(DType.INT32, -1), Tensor.of(new long[] {-5, 7}, 2)).toLongs())
                .containsExactly(-5, 7);
    }

    @Test
    void read_npyOfValuesThatTheInputCannotHold_isInvalid() {
        assertThatThrownBy(() -> raw(spec(DType.UINT8, -1), Tensor.of(new long[] {300}, 1)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("INT64 with values that UINT8 cannot hold");
        assertThatThrownBy(() -> raw(spec(DType.INT32, -1), Tensor.of(new float[] {0.5f}, 1)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("FLOAT32 with values that INT32 cannot hold");
    }

    @Test
    void read_npyUnderAnyPreprocessing_isTakenAsItIs() {
        Path file = directory.resolve("a.npy");
        Npy.write(file, Tensor.of(new float[] {5, -7}, 1, 2));

        Tensor tensor = ItemReader.of(new Preprocessing.Audio(16_000, 2, 1), spec(DType.FLOAT32, -1, 2))
                .read(file);

        assertThat(tensor.toFloats()).containsExactly(5, -7);
    }

    @Test
    void read_otherFileAsRaw_isMalformed() throws IOException {
        Path file = Files.writeString(directory.resolve("a.txt"), "text");

        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Raw(), spec(DType.FLOAT32, -1))
                        .read(file))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("not an .npy file")
                .hasMessageContaining("a.txt");
    }

    @Test
    void read_missingFile_isInvalid() {
        assertThatThrownBy(() -> ItemReader.of(new Preprocessing.Raw(), spec(DType.FLOAT32, -1))
                        .read(directory.resolve("none.npy")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file");
    }

    private Tensor raw(TensorSpec spec, Tensor tensor) {
        Path file = directory.resolve("a.npy");
        Npy.write(file, tensor);
        return ItemReader.of(new Preprocessing.Raw(), spec).read(file);
    }

    private static TensorSpec spec(DType dtype, long... shape) {
        return new TensorSpec("x", dtype, java.util.Arrays.stream(shape).boxed().toList());
    }
}
