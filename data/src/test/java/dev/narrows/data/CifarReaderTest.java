package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarReaderTest {

    @TempDir
    Path directory;

    @Test
    void cifar10_twoFiles_givesTheirRecordsInOrder() {
        Path first = records("data_batch_1.bin", new int[][] {{3}, {9}});
        Path second = records("data_batch_2.bin", new int[][] {{0}});

        Dataset data = CifarReader.cifar10(List.of(first, second));

        assertThat(data.size()).isEqualTo(3);
        assertThat(data.shape()).containsExactly(3, 32, 32);
        assertThat(data.kind()).isEqualTo(new Kind.Image());
        assertThat(data.labels()).hasSize(1);
        assertThat(data.labels().get(0).of()).containsExactly(3, 9, 0);
        assertThat(data.labels().get(0).classes()).hasSize(10).startsWith("0", "1");
        // Record r's byte i is (i + 7 r) mod 256.
        assertThat(data.values(1)).hasSize(3072).startsWith(7 / 255f, 8 / 255f);
        assertThat(data.values(2)).startsWith(0f, 1 / 255f);
    }

    @Test
    void cifar10_namesBeside_areTheClasses() {
        ItemFixture.text(directory.resolve("batches.meta.txt"), names("thing", 10));

        Dataset data = CifarReader.cifar10(List.of(records("test_batch.bin", new int[][] {{1}})));

        assertThat(data.labels().get(0).classes()).containsExactly(names("thing", 10));
    }

    @Test
    void cifar10_tooFewNames_isMalformed() {
        ItemFixture.text(directory.resolve("batches.meta.txt"), names("thing", 9));
        Path file = records("test_batch.bin", new int[][] {{1}});

        assertThatThrownBy(() -> CifarReader.cifar10(List.of(file)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("names of classes: 9 (expected: 10");
    }

    @Test
    void cifar100_record_hasAFineAndACoarseLabel() {
        ItemFixture.text(directory.resolve("coarse_label_names.txt"), names("kin", 20));

        Dataset data = CifarReader.cifar100(List.of(records("train.bin", new int[][] {{19, 99}, {4, 0}})));

        assertThat(data.labels()).extracting(Labels::task).containsExactly("fine", "coarse");
        assertThat(data.labels().get(0).of()).containsExactly(99, 0);
        assertThat(data.labels().get(1).of()).containsExactly(19, 4);
        assertThat(data.labels().get(0).classes()).hasSize(100).startsWith("0");
        assertThat(data.labels().get(1).classes()).hasSize(20).startsWith("kin0");
        assertThat(data.values(1)).startsWith(7 / 255f);
    }

    @Test
    void cifar10_labelOutOfRange_isMalformedWithTheByte() {
        Path file = records("data_batch_1.bin", new int[][] {{3}, {10}});

        assertThatThrownBy(() -> CifarReader.cifar10(List.of(file)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("label: 10 (expected: 0 to 9), byte 3073")
                .hasMessageContaining("data_batch_1.bin");
    }

    @Test
    void cifar10_truncated_isMalformed() {
        Path file = directory.resolve("data_batch_1.bin");
        ItemFixture.bytes(file, new byte[3073 + 100]);

        assertThatThrownBy(() -> CifarReader.cifar10(List.of(file)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("size: 3173 bytes (expected: a multiple of 3073; truncated after record 1?)");
    }

    @Test
    void cifar10_missingFile_isInvalid() {
        assertThatThrownBy(() -> CifarReader.cifar10(List.of(directory.resolve("none.bin"))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void open_directoryOfBatches_givesTrainAndTest() {
        records("data_batch_2.bin", new int[][] {{2}});
        records("data_batch_1.bin", new int[][] {{1}});
        records("test_batch.bin", new int[][] {{5}});

        DataSource source = DataSource.open(directory, DataOptions.DEFAULT);

        assertThat(source.train().labels().get(0).of()).containsExactly(1, 2);
        assertThat(source.test().orElseThrow().labels().get(0).of()).containsExactly(5);
    }

    @Test
    void open_cifar100_isKnownByTheSizeOfItsRecords() {
        records("train.bin", new int[][] {{1, 50}});
        records("test.bin", new int[][] {{2, 60}});

        assertThat(DataSource.open(directory, DataOptions.DEFAULT).train().labels())
                .hasSize(2);
    }

    @Test
    void open_noWholeRecords_isMalformed() {
        Path file = ItemFixture.bytes(directory.resolve("a.bin"), new byte[1000]);

        assertThatThrownBy(() -> DataSource.open(file, DataOptions.DEFAULT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("size: 1000 bytes (expected: records of 3073");
    }

    private Path records(String name, int[][] labels) {
        ByteBuffer bytes = ByteBuffer.allocate(
                Arrays.stream(labels).mapToInt(record -> record.length + 3072).sum());
        for (int record = 0; record < labels.length; record++) {
            for (int label : labels[record]) {
                bytes.put((byte) label);
            }
            for (int i = 0; i < 3072; i++) {
                bytes.put((byte) (i + 7 * record));
            }
        }
        return ItemFixture.bytes(directory.resolve(name), bytes.array());
    }

    private static String[] names(String stem, int count) {
        return IntStream.range(0, count).mapToObj(i -> stem + i).toArray(String[]::new);
    }
}
