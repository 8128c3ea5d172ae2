package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.items.Npy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrayReaderTest {

    @TempDir
    Path directory;

    @Test
    void read_npzOfImages_givesTrainAndTest() throws IOException {
        Path file = npz(Map.of(
                "x_train", bytes(3, 2, 2),
                "y_train", Tensor.of(new long[] {1, 0, 2}, 3),
                "x_test", bytes(1, 2, 2),
                "y_test", Tensor.of(new int[] {2}, 1, 1)));

        DataSource source = DataSource.open(file, DataOptions.DEFAULT);

        assertThat(source.train().kind()).isEqualTo(new Kind.Image());
        assertThat(source.train().shape()).containsExactly(1, 2, 2);
        assertThat(source.train().values(1)).containsExactly(4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f);
        assertThat(source.train().labels().get(0).of()).containsExactly(1, 0, 2);
        assertThat(source.test().orElseThrow().labels().get(0).of()).containsExactly(2);
        assertThat(source.test().orElseThrow().labels().get(0).classes()).containsExactly("0", "1", "2");
    }

    @Test
    void read_channelsLast_areTurned() throws IOException {
        Path file = npz(Map.of("x", bytes(2, 2, 2, 3)));

        Dataset data = ArrayReader.read(file, DataOptions.DEFAULT).train();

        assertThat(data.shape()).containsExactly(3, 2, 2);
        assertThat(data.values(1)).containsExactly(div255(12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23));
    }

    @Test
    void read_channelsFirst_stay() throws IOException {
        Dataset data = ArrayReader.read(npz(Map.of("x", bytes(2, 3, 2, 2))), DataOptions.DEFAULT)
                .train();

        assertThat(data.shape()).containsExactly(3, 2, 2);
        assertThat(data.values(0)).startsWith(0, 1 / 255f);
    }

    @Test
    void read_floats_areValuesAsTheyStand() throws IOException {
        Path file = npz(Map.of("x", Tensor.of(new double[] {-7, 0.5, 3, 1e3}, 2, 2)));

        Dataset data = ArrayReader.read(file, DataOptions.DEFAULT).train();

        assertThat(data.kind()).isEqualTo(new Kind.Values());
        assertThat(data.values(1)).containsExactly(3, 1000);
        assertThat(data.labels()).isEmpty();
    }

    @Test
    void read_otherTypes_areConverted() throws IOException {
        Path file = npz(Map.of("x", Tensor.of(new short[] {-300, 2, 3, 4}, 2, 2)));

        assertThat(ArrayReader.read(file, DataOptions.DEFAULT).train().values(0))
                .containsExactly(-300, 2);
    }

    @Test
    void read_floatsSaidToBeImages_needTheUnitRange() throws IOException {
        DataOptions images = DataOptions.builder().kind(new Kind.Image()).build();

        assertThat(ArrayReader.read(npz(Map.of("x", Tensor.of(new float[] {0, 0.5f, 1, 1}, 1, 2, 2))), images)
                        .train()
                        .shape())
                .containsExactly(1, 2, 2);
        Path wide = npz(Map.of("x", Tensor.of(new float[] {0, 0.5f, 255, 1}, 1, 2, 2)));
        assertThatThrownBy(() -> ArrayReader.read(wide, images))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("images: 255.0 (expected: finite, 0.0 to 1.0), item 0, array \"x\"");
    }

    @Test
    void read_sound_isOfOneAxis() throws IOException {
        DataOptions sound = DataOptions.builder().kind(new Kind.Sound(8000)).build();

        Dataset data = ArrayReader.read(npz(Map.of("x", Tensor.of(new float[] {0, -1, 1, 0}, 2, 1, 2))), sound)
                .train();

        assertThat(data.kind()).isEqualTo(new Kind.Sound(8000));
        assertThat(data.shape()).containsExactly(2);
    }

    @Test
    void read_notFinite_isInvalid() throws IOException {
        Path file = npz(Map.of("x", Tensor.of(new float[] {1, 2, 3, Float.NaN}, 2, 2)));

        assertThatThrownBy(() -> ArrayReader.read(file, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("values: NaN")
                .hasMessageContaining("item 1");
    }

    @Test
    void read_groups_areTexts() throws IOException {
        Path file = npz(Map.of("x", bytes(2, 2, 2), "group", Tensor.of(new int[] {7, 8}, 2)));

        assertThat(ArrayReader.read(file, DataOptions.DEFAULT).train().group(1)).hasValue("8");
    }

    @Test
    void read_npyAlone_hasNoLabels() {
        Path file = directory.resolve("a.npy");
        Npy.write(file, bytes(2, 2, 2));

        DataSource source = DataSource.open(file, DataOptions.DEFAULT);

        assertThat(source.train().size()).isEqualTo(2);
        assertThat(source.train().labels()).isEmpty();
        assertThat(source.test()).isEmpty();
    }

    @Test
    void read_directoryOfNpy_isReadLikeAnArchive() {
        Npy.write(directory.resolve("X_train.npy"), bytes(2, 2, 2));
        Npy.write(directory.resolve("y_train.npy"), Tensor.of(new long[] {1, 0}, 2));

        DataSource source = DataSource.open(directory, DataOptions.DEFAULT);

        assertThat(source.train().labels().get(0).of()).containsExactly(1, 0);
    }

    @Test
    void read_labelsThatDoNotFit_areInvalid() throws IOException {
        Path fewer = npz(Map.of("x", bytes(2, 2, 2), "y", Tensor.of(new long[] {1}, 1)));
        assertThatThrownBy(() -> ArrayReader.read(fewer, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("numbers: INT64[1] (expected: 2 integers, one for each item), array \"y\"");
        Path negative = npz(Map.of("x", bytes(2, 2, 2), "y", Tensor.of(new long[] {0, -2}, 2)));
        assertThatThrownBy(() -> ArrayReader.read(negative, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("label: -2")
                .hasMessageContaining("item 1");
        Path beyond = npz(Map.of(
                "x_train", bytes(1, 2, 2),
                "y_train", Tensor.of(new long[] {1}, 1),
                "x_test", bytes(1, 2, 2),
                "y_test", Tensor.of(new long[] {2}, 1)));
        assertThatThrownBy(() -> ArrayReader.read(beyond, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("label: 2 (expected: 0 to 1), item 0, array \"y_test\"");
    }

    @Test
    void read_otherNames_areInvalid() throws IOException {
        Path file = npz(Map.of("data", bytes(2, 2, 2)));

        assertThatThrownBy(() -> ArrayReader.read(file, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("arrays: [data] (expected: one of [x_train, train_images, x])");
    }

    @Test
    void read_arraysWithADot_areModalities() throws IOException {
        Path file = npz(Map.of(
                "x_train.Thumb", bytes(3, 2, 2),
                "X_train.state", Tensor.of(new float[] {5, 6, 7}, 3, 1),
                "y_train", Tensor.of(new long[] {1, 0, 2}, 3),
                "group_train", Tensor.of(new long[] {8, 8, 9}, 3),
                "x_test.state", Tensor.of(new float[] {9}, 1, 1),
                "x_test.Thumb", bytes(1, 2, 2),
                "y_test", Tensor.of(new int[] {2}, 1)));

        DataSource source = DataSource.open(file, DataOptions.DEFAULT);

        assertThat(source.train().kind())
                .isEqualTo(new Kind.Several(List.of(
                        new Modality("state", new Kind.Values(), List.of(1L), 0),
                        new Modality("Thumb", new Kind.Image(), List.of(1L, 2L, 2L), 1))));
        assertThat(source.train().values(1)).containsExactly(6, 4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f);
        assertThat(source.train().labels().get(0).of()).containsExactly(1, 0, 2);
        assertThat(source.train().group(2)).hasValue("9");
        assertThat(source.test().orElseThrow().values(0)).startsWith(9, 0);
        assertThat(source.test().orElseThrow().labels().get(0).classes()).hasSize(3);
    }

    @Test
    void read_oneArrayWithADot_isThatAlone() throws IOException {
        Dataset data = ArrayReader.read(npz(Map.of("x.thumb", bytes(3, 2, 2))), DataOptions.DEFAULT)
                .train();

        assertThat(data.kind()).isEqualTo(new Kind.Image());
    }

    @Test
    void read_modalitiesThatDoNotFit_areRefused() throws IOException {
        Path mixed = npz(Map.of("x_train", bytes(3, 2, 2), "x_train.state", bytes(3, 1)));
        assertThatThrownBy(() -> ArrayReader.read(mixed, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(
                        "arrays of items: [x_train, x_train.state] (expected: \"x_train\", or one for each modality)");
        Path counts = npz(Map.of("x.a", bytes(3, 2), "x.b", bytes(2, 2)));
        assertThatThrownBy(() -> ArrayReader.read(counts, DataOptions.DEFAULT))
                .isInstanceOf(NarrowsException.class)
                .hasMessage("items: 2 of modality \"b\" (expected: 3, as of \"a\")");
        Path missing = npz(Map.of("x_train.a", bytes(3, 2), "x_train.b", bytes(3, 2), "x_test.a", bytes(1, 4)));
        assertThatThrownBy(() -> ArrayReader.read(missing, DataOptions.DEFAULT))
                .isInstanceOf(NarrowsException.class)
                .hasMessage(
                        "kind of the test items: Values[] (expected: [a (Values [2]), b (Values [2])], as of the training items)");
    }

    @Test
    void read_truncatedArchive_isMalformed() throws IOException {
        Path file = npz(Map.of("x", bytes(20, 20, 20)));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 300));

        assertThatThrownBy(() -> ArrayReader.read(file, DataOptions.DEFAULT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("zip: damaged");
    }

    @Test
    void read_anyFlippedBit_isRefusedOrChangesNothing() throws IOException {
        Path file = npz(Map.of("x", bytes(5, 7, 7)));
        byte[] whole = Files.readAllBytes(file);
        float[] expected = ArrayReader.read(file, DataOptions.DEFAULT).train().values(4);
        Random random = new Random(9);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            try {
                assertThat(DataSource.open(file, DataOptions.DEFAULT).train().values(4))
                        .isEqualTo(expected);
            } catch (NarrowsException e) {
                assertThat(e).hasMessageContaining("a.npz");
                refused++;
            }
        }
        // The rest hit fields that mean nothing here: times, attributes, the local header's copies.
        assertThat(refused).isGreaterThan(250);
    }

    private static float[] div255(int... values) {
        float[] shares = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            shares[i] = values[i] / 255f;
        }
        return shares;
    }

    private static Tensor bytes(long... shape) {
        int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return Tensor.of(DType.UINT8, ByteBuffer.wrap(IdxFixture.counting(elements)), shape);
    }

    private Path npz(Map<String, Tensor> arrays) throws IOException {
        Path file = directory.resolve("a.npz");
        Path part = directory.resolve("part.tmp");
        try (OutputStream stream = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(stream)) {
            for (Map.Entry<String, Tensor> array : new TreeMap<>(arrays).entrySet()) {
                Npy.write(part, array.getValue());
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(Files.readAllBytes(part));
            }
        }
        Files.delete(part);
        return file;
    }
}
