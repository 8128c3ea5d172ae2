package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.items.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderReaderTest {

    private static final DataOptions SMALL = DataOptions.builder().size(4).build();

    @TempDir
    Path directory;

    @Test
    void read_imagesInFolders_haveTheFoldersAsClasses() {
        ItemFixture.image(directory.resolve("dog/1.png"), 8, 6, 0xFF0000);
        ItemFixture.image(directory.resolve("cat/deep/b.bmp"), 5, 5, 0x00FF33);
        ItemFixture.image(directory.resolve("cat/a.gif"), 4, 4, 0x0000FF);
        ItemFixture.text(directory.resolve("cat/notes.txt"), "no item");
        ItemFixture.image(directory.resolve(".hidden/a.png"), 4, 4, 0);

        Dataset data = FolderReader.read(directory, SMALL);

        assertThat(data.size()).isEqualTo(3);
        assertThat(data.kind()).isEqualTo(new Kind.Image());
        assertThat(data.shape()).containsExactly(3, 4, 4);
        assertThat(data.labels().get(0).classes()).containsExactly("cat", "dog");
        assertThat(data.labels().get(0).of()).containsExactly(0, 0, 1);
        assertThat(data.values(1)).containsExactly(plane(0, 1, 0x33 / 255f));
        assertThat(data.values(2)).containsExactly(plane(1, 0, 0));
        assertThat(data.group(0)).isEmpty();
    }

    @Test
    void read_linkedFolders_areFollowed() throws IOException {
        ItemFixture.image(directory.resolve("elsewhere/deep/1.png"), 4, 4, 0xFF0000);
        ItemFixture.image(directory.resolve("data/cat/1.png"), 4, 4, 0x0000FF);
        Files.createSymbolicLink(directory.resolve("data/dog"), directory.resolve("elsewhere"));
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("data"));

        Dataset data = FolderReader.read(directory.resolve("link"), SMALL);

        assertThat(data.labels().get(0).classes()).containsExactly("cat", "dog");
        assertThat(data.values(1)).containsExactly(plane(1, 0, 0));
    }

    @Test
    void read_linksInACircle_areRefused() throws IOException {
        ItemFixture.image(directory.resolve("cat/1.png"), 4, 4, 0xFF0000);
        Files.createSymbolicLink(directory.resolve("cat/again"), directory);

        assertThatThrownBy(() -> FolderReader.read(directory, SMALL))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void read_grey_hasOneChannel() {
        ItemFixture.image(directory.resolve("a/1.png"), 4, 4, 0x808080);

        Dataset data =
                FolderReader.read(directory, SMALL.toBuilder().channels(1).build());

        assertThat(data.shape()).containsExactly(1, 4, 4);
        assertThat(data.values(0)).containsOnly(128 / 255f);
    }

    @Test
    void read_everyLevel_isAShareOf255AsInMemory() {
        for (int level = 0; level < 256; level++) {
            ItemFixture.image(directory.resolve(String.format("a/%03d.png", level)), 1, 1, level * 0x10101);
        }
        Dataset data = FolderReader.read(directory, SMALL.toBuilder().size(1).build());

        for (int level = 0; level < 256; level++) {
            assertThat(data.values(level)).containsOnly(level / 255f);
        }
    }

    @Test
    void read_noSize_takesTheFirstAndRefusesOthers() {
        ItemFixture.image(directory.resolve("a/1.png"), 7, 5, 0);
        ItemFixture.image(directory.resolve("a/2.png"), 6, 5, 0);

        Dataset data = FolderReader.read(directory, DataOptions.DEFAULT);

        assertThat(data.shape()).containsExactly(3, 5, 7);
        assertThat(data.values(0)).hasSize(105);
        assertThatThrownBy(() -> data.values(1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("shape: [1, 3, 5, 6] (expected: [-1, 3, 5, 7]")
                .hasMessageContaining("2.png");
    }

    @Test
    void read_sounds_areResampledAndPadded() {
        ItemFixture.wav(directory.resolve("on/1.wav"), 8000, 16_384, -16_384, 0, 8192);
        DataOptions options =
                DataOptions.builder().rate(8000).seconds(6 / 8000.0).build();

        Dataset data = FolderReader.read(directory, options);

        assertThat(data.kind()).isEqualTo(new Kind.Sound(8000));
        assertThat(data.shape()).containsExactly(6);
        assertThat(data.values(0)).containsExactly(0.5f, -0.5f, 0, 0.25f, 0, 0);
        assertThat(FolderReader.read(directory, options.toBuilder().rate(16_000).build())
                        .shape())
                .containsExactly(12);
    }

    @Test
    void read_namePattern_givesLabelsAndGroups() {
        for (String name : new String[] {"10_theo_0", "2_theo_0", "2_lucas_1"}) {
            ItemFixture.wav(directory.resolve(name + ".wav"), 8000, 1, 2);
        }
        DataOptions options = DataOptions.builder()
                .namePattern("(?<label>\\d+)_(?<group>[a-z]+)_\\d+\\.wav")
                .build();

        Dataset data = FolderReader.read(directory, options);

        // Sorted as numbers.
        assertThat(data.labels().get(0).classes()).containsExactly("2", "10");
        assertThat(data.labels().get(0).of()).containsExactly(1, 0, 0);
        assertThat(data.group(0)).hasValue("theo");
        assertThat(data.group(1)).hasValue("lucas");
    }

    @Test
    void read_patternOfGroupsOnly_keepsTheFoldersAsClasses() {
        ItemFixture.wav(directory.resolve("yes/ann-1.wav"), 8000, 1);
        ItemFixture.wav(directory.resolve("no/bob-1.wav"), 8000, 1);

        Dataset data = FolderReader.read(
                directory,
                DataOptions.builder().namePattern("(?<group>\\w+)-.*").build());

        assertThat(data.labels().get(0).classes()).containsExactly("no", "yes");
        assertThat(data.group(0)).hasValue("bob");
    }

    @Test
    void read_nameThatDoesNotMatch_isInvalid() {
        ItemFixture.wav(directory.resolve("x.wav"), 8000, 1);

        assertThatThrownBy(() -> FolderReader.read(
                        directory,
                        DataOptions.builder().namePattern("(?<label>\\d)_.*").build()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("name: \"x.wav\" (expected: a match of");
    }

    @Test
    void read_flatFiles_haveNoLabels() {
        ItemFixture.image(directory.resolve("1.png"), 4, 4, 0);

        assertThat(FolderReader.read(directory, SMALL).labels()).isEmpty();
    }

    @Test
    void read_someInFoldersSomeNot_isInvalid() {
        ItemFixture.image(directory.resolve("1.png"), 4, 4, 0);
        ItemFixture.image(directory.resolve("a/1.png"), 4, 4, 0);

        assertThatThrownBy(() -> FolderReader.read(directory, SMALL))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("item outside of a class's folder")
                .hasMessageContaining("1.png");
    }

    @Test
    void read_imagesAndSounds_areInvalid() {
        ItemFixture.image(directory.resolve("a/1.png"), 4, 4, 0);
        ItemFixture.wav(directory.resolve("a/1.wav"), 8000, 1);

        assertThatThrownBy(() -> FolderReader.read(directory, SMALL))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("expected: images, sounds or arrays, not several of them");
    }

    @Test
    void read_arrays_areTakenAsTheyStand() throws IOException {
        Files.createDirectories(directory.resolve("a"));
        Npy.write(directory.resolve("a/1.npy"), Tensor.of(new float[] {1, -2, 3}, 3));
        Npy.write(directory.resolve("a/2.npy"), Tensor.of(new float[] {1, -2, 3, 4, 5, 6}, 2, 3));

        Dataset data = FolderReader.read(directory, DataOptions.DEFAULT);

        assertThat(data.kind()).isEqualTo(new Kind.Values());
        assertThat(data.values(0)).containsExactly(1, -2, 3);
        assertThatThrownBy(() -> data.values(1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("2.npy");
    }

    @Test
    void values_damagedFile_isRefusedWithItsName() throws IOException {
        Path file = ItemFixture.image(directory.resolve("a/1.png"), 64, 64, 0x123456);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
        Dataset data = FolderReader.read(directory, SMALL);

        assertThatThrownBy(() -> data.values(0))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("1.png");
    }

    @Test
    void values_fileThatWentAway_isRefusedWithItsName() throws IOException {
        Path file = ItemFixture.wav(directory.resolve("a/1.wav"), 8000, 1);
        Dataset data = FolderReader.read(directory, DataOptions.DEFAULT);
        Files.delete(file);

        assertThatThrownBy(() -> data.values(0))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file")
                .hasMessageContaining("1.wav");
    }

    @Test
    void read_empty_isInvalid() {
        assertThatThrownBy(() -> FolderReader.read(directory, SMALL))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("items: 0 in");
    }

    @Test
    void open_trainAndTest_numberTheClassesAlike() {
        for (String file : new String[] {"train/a/1.png", "train/b/1.png", "train/c/1.png", "test/c/1.png"}) {
            ItemFixture.image(directory.resolve(file), 4, 4, 0);
        }

        DataSource source = DataSource.open(directory, SMALL);

        assertThat(source.test().orElseThrow().labels().get(0).classes()).containsExactly("a", "b", "c");
        assertThat(source.test().orElseThrow().labels().get(0).of()).containsExactly(2);
    }

    @Test
    void open_testClassThatTrainingHasNot_isInvalid() {
        ItemFixture.image(directory.resolve("train/a/1.png"), 4, 4, 0);
        ItemFixture.image(directory.resolve("test/z/1.png"), 4, 4, 0);

        assertThatThrownBy(() -> DataSource.open(directory, SMALL))
                .isInstanceOf(NarrowsException.class)
                .hasMessageContaining("label: \"z\" (expected: one of [a], the classes of the training set)");
    }

    private static float[] plane(float red, float green, float blue) {
        float[] values = new float[48];
        Arrays.fill(values, 0, 16, red);
        Arrays.fill(values, 16, 32, green);
        Arrays.fill(values, 32, 48, blue);
        return values;
    }
}
