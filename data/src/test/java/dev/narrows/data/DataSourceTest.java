package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourceTest {

    @TempDir
    Path directory;

    @Test
    void open_idxDirectory_givesTrainAndTest() {
        idx("train-images-idx3-ubyte.gz", true, new byte[24], 4, 2, 3);
        idx("train-labels-idx1-ubyte.gz", true, new byte[] {0, 1, 2, 3}, 4);
        idx("t10k-images-idx3-ubyte", false, new byte[12], 2, 2, 3);
        idx("t10k-labels-idx1-ubyte.gz", true, new byte[] {1, 0}, 2);

        DataSource source = DataSource.open(directory, DataOptions.DEFAULT);

        assertThat(source.train().size()).isEqualTo(4);
        assertThat(source.test().orElseThrow().size()).isEqualTo(2);
        assertThat(source.test().orElseThrow().labels().get(0).classes()).containsExactly("0", "1", "2", "3");
    }

    @Test
    void open_idxFile_findsItsLabels() {
        idx("train-labels.idx1-ubyte", false, new byte[] {0, 1}, 2);
        Path images = idx("train-images.idx3-ubyte", false, new byte[12], 2, 2, 3);

        DataSource source = DataSource.open(images, DataOptions.DEFAULT);

        assertThat(source.train().labels().get(0).of()).containsExactly(0, 1);
        assertThat(source.test()).isEmpty();
    }

    @Test
    void open_idxWithoutLabels_isInvalid() {
        Path images = idx("train-images-idx3-ubyte", false, new byte[12], 2, 2, 3);

        assertThatThrownBy(() -> DataSource.open(images, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("labels: none for")
                .hasMessageContaining("train-labels-idx1-ubyte");
    }

    @Test
    void open_severalTrainingImages_areInvalid() {
        idx("train-images-idx3-ubyte", false, new byte[12], 2, 2, 3);
        idx("train-more-images-idx3-ubyte", false, new byte[12], 2, 2, 3);

        assertThatThrownBy(() -> DataSource.open(directory, DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("of which 2 match \"train\" (expected: 1");
    }

    @Test
    void open_testItemsOfOtherShape_areIncompatible() {
        idx("train-images-idx3-ubyte", false, new byte[12], 2, 2, 3);
        idx("train-labels-idx1-ubyte", false, new byte[] {0, 1}, 2);
        idx("t10k-images-idx3-ubyte", false, new byte[8], 2, 2, 2);
        idx("t10k-labels-idx1-ubyte", false, new byte[] {0, 1}, 2);

        assertThatThrownBy(() -> DataSource.open(directory, DataOptions.DEFAULT))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("shape of the test items: [1, 2, 2] (expected: [1, 2, 3]");
    }

    @Test
    void open_nothingUnderstood_listsWhatIs() {
        Path text = ItemFixture.text(directory.resolve("readme.txt"), "hello");

        for (Path path : new Path[] {directory, text}) {
            assertThatThrownBy(() -> DataSource.open(path, DataOptions.DEFAULT))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("nothing that is understood in \"" + path + "\"")
                    .hasMessageContaining("IDX")
                    .hasMessageContaining("CIFAR")
                    .hasMessageContaining(".npz")
                    .hasMessageContaining("CSV")
                    .hasMessageContaining("folders");
        }
    }

    @Test
    void open_missing_isInvalid() {
        assertThatThrownBy(() -> DataSource.open(directory.resolve("none"), DataOptions.DEFAULT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file or directory");
    }

    @Test
    void options_outOfRange_areInvalid() {
        assertThatThrownBy(() -> DataOptions.builder().size(-1).build()).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> DataOptions.builder().channels(2).build())
                .hasMessageContaining("channels: 2 (expected: 1 or 3)");
        assertThatThrownBy(() -> DataOptions.builder().rate(0).build()).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> DataOptions.builder().seconds(Double.NaN).build())
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> DataOptions.builder().stride(0).build()).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> DataOptions.builder().namePattern("("))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("name pattern: \"(\"");
    }

    @Test
    void labels_outOfRange_areInvalid() {
        assertThatThrownBy(() -> new Labels("label", Labels.numbered(3), new int[] {0, 3}))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("class: 3 (expected: 0 to 2, or -1 if unknown), item 1");
    }

    private Path idx(String name, boolean gzip, byte[] elements, int... shape) {
        byte[] plain = IdxFixture.idx(elements, shape);
        return IdxFixture.write(directory.resolve(name), gzip ? IdxFixture.gzip(plain) : plain);
    }
}
