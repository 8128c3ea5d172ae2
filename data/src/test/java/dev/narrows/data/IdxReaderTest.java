package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {

    @TempDir
    Path directory;

    @Test
    void read_rank3_givesGreyImagesInUnitRange() {
        Dataset data = IdxReader.read(images(IdxFixture.idx(IdxFixture.counting(24), 4, 2, 3)), labels(2, 0, 1, 1));

        assertThat(data.size()).isEqualTo(4);
        assertThat(data.kind()).isEqualTo(new Kind.Image());
        assertThat(data.shape()).containsExactly(1, 2, 3);
        assertThat(data.values(1)).containsExactly(6 / 255f, 7 / 255f, 8 / 255f, 9 / 255f, 10 / 255f, 11 / 255f);
        assertThat(data.labels()).hasSize(1);
        assertThat(data.labels().get(0).task()).isEqualTo("label");
        assertThat(data.labels().get(0).classes()).containsExactly("0", "1", "2");
        assertThat(data.labels().get(0).of()).containsExactly(2, 0, 1, 1);
        assertThat(data.group(0)).isEmpty();
    }

    @Test
    void read_rank4_givesColourImages() {
        Dataset data = IdxReader.read(images(IdxFixture.idx(IdxFixture.counting(24), 2, 3, 2, 2)), labels(0, 1));

        assertThat(data.shape()).containsExactly(3, 2, 2);
        assertThat(data.values(1)[0]).isEqualTo(12 / 255f);
    }

    @Test
    void read_gzip_equalsPlain() {
        byte[] elements = new byte[100 * 28 * 28];
        new Random(5).nextBytes(elements);
        byte[] plain = IdxFixture.idx(elements, 100, 28, 28);
        Path labels = labels(new int[100]);

        Dataset expected = IdxReader.read(images(plain), labels);
        Dataset actual = IdxReader.read(IdxFixture.write(directory.resolve("a.gz"), IdxFixture.gzip(plain)), labels);

        for (int item = 0; item < 100; item++) {
            assertThat(actual.values(item)).isEqualTo(expected.values(item));
        }
    }

    @Test
    void read_truncated_isMalformedWithTheByte() {
        byte[] whole = IdxFixture.idx(IdxFixture.counting(24), 4, 2, 3);

        assertThatThrownBy(() -> IdxReader.read(images(Arrays.copyOf(whole, 30)), labels(0, 0, 0, 0)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("truncated at byte 30 (expected: 40 bytes)")
                .hasMessageContaining("images.idx");
        assertThatThrownBy(() -> IdxReader.read(images(Arrays.copyOf(whole, 11)), labels(0, 0, 0, 0)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("truncated at byte 11 (expected: a header of 16)");
    }

    @Test
    void read_bytesLeftOver_isMalformed() {
        byte[] longer = Arrays.copyOf(IdxFixture.idx(IdxFixture.counting(24), 4, 2, 3), 41);

        assertThatThrownBy(() -> IdxReader.read(images(longer), labels(0, 0, 0, 0)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("bytes after byte 40 (expected: the end)");
    }

    @Test
    void read_wrongMagic_isMalformed() {
        assertThatThrownBy(() -> IdxReader.read(images(new byte[] {1, 2, 8, 3, 0, 0, 0, 0}), labels(0)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("magic: 01 02 08 03");
    }

    @Test
    void read_floats_areUnsupported() {
        byte[] floats = IdxFixture.idx(new byte[16], 4, 1, 1);
        floats[2] = 0x0D;

        assertThatThrownBy(() -> IdxReader.read(images(floats), labels(0, 0, 0, 0)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("type: 0d (expected: 08");
    }

    @Test
    void read_headerThatClaimsTooMuch_isMalformedBeforeMemoryIsTaken() {
        byte[] huge = IdxFixture.idx(new byte[10], 60_000, 100, 300);

        assertThatThrownBy(() -> IdxReader.read(images(huge), labels(0)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("elements: 1800000000 bytes by the header");
    }

    @Test
    void read_damagedGzip_isMalformed() {
        byte[] zipped = IdxFixture.gzip(IdxFixture.idx(IdxFixture.counting(2400), 400, 2, 3));

        assertThatThrownBy(() -> IdxReader.read(images(Arrays.copyOf(zipped, zipped.length / 2)), labels(0)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("gzip: damaged");
    }

    @Test
    void read_anyDamage_isRefusedOrOfTheSameShape() {
        byte[] whole = IdxFixture.gzip(IdxFixture.idx(IdxFixture.counting(240), 10, 4, 6));
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(IdxReader.read(images(damaged), labels(new int[10])).shape())
                        .containsExactly(1, 4, 6);
            } catch (NarrowsException e) {
                assertThat(e).hasMessageContaining("images.idx");
                refused++;
            }
        }
        // The rest hit fields of gzip's header that mean nothing: time, operating system.
        assertThat(refused).isGreaterThan(400);
    }

    @Test
    void read_otherNumberOfLabels_isInvalid() {
        assertThatThrownBy(() -> IdxReader.read(images(IdxFixture.idx(new byte[24], 4, 2, 3)), labels(0, 1)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("labels: UINT8[2] (expected: UINT8[4], one for each image)");
    }

    @Test
    void read_labelOutOfRange_isInvalid() {
        Path images = images(IdxFixture.idx(new byte[24], 4, 2, 3));
        Dataset three = IdxReader.read(images, labels(0, 1, 2, 2));

        assertThatThrownBy(() -> IdxReader.read(images, labels(0, 1, 3, 2), Classes.of(three)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("label: 3 (expected: 0 to 2), item 2");
    }

    @Test
    void read_missingFile_isInvalid() {
        assertThatThrownBy(() -> IdxReader.read(directory.resolve("none"), labels(0)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file");
    }

    private Path images(byte[] content) {
        return IdxFixture.write(directory.resolve("images.idx"), content);
    }

    private Path labels(int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return IdxFixture.write(directory.resolve("labels.idx"), bytes, bytes.length);
    }
}
