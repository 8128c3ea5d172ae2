package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.wire.InferRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the files on a server is told to senders without saying where the files lie. */
class UndisclosedPathsTest {

    @TempDir
    private Path temporary;

    @Test
    void anyAnswer_modelsThatDidNotLoad_namesNoDirectoryOfTheServer() throws IOException {
        Path models = Files.createDirectories(temporary.resolve("my models/v1.2"));
        Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere/vault"));
        List<String> broken = writeBroken(models, elsewhere);

        try (TestServer served = TestServer.start(models)) {
            assertThat(served.server.models().stream().filter(state -> !state.ready()))
                    .extracting(ModelState::name)
                    .containsExactlyInAnyOrderElementsOf(broken);
            List<String> answers = new ArrayList<>();
            for (String name : broken) {
                String path = "/v2/models/" + name.replace(" ", "%20");
                InferRequest request = Requests.plain(name, TinyNetwork.x(1, 1));
                RestClient.Answer ready = served.rest.get(path + "/ready");
                assertThat(ready.code()).isEqualTo(503);
                assertThat(ready.error()).contains("expected");
                answers.add(ready.text());
                answers.add(served.rest.get(path).text());
                answers.add(served.rest.post(path + "/infer", new byte[] {'{'}).text());
                answers.add(served.rest.post(path + "/infer", new byte[0]).text());
                answers.add(String.valueOf(catchThrowableOfType(
                                StatusRuntimeException.class, () -> served.grpc.modelInfer(GrpcCodec.write(request)))
                        .getStatus()
                        .getDescription()));
            }
            for (String path : List.of("/v2", "/v2/models/tiny", "/v2/models/nobody", "/v2/../../etc", "/v3", "/")) {
                answers.add(served.rest.get(path).text());
            }

            assertThat(answers)
                    .noneMatch(String::isBlank)
                    .allSatisfy(answer -> assertThat(answer)
                            .doesNotContain(temporary.toString())
                            .doesNotContain(temporary.toRealPath().toString())
                            .doesNotContain("my models")
                            .doesNotContain("vault"));
            assertThat(answers.get(0)).contains("noise.onnx");
        }
    }

    @Test
    void states_modelThatDidNotLoad_haveTheFullPathForTheServersOwnPeople() {
        Path file = TestFiles.write(temporary.resolve("noise.onnx"), new byte[] {1, 2, 3});

        try (TestServer served = TestServer.start(temporary)) {
            assertThat(served.server.models())
                    .filteredOn(state -> !state.ready())
                    .singleElement()
                    .satisfies(state -> assertThat(state.reason())
                            .hasValueSatisfying(reason -> assertThat(reason).contains(file.toString())));
        }
    }

    @Test
    void in_textWithPathsAndTensorNames_losesOnlyTheDirectories() {
        WithoutDirectories text = new WithoutDirectories(Path.of("/srv/nets/speech/v1.onnx"));

        assertThat(text.in("size: 3, file \"/srv/nets/speech/v1.onnx\"")).isEqualTo("size: 3, file \"v1.onnx\"");
        assertThat(text.in("(expected: in /srv/nets/speech)")).isEqualTo("(expected: in its directory)");
        assertThat(text.in("(/srv/nets/speech/v1.onnx: no such file)")).isEqualTo("(v1.onnx: no such file)");
        assertThat(text.in("tensor \"/speech/conv/out\", node \"a/srv/nets/speech/b\""))
                .isEqualTo("tensor \"/speech/conv/out\", node \"a/srv/nets/speech/b\"");
        assertThat(text.in("$1 \\ /srv/nets/speech/$2")).isEqualTo("$1 \\ $2");
    }

    /** Files that are wrong in every way in which a reader may name a path; the names of their models. */
    private static List<String> writeBroken(Path models, Path elsewhere) throws IOException {
        TestFiles.write(models.resolve("noise.onnx"), new byte[] {8, 7, 18, 99, 1, 2, 3});
        TestFiles.write(models.resolve("deep/er/empty.onnx"), new byte[0]);
        TestFiles.write(models.resolve("zipped.narrows"), new byte[] {80, 75, 3, 4, 0, 0, 0});
        TestFiles.write(models.resolve("hollow/manifest.json"), new byte[] {'{', '}'});

        Path changed = models.resolve("changed.onnx");
        OnnxFiles.write(TinyNetwork.whole(-1), changed);
        flipMiddle(changed);

        Path outside = Files.write(elsewhere.resolve("w.bin"), new byte[64]);
        Files.createSymbolicLink(models.resolve("linked.bin"), outside);
        for (String weights : List.of("linked", "missing")) {
            TestFiles.write(models.resolve("with " + weights + ".onnx"), external(weights + ".bin"));
        }

        TinyNetwork.writeBundle(models.resolve("damaged"), "damaged", -1);
        flipMiddle(models.resolve("damaged/segments/1.onnx"));
        TinyNetwork.writeBundle(elsewhere.resolve("far"), "far", -1);
        flipMiddle(elsewhere.resolve("far/segments/1.onnx"));
        Files.createSymbolicLink(models.resolve("linked"), elsewhere.resolve("far"));
        Path stray = models.resolve("stray");
        TinyNetwork.writeBundle(stray, "stray", -1);
        TestFiles.write(stray.resolve("notes.txt"), new byte[1]);
        TinyNetwork.writeBundle(elsewhere.resolve("cut.narrows"), "cut", -1);
        byte[] zip = Files.readAllBytes(elsewhere.resolve("cut.narrows"));
        Files.write(elsewhere.resolve("cut.narrows"), Arrays.copyOf(zip, zip.length - 5));
        Files.createSymbolicLink(models.resolve("cut.narrows"), elsewhere.resolve("cut.narrows"));
        return List.of(
                "noise",
                "deep/er/empty",
                "zipped",
                "hollow",
                "changed",
                "with linked",
                "with missing",
                "damaged",
                "linked",
                "stray",
                "cut");
    }

    private static byte[] external(String file) {
        Network network = TinyNetwork.whole(-1);
        var bytes = OnnxWriter.write(network, Map.of("W", new OnnxWriter.Place(file, 0, 64)));
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        return content;
    }

    private static void flipMiddle(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }
}
