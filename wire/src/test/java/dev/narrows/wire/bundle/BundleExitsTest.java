package dev.narrows.wire.bundle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles with exits: what they hold, and what is refused. */
class BundleExitsTest {

    @TempDir
    Path temp;

    private Path written() {
        Path bundle = temp.resolve("b");
        Samples.filesWithExit().write(bundle);
        return bundle;
    }

    @Test
    void read_bundleWithExit_isWhatWasWritten() {
        Bundle bundle = Bundle.read(written());

        assertThat(bundle.manifest()).isEqualTo(Samples.manifestWithExit());
        try (Session exit = bundle.openExit(0, SessionOptions.DEFAULT)) {
            Tensor y = Tensor.of(new float[] {1, -2, 3, -4}, 1, 4);
            Tensor logits = requireNonNull(exit.run(Map.of("y", y)).get("logits"));
            assertThat(logits.toFloats()).containsExactly(-1, 2, -3, 4);
        }
    }

    @Test
    void write_zip_holdsTheExitToo() {
        Path zip = temp.resolve("b.narrows");
        String hash = Samples.filesWithExit().write(zip);

        assertThat(Bundle.read(zip).hash()).isEqualTo(hash);
        assertThat(Bundle.read(zip).manifest().exits()).hasSize(1);
    }

    @Test
    void hash_anotherExit_isAnother() {
        BundleFiles files = Samples.filesWithExit();
        BundleFiles other = new BundleFiles(
                files.manifest(),
                files.segments(),
                files.weights(),
                files.codecs(),
                List.of(Samples.exitNetwork("Identity", "y", "logits")),
                files.labels());

        String one = files.write(temp.resolve("1"));
        assertThat(other.write(temp.resolve("2"))).isNotEqualTo(one);
        assertThat(Samples.files().write(temp.resolve("3"))).isNotEqualTo(one);
    }

    @Test
    void write_bundleWithoutExits_isOfFormat1() throws IOException {
        Samples.files().write(temp.resolve("b"));

        assertThat(Files.readString(temp.resolve("b/manifest.json")))
                .contains("\"format\": 1,")
                .doesNotContain("exits");
        assertThat(Files.readString(written().resolve("manifest.json"))).contains("\"format\": 2,");
    }

