package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestReaderTest {

    private static final DataOptions SHORT =
            DataOptions.builder().rate(8000).seconds(2 / 8000.0).build();

    @TempDir
    Path directory;

    @BeforeEach
    void sounds() {
        ItemFixture.wav(directory.resolve("clips/a, 1.wav"), 8000, 16_384, 0);
        ItemFixture.wav(directory.resolve("clips/b.wav"), 8000, -16_384, 0);
    }

    @Test
    void read_fileAndLabel_givesItemsInOrder() {
        Path manifest = manifest("file,label", "clips/b.wav,tea", "\"clips/a, 1.wav\",coffee", "clips/b.wav,");

        Dataset data = ManifestReader.read(manifest, SHORT);

        assertThat(data.size()).isEqualTo(3);
        assertThat(data.kind()).isEqualTo(new Kind.Sound(8000));
        assertThat(data.labels()).hasSize(1);
        assertThat(data.labels().get(0).classes()).containsExactly("coffee", "tea");
        assertThat(data.labels().get(0).of()).containsExactly(1, 0, Labels.UNKNOWN);
        assertThat(data.values(1)).containsExactly(0.5f, 0);
        assertThat(data.group(0)).isEmpty();
    }

    @Test
    void read_namedColumns_giveTasksAndGroups() {
        Path manifest = manifest("path,drink,size,voice", "clips/b.wav,tea,2,ann", "clips/b.wav,coffee,1,bob");

        Dataset data = ManifestReader.read(
                manifest,
                SHORT.toBuilder()
                        .fileColumns("path")
                        .labelColumns("size", "drink")
                        .groupColumn("voice")
                        .build());

        assertThat(data.labels()).extracting(Labels::task).containsExactly("size", "drink");
        assertThat(data.labels().get(0).of()).containsExactly(1, 0);
        assertThat(data.labels().get(1).of()).containsExactly(1, 0);
        assertThat(data.group(1)).hasValue("bob");
    }

    @Test
    void read_columnGroup_isTheGroup() {
        assertThat(ManifestReader.read(manifest("file,group", "clips/b.wav,ann"), SHORT)
                        .group(0))
                .hasValue("ann");
    }

    @Test
    void read_noLabels_areNone() {
        assertThat(ManifestReader.read(manifest("file", "clips/b.wav"), SHORT).labels())
                .isEmpty();
    }

    @Test
    void read_byteOrderMark_isPassedOver() {
        assertThat(ManifestReader.read(manifest("\uFEFFfile,label", "clips/b.wav,x"), SHORT)
                        .size())
                .isEqualTo(1);
    }

    @Test
    void read_missingFile_isInvalidWithTheLine() {
        Path manifest = manifest("file,label", "clips/b.wav,tea", "clips/none.wav,tea");

        assertThatThrownBy(() -> ManifestReader.read(manifest, SHORT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file")
                .hasMessageContaining("none.wav\", line 3");
    }

    @Test
    void read_missingColumn_isInvalid() {
        Path manifest = manifest("file,label", "clips/b.wav,tea");

        assertThatThrownBy(() -> ManifestReader.read(
                        manifest, SHORT.toBuilder().labelColumns("drink").build()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("column: \"drink\" (expected: one of [file, label])");
        assertThatThrownBy(() -> ManifestReader.read(
                        manifest, SHORT.toBuilder().groupColumn("voice").build()))
                .hasMessageContaining("column: \"voice\"");
    }

    @Test
    void read_rowOfOtherLength_isMalformedWithTheLine() {
        assertThatThrownBy(() -> ManifestReader.read(manifest("file,label", "clips/b.wav,tea", "clips/b.wav"), SHORT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("cells: 1 (expected: 2, one for each column), line 3");
    }

    @Test
    void read_openQuote_isMalformed() {
        assertThatThrownBy(() -> ManifestReader.read(manifest("file,label", "\"clips/b.wav,tea"), SHORT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("manifest.csv");
    }

    @Test
    void read_otherEncoding_isMalformed() {
        Path file = ItemFixture.bytes(
                directory.resolve("manifest.csv"),
                "file,label\nclips/b.wav,thé\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ManifestReader.read(file, SHORT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void read_columnTwice_isMalformed() {
        assertThatThrownBy(() -> ManifestReader.read(manifest("file,label,label", "clips/b.wav,a,b"), SHORT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("column: \"label\" (expected: names, each once)");
    }

    @Test
    void read_noRowsOrNothing_isRefused() {
        assertThatThrownBy(() -> ManifestReader.read(manifest("file,label"), SHORT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("items: 0");
        assertThatThrownBy(() -> ManifestReader.read(manifest(""), SHORT))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("no columns");
        assertThatThrownBy(() -> ManifestReader.read(directory.resolve("none.csv"), SHORT))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void read_severalFileColumns_areModalities() {
        ItemFixture.image(directory.resolve("grey.png"), 2, 1, 0x808080);
        ItemFixture.image(directory.resolve("white.png"), 2, 1, 0xFFFFFF);
        manifest("photo,label,clip", "grey.png,tea,clips/b.wav", "white.png,coffee,\"clips/a, 1.wav\"");
        DataOptions options =
                SHORT.toBuilder().fileColumns("photo", "clip").channels(1).build();

        Dataset data = DataSource.open(directory, options).train();

        assertThat(data.kind())
                .isEqualTo(new Kind.Several(List.of(
                        new Modality("photo", new Kind.Image(), List.of(1L, 1L, 2L), 0),
                        new Modality("clip", new Kind.Sound(8000), List.of(2L), 2))));
        assertThat(data.values(1)).containsExactly(1, 1, 0.5f, 0);
        assertThat(data.labels().get(0).of()).containsExactly(1, 0);
    }

    @Test
    void read_fileColumnThatIsNotThere_saysWhichAre() {
        Path manifest = manifest("photo,label", "grey.png,tea");
        DataOptions options = SHORT.toBuilder().fileColumns("photo", "clip").build();

        assertThatThrownBy(() -> DataSource.open(manifest, options))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("column: \"clip\" (expected: one of [photo, label])");
        assertThatThrownBy(
                        () -> DataOptions.builder().fileColumns("clip", "clip").build())
                .isInstanceOf(InvalidException.class)
                .hasMessage("file columns: [clip, clip] (expected: 1 or more, each once)");
    }

    @Test
    void open_directoryWithOneManifest_readsIt() {
        manifest("file,label", "clips/b.wav,tea");

        assertThat(DataSource.open(directory, SHORT).train().size()).isEqualTo(1);
    }

    @Test
    void open_trainAndTestManifests_numberTheClassesAlike() {
        ItemFixture.text(directory.resolve("train.csv"), "file,label", "clips/b.wav,a", "clips/b.wav,b");
        ItemFixture.text(directory.resolve("test.csv"), "file,label", "clips/b.wav,b");

        DataSource source = DataSource.open(directory, SHORT);

        assertThat(source.train().size()).isEqualTo(2);
        assertThat(source.test().orElseThrow().labels().get(0).of()).containsExactly(1);
    }

    private Path manifest(String... lines) {
        return ItemFixture.text(directory.resolve("manifest.csv"), lines);
    }
}
