package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.graph.OnnxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {

    @TempDir
    private Path directory;

    @Test
    void load_bundlesAndFilesAtAnyDepth_areNamedByTheirPaths() {
        TinyNetwork.writeBundle(directory.resolve("b.narrows"), "zipped", -1);
        TinyNetwork.writeBundle(directory.resolve("speech/folder"), "folder", -1);
        TinyNetwork.writeOnnx(directory.resolve("speech/v1.2/my net.onnx"), -1);
        TinyNetwork.writeOnnx(directory.resolve(".hidden/net.onnx"), -1);
        TestFiles.write(directory.resolve("README.md"), new byte[] {'#'});

        try (Models models = load(directory)) {
            assertThat(models.states()).allMatch(ModelState::ready);
            assertThat(models.states())
                    .extracting(ModelState::name)
                    .containsExactly("b", "speech/folder", "speech/v1.2/my net");
            assertThat(models.get("zipped", "")).isSameAs(models.get("b", "1"));
            assertThat(models.get("folder", "")).isSameAs(models.get("speech/folder", ""));
        }
    }

    @Test
    void load_oneFileOrBundle_isServedAlone() {
        TinyNetwork.writeOnnx(directory.resolve("a.onnx"), -1);
        TinyNetwork.writeBundle(directory.resolve("folder"), "name", -1);

        try (Models models = load(directory.resolve("a.onnx"))) {
            assertThat(models.names()).containsExactly("a");
        }
        try (Models models = load(directory.resolve("folder"))) {
            assertThat(models.names()).containsExactlyInAnyOrder("folder", "name");
        }
    }

    @Test
    void load_badFilesAmongGoodOnes_areReportedAndStopNothing() throws IOException {
        TinyNetwork.writeOnnx(directory.resolve("good.onnx"), -1);
        TestFiles.write(directory.resolve("noise.onnx"), new byte[] {8, 7, 18, 99, 1, 2, 3});
        TestFiles.write(directory.resolve("empty.onnx"), new byte[0]);
        TestFiles.write(directory.resolve("noise.narrows"), new byte[] {80, 75, 3, 4, 0, 0, 0});
        TinyNetwork.writeBundle(directory.resolve("damaged"), "damaged", -1);
        Path segment = directory.resolve("damaged/segments/1.onnx");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);

        try (Models models = load(directory)) {
            assertThat(models.states().stream().filter(ModelState::ready))
                    .extracting(ModelState::name)
                    .containsExactly("good");
            assertThat(models.states().stream().filter(state -> !state.ready()))
                    .allSatisfy(
                            state -> assertThat(state.reason().orElseThrow()).contains("expected"));
            assertThatThrownBy(() -> models.get("damaged", ""))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("segments/1.onnx")
                    .hasMessageNotContaining(directory.toString());
            assertThatThrownBy(() -> models.get("noise", ""))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("noise.")
                    .hasMessageNotContaining(directory.toString());
        }
    }

    @Test
    void load_fileThatIsNotWhatItsChecksumFileSays_isRefused() throws IOException {
        Path file = directory.resolve("net.onnx");
        OnnxFiles.write(TinyNetwork.whole(-1), file);
        byte[] bytes = Files.readAllBytes(file);
        int weight = bytes.length / 2;
        bytes[weight] ^= 1;
        Files.write(file, bytes);

        try (Models models = load(directory)) {
            assertThat(models.states().get(0).reason().orElseThrow()).contains("sha256");
        }
    }

    @Test
    void load_nameTakenOrReserved_keepsTheFirst() {
        TinyNetwork.writeBundle(directory.resolve("net"), "net", -1);
        TinyNetwork.writeOnnx(directory.resolve("net.onnx"), -1);
        TinyNetwork.writeOnnx(directory.resolve("x/versions/infer.onnx"), -1);

        try (Models models = load(directory)) {
            assertThat(models.names()).containsExactly("net");
            assertThat(models.get("net", "").layout().hash()).isPresent();
            assertThat(models.states()).extracting(ModelState::ready).containsExactly(true, false, false);
        }
    }

    @Test
    void load_nothingThere_isInvalid() {
        assertThatThrownBy(() -> load(directory))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("none in");
        assertThatThrownBy(() -> load(directory.resolve("gone"))).isInstanceOf(InvalidException.class);
        Path text = TestFiles.write(directory.resolve("a.txt"), new byte[1]);
        assertThatThrownBy(() -> load(text)).isInstanceOf(InvalidException.class);
    }

    private static Models load(Path source) {
        return Models.load(List.of(source), SessionOptions.DEFAULT);
    }
}