    @Test
    void new_exitsThatDoNotFitTheManifest_areInvalid() {
        BundleFiles files = Samples.filesWithExit();

        assertThatThrownBy(() -> new BundleFiles(
                        files.manifest(), files.segments(), files.weights(), files.codecs(), files.labels()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("exits: 0 (expected: 1");
    }

    @Test
    void read_exitChanged_isMalformed() throws IOException {
        Path bundle = written();
        Path file = bundle.resolve("exits/0.onnx");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("exits/0.onnx")
                .hasMessageContaining("SHA-256");
    }

    @Test
    void openExit_changedSinceReading_isMalformed() throws IOException {
        Path path = written();
        Bundle bundle = Bundle.read(path);
        Files.write(path.resolve("exits/0.onnx"), new byte[3]);

        assertThatThrownBy(() -> bundle.openExit(0, SessionOptions.DEFAULT)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"cut\": \"y\"|\"cut\": \"nowhere\"|exit at cut: \"nowhere\" (expected: a cut but the last: input, y)",
                "\"cut\": \"y\"|\"cut\": \"output\"|a cut but the last",
                "\"exits/0.onnx\",|\"segments/0.onnx\",|a file of its own",
                "\"exits/0.onnx\",|\"../up.onnx\",|no part starts with a dot",
                "\"exits/0.onnx\",|\"exits/1.onnx\",|files: ",
                "\"exits/0.onnx\",|\"labels.txt\",|another name",
                "\"temperature\": 1.25|\"temperature\": 0|temperature: 0.0 (expected: finite, more than 0)",
                "\"temperature\": 1.25|\"temperature\": -1|temperature",
                "\"temperature\": 1.25,||an object without (expected: \"temperature\")",
                "\"threshold\": 0.875|\"threshold\": 1.5|threshold: 1.5 (expected: 0 to 1)",
                "\"threshold\": 0.875|\"threshold\": 0.875, \"bias\": 1|gate \"max\"",
                "\"threshold\": 0.875|\"threshold\": 0.875, \"weights\": []|gate \"max\"",
                "\"kind\": \"max\"|\"kind\": \"learned\"|\"bias\"",
                "\"kind\": \"max\"|\"kind\": \"learned\", \"bias\": 0, \"weights\": [1, 2]|weights: 2 (expected: 3",
                "\"coverage\": 0.5|\"coverage\": 1.5|coverage of the exit at y: 1.5 (expected: 0 to 1)",
                "\"accuracy\": 0.96875|\"accuracy\": -1|held-out accuracy of the exit at y",
                "\"accuracy\": 0.96875,||\"accuracy\"",
                "\"macs\": 3|\"macs\": -3|macs",
                "\"agreement\": 1.0|\"agreed\": 1.0|agreed",
                "\"exits\": [|\"exit\": [|key: \"exit\"",
                "\"format\": 2|\"format\": 1|key: \"exits\" (expected: a key of bundle format 1)",
            })
    void read_exitThatBreaksARule_isRefused(String change) throws IOException {
        String[] parts = change.split("\\|", -1);
        Path bundle = written();
        String manifest = Files.readString(bundle.resolve("manifest.json"));
        assertThat(manifest).contains(parts[0]);
        int at = manifest.indexOf("\"exits\": [");
        int from = parts[0].startsWith("\"exits\"") || parts[0].startsWith("\"format\"") ? 0 : at;
        rewriteManifest(
                bundle,
                manifest.substring(0, from) + manifest.substring(from).replaceFirst(quoted(parts[0]), parts[1]));

        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(parts[2]);
    }

    @Test
    void read_unknownGate_isUnsupported() throws IOException {
        Path bundle = written();
        String manifest = Files.readString(bundle.resolve("manifest.json"));
        rewriteManifest(bundle, manifest.replace("\"kind\": \"max\"", "\"kind\": \"mood\""));

        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("gate: kind \"mood\" (expected: max, entropy, margin or learned)");
    }

    @Test
    void read_format2WithoutExits_isMalformed() throws IOException {
        Path bundle = temp.resolve("b");
        Samples.files().write(bundle);
        String manifest = Files.readString(bundle.resolve("manifest.json"));
        rewriteManifest(bundle, manifest.replace("\"format\": 1", "\"format\": 2"));

        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("\"exits\" in bundle format 2");
    }

    @Test
    void new_twoExitsAtOneCutOrInTheWrongOrder_areInvalid() {
        Manifest.Exit input = exit("input", "exits/0.onnx", 0.25);
        Manifest.Exit y = exit("y", "exits/1.onnx", 0.25);

        assertThat(manifest(List.of(input, y)).exits()).hasSize(2);
        assertThatThrownBy(() -> manifest(List.of(y, input)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("one a cut, in the cuts' order");
        assertThatThrownBy(() -> manifest(List.of(y, exit("y", "exits/2.onnx", 0.25))))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> manifest(List.of(exit("input", "exits/0.onnx", 0.75), exit("y", "e", 0.5))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("at most 1");
    }

    /** Segments of 4 and 0, exits of 3 each: at the inputs for 3, at y for 3 + 4 + 3, the rest for 10. */
    @Test
    void meanMacsShare_byCoverage_countsSegmentsAndExitsUpToTheAnswer() {
        Manifest two = manifest(List.of(exit("input", "exits/0.onnx", 0.25), exit("y", "exits/1.onnx", 0.25)));

        assertThat(two.meanMacsShare()).isCloseTo((0.25 * 3 + 0.25 * 10 + 0.5 * 10) / 4, within(1e-12));
        assertThat(two.meanMacsShare(List.of(1.0, 0.0))).isCloseTo(0.75, within(1e-12));
        assertThat(Samples.manifest().meanMacsShare()).isEqualTo(1);
        assertThatThrownBy(() -> two.meanMacsShare(List.of(1.0))).isInstanceOf(InvalidException.class);
    }

    @Test
    void openExit_networkThatDoesNotFitTheCut_isRefused() {
        assertRefused(Samples.exitNetwork("Neg", "x", "logits"), "input: x FLOAT32[-1, 4] (expected: one of the cut's");
        assertRefused(Samples.exitNetwork("Not", "y", "logits"), "input: y BOOL");
        assertRefused(Samples.exitNetwork("Neg", "y", "logits", 5), "input: y FLOAT32[-1, 5]");
        assertRefused(Samples.exitNetwork("Neg", "y", "logits", 4, 1), "input: y FLOAT32[1, 4]");
        assertRefused(Samples.exitNetwork("Flatten", "y", "logits", 4, 4, 4), "input: y");
        assertRefused(Samples.exitNetwork("ArgMax", "y", "logits"), "outputs: [logits INT64");
        assertRefused(Samples.exitNetwork("ReduceSumSquare", "y", "logits"), "expected: one of logits, (items, 4)");
    }

    @Test
    void openExit_noNetwork_isRefused() {
        assertThatThrownBy(() -> openExit(ByteBuffer.wrap(new byte[] {1, 2, 3})))
                .isInstanceOfAny(MalformedException.class, UnsupportedException.class);
    }

    private void assertRefused(ByteBuffer network, String text) {
        assertThatThrownBy(() -> openExit(network))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining(text)
                .hasMessageContaining("exit at cut \"y\"");
    }

    private void openExit(ByteBuffer network) {
        BundleFiles files = Samples.filesWithExit();
        Path target = temp.resolve("e.narrows");
        new BundleFiles(
                        files.manifest(),
                        files.segments(),
                        files.weights(),
                        files.codecs(),
                        List.of(network),
                        files.labels())
                .write(target);
        Bundle.read(target).openExit(0, SessionOptions.DEFAULT).close();
    }

    private static Manifest.Exit exit(String cut, String file, double coverage) {
        return new Manifest.Exit(cut, file, 1, new Gate.Margin(0.5), 0, 3, 40, coverage, 1, Optional.empty());
    }

    private static Manifest manifest(List<Manifest.Exit> exits) {
        return Samples.withExits(exits);
    }

    private static String quoted(String text) {
        return java.util.regex.Pattern.quote(text);
    }

    /** Another manifest with its right hash, as somebody would write it who means it. */
    private static void rewriteManifest(Path bundle, String manifest) throws IOException {
        Files.writeString(bundle.resolve("manifest.json"), manifest);
        String hash = Sha256.of(ByteBuffer.wrap(manifest.getBytes(StandardCharsets.UTF_8)));
        Files.write(bundle.resolve("manifest.sha256"), Contents.hashFile(hash));
    }
}
