package dev.narrows.wire.bundle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {

    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"directory", "file.narrows", "file.zip", "new/folders/FILE.ZIP"})
    void read_writtenBundle_isWhatWasWritten(String name) {
        Path target = temp.resolve(name);

        String hash = Samples.files().write(target);
        Bundle bundle = Bundle.read(target);

        assertThat(Files.isDirectory(target)).isEqualTo(name.equals("directory"));
        assertThat(bundle.manifest()).isEqualTo(Samples.manifest());
        assertThat(bundle.hash()).isEqualTo(hash).matches("[0-9a-f]{64}");
        assertThat(bundle.labels()).isEqualTo(Samples.LABELS);
        assertThat(bundle.segment(0)).isEqualTo(Samples.files().segments().get(0));
        assertThat(bundle.segment(1)).isEqualTo(Samples.files().segments().get(1));
        assertThat(bundle.segment(0).isDirect()).isTrue();
        assertThat(bundle.codec("y", "q4").toJson())
                .isEqualTo(
                        requireNonNull(Samples.files().codecs().get("y")).get(1).toJson());
    }

    @Test
    void open_allOrSomeSegments_runTheNetwork() {
        Samples.files().write(temp.resolve("b"));
        Bundle bundle = Bundle.read(temp.resolve("b"));
        Tensor x = Tensor.of(new float[] {1, 1, 1, 1, 0, 2, 0, 2}, 2, 4);
        Tensor z = Tensor.of(new float[] {2, 4, 6, 8, 1, 6, 3, 12}, 2, 4);

        try (Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            assertThat(z(chain.run(0, 2, Map.of("x", x))).sameBits(z)).isTrue();
        }
        try (Chain tail = bundle.open(SessionOptions.DEFAULT, 1, 2)) {
            assertThat(tail.segments()).isEqualTo(1);
            Tensor y = Tensor.of(new float[] {1, 2, 3, 4}, 1, 4);
            assertThat(z(tail.run(0, 1, Map.of("y", y))).toFloats()).containsExactly(2, 4, 6, 8);
        }
        assertThatThrownBy(() -> bundle.open(SessionOptions.DEFAULT, 1, 1)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> bundle.open(SessionOptions.DEFAULT, 0, 3)).isInstanceOf(InvalidException.class);
    }

    @Test
    void write_sameParts_givesTheSameBytesAndHash() throws IOException {
        String first = Samples.files().write(temp.resolve("a.zip"));
        String second = Samples.files().write(temp.resolve("b.zip"));
        String third = Samples.files().write(temp.resolve("c"));

        assertThat(temp.resolve("a.zip")).hasSameBinaryContentAs(temp.resolve("b.zip"));
        assertThat(List.of(second, third)).containsOnly(first);
        assertThat(names(temp)).containsExactlyInAnyOrder("a.zip", "b.zip", "c"); // nothing left over
    }

    @Test
    void write_zip_isReadByAnyZipTool() throws IOException {
        Samples.files().write(temp.resolve("a.zip"));
        Samples.files().write(temp.resolve("a"));

        List<String> names = new ArrayList<>();
        try (ZipFile zip = new ZipFile(temp.resolve("a.zip").toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                names.add(entry.getName());
                assertThat(zip.getInputStream(entry).readAllBytes())
                        .isEqualTo(Files.readAllBytes(temp.resolve("a").resolve(entry.getName())));
            }
        }
        assertThat(names)
                .containsExactly(
                        "manifest.json",
                        "manifest.sha256",
                        "codecs.json",
                        "labels.txt",
                        "segments/0.onnx",
                        "segments/1.onnx",
                        "weights.bin");
    }

    @Test
    void write_overABundle_replacesIt() {
        for (String name : List.of("a", "a.zip")) {
            Path target = temp.resolve(name);
            Samples.files().write(target);
            BundleFiles other = new BundleFiles(
                    Samples.manifest(),
                    Samples.files().segments(),
                    Samples.files().weights(),
                    Samples.files().codecs(),
                    List.of());

            String hash = other.write(target);

            assertThat(Bundle.read(target).hash()).isEqualTo(hash);
            assertThat(Bundle.read(target).labels()).isEmpty();
        }
        assertThat(names(temp)).containsExactlyInAnyOrder("a", "a.zip");
    }

    @Test
    void write_overSomethingElse_isRefusedAndLeavesItAlone() throws IOException {
        Path file = Files.writeString(temp.resolve("thesis.zip"), "years of work");
        Path directory = Files.createDirectory(temp.resolve("home"));
        Files.writeString(directory.resolve("letter.txt"), "dear");
        Path mixed = temp.resolve("mixed");
        Samples.files().write(mixed);
        Files.writeString(mixed.resolve("notes.txt"), "mine");
        Files.createDirectory(temp.resolve("directory.zip"));

        for (Path target : List.of(file, directory, mixed, temp.resolve("directory.zip"))) {
            assertThatThrownBy(() -> Samples.files().write(target))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining(target.toString());
        }

        assertThat(file).hasContent("years of work");
        assertThat(directory.resolve("letter.txt")).hasContent("dear");
        assertThat(mixed.resolve("notes.txt")).hasContent("mine");
        assertThat(names(temp)).hasSize(4);
    }

    @Test
    void write_intoAnEmptyDirectory_fillsIt() throws IOException {
        Path target = Files.createDirectory(temp.resolve("empty"));

        String hash = Samples.files().write(target);

        assertThat(Bundle.read(target).hash()).isEqualTo(hash);
    }

    @Test
    void write_whereAFileIsInTheWay_isUnavailable() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");

        assertThatThrownBy(() -> Samples.files().write(file.resolve("b.zip"))).isInstanceOf(UnavailableException.class);
    }

    @Test
    void codec_namesThatExistOrNot_areFoundOrIncompatible() {
        Samples.files().write(temp.resolve("b"));
        Bundle bundle = Bundle.read(temp.resolve("b"));

        assertThat(bundle.codec("y", "raw").name()).isEqualTo("raw");
        assertThat(bundle.codec("y", "fp16").name()).isEqualTo("fp16");
        assertThat(bundle.codec("x", "raw").tensors().get(0).spec()).isEqualTo(Samples.X);
        assertThatThrownBy(() -> bundle.codec("y", "q2"))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("codec: \"q2\" (expected: one of fp16, q4, q8, raw), cut \"y\", bundle \"sample\"");
        assertThatThrownBy(() -> bundle.codec("input", "pcm16")).isInstanceOf(IncompatibleException.class);
        assertThatThrownBy(() -> bundle.codec("w", "raw"))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("one of input, y, output");
    }

    @Test
    void codec_pcm16OfASoundBundle_exists() {
        Manifest raw = Samples.manifest();
        Manifest sound = new Manifest(
                raw.name(),
                raw.cuts(),
                raw.segments(),
                raw.sharedWeights(),
                raw.codecs(),
                new Preprocessing.Audio(16_000, 2.0, 1),
                0,
                Map.of());
        BundleFiles files = Samples.files();
        new BundleFiles(sound, files.segments(), files.weights(), files.codecs(), List.of()).write(temp.resolve("b"));

        assertThat(Bundle.read(temp.resolve("b")).codec("input", "pcm16").name())
                .isEqualTo("pcm16");
    }

    @Test
    void segment_fileChangedSinceReading_isMalformed() throws IOException {
        Samples.files().write(temp.resolve("b"));
        Bundle bundle = Bundle.read(temp.resolve("b"));
        Path segment = temp.resolve("b/segments/1.onnx");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[5] ^= 1;

        Files.write(segment, bytes);
        assertThatThrownBy(() -> bundle.segment(1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("segments/1.onnx");
        assertThatThrownBy(() -> bundle.open(SessionOptions.DEFAULT)).isInstanceOf(MalformedException.class);
        Files.write(segment, new byte[3]);
        assertThatThrownBy(() -> bundle.segment(1)).isInstanceOf(MalformedException.class);
        Files.delete(segment);
        assertThatThrownBy(() -> bundle.segment(1)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void read_fileThatTheManifestDoesNotList_isMalformed() throws IOException {
        Samples.files().write(temp.resolve("b"));
        Files.writeString(temp.resolve("b/segments/extra.bin"), "x");

        assertMalformed(temp.resolve("b"), "segments/extra.bin");
    }

    @Test
    void read_missingFile_isMalformed() throws IOException {
        for (String name :
                List.of("manifest.json", "manifest.sha256", "segments/0.onnx", "weights.bin", "labels.txt")) {
            Path bundle = temp.resolve(name.replace('/', '_'));
            Samples.files().write(bundle);
            Files.delete(bundle.resolve(name));

            assertMalformed(bundle, name);
        }
    }

    @Test
    void read_symbolicLink_isMalformed() throws IOException {
        Samples.files().write(temp.resolve("b"));
        Path labels = temp.resolve("b/labels.txt");
        Files.move(labels, temp.resolve("outside.txt"));
        Files.createSymbolicLink(labels, temp.resolve("outside.txt"));

        assertMalformed(temp.resolve("b"), "labels.txt");
    }

    @Test
    void read_throughALinkToTheBundle_works() throws IOException {
        String hash = Samples.files().write(temp.resolve("v1"));
        Samples.files().write(temp.resolve("v1.zip"));
        Files.createSymbolicLink(temp.resolve("current"), temp.resolve("v1"));
        Files.createSymbolicLink(temp.resolve("current.zip"), temp.resolve("v1.zip"));

        assertThat(Bundle.read(temp.resolve("current")).hash()).isEqualTo(hash);
        assertThat(Bundle.read(temp.resolve("current.zip")).hash()).isEqualTo(hash);
    }

    @Test
    void read_nothingThere_isUnavailable() {
        assertThatThrownBy(() -> Bundle.read(temp.resolve("none")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("none");
    }

    @Test
    void read_somethingElse_isMalformed() throws IOException {
        assertMalformed(Files.write(temp.resolve("empty"), new byte[0]), "0 bytes");
        assertMalformed(Files.writeString(temp.resolve("text"), "no bundle".repeat(99)), "start as a zip");
        assertMalformed(Files.createDirectory(temp.resolve("folder")), "manifest.json");
    }

    @Test
    void read_zipOfAnotherTool_isMalformedAndSaysWhatToDo() throws IOException {
        Samples.files().write(temp.resolve("b"));
        for (int method : List.of(ZipEntry.STORED, ZipEntry.DEFLATED)) {
            Path zip = temp.resolve("other" + method + ".zip");
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
                out.setLevel(method == ZipEntry.STORED ? 0 : 9);
                for (String name : List.of("manifest.json", "manifest.sha256", "labels.txt")) {
                    out.putNextEntry(new ZipEntry(name));
                    out.write(Files.readAllBytes(temp.resolve("b").resolve(name)));
                }
            }
            assertMalformed(zip, "unpacked into a directory");
        }
    }

    @Test
    void read_anotherFormatVersion_isUnsupported() throws IOException {
        Path bundle = temp.resolve("b");
        Samples.files().write(bundle);
        String manifest = Files.readString(bundle.resolve("manifest.json"))
                .replace("\"format\": 1", "\"format\": 3")
                .replace("\"macs\"", "\"flops\"");
        rewriteManifest(bundle, manifest);

        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("bundle format: 3 (expected: 1 or 2)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "/etc/passwd",
                "segments/../../x",
                "a//b",
                ".hidden",
                "a\\\\b",
                "C:x",
                "segments/1.ONNX"
            })
    void read_pathThatLeavesTheBundle_isMalformed(String path) throws IOException {
        Path bundle = temp.resolve("b");
        Samples.files().write(bundle);
        rewriteManifest(
                bundle, Files.readString(bundle.resolve("manifest.json")).replace("segments/0.onnx", path));

        assertMalformed(bundle, "expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"codecs\"|\"codex\"",
                "\"name\": \"q4\"|\"name\": \"q2\"",
                "\"offset\": 64|\"offset\": 68",
                "\"offset\": 64|\"offset\": 62",
                "\"length\": 16|\"length\": 12",
                "\"kind\": \"raw\"|\"kind\": \"video\"",
                "\"kind\": \"raw\"|\"kind\": \"raw\", \"rate\": 1",
                "\"fixed_batch\": 0|\"fixed_batch\": -1",
                "\"agreement\": 0.75|\"agreement\": 75",
                "\"items\": 40|\"items\": -1",
                "\"items\": 40|\"items\": 2147483648",
                "\"items\": 40,|",
                "\"datatype\": \"FP32\"|\"datatype\": \"FP33\"",
                "\"name\": \"sample\"|\"name\": \"a/b\"",
                "\"name\": \"sample\"|\"name\": \"sample\", \"name\": \"sample\"",
                "\"name\": \"output\"|\"name\": \"out\"",
                "\"labels.txt\"|\"Labels.txt\"",
                "\"size\": 80|\"size\": 81",
            })
    void read_manifestThatBreaksARule_isRefused(String change) throws IOException {
        Path bundle = temp.resolve("b");
        Samples.files().write(bundle);
        String manifest = Files.readString(bundle.resolve("manifest.json"));
        String from = change.substring(0, change.indexOf('|'));
        assertThat(manifest).contains(from);
        rewriteManifest(bundle, manifest.replace(from, change.substring(from.length() + 1)));

        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOfAny(MalformedException.class, UnsupportedException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void new_partsThatDoNotFitTheManifest_areInvalid() {
        BundleFiles files = Samples.files();

        assertThatThrownBy(() -> new BundleFiles(
                        files.manifest(), files.segments().subList(0, 1), files.weights(), files.codecs(), List.of()))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(
                        () -> new BundleFiles(files.manifest(), files.segments(), files.weights(), Map.of(), List.of()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("[q4, q8]");
        assertThatThrownBy(() -> new BundleFiles(
                        files.manifest(), files.segments(), files.weights(), files.codecs(), List.of("a\nb")))
                .isInstanceOf(InvalidException.class);
    }

    private static Tensor z(Chain.Run run) {
        return requireNonNull(run.outputs().get("z"));
    }

    private static void assertMalformed(Path bundle, String text) {
        assertThatThrownBy(() -> Bundle.read(bundle))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(text);
    }

    /** Another manifest with its right hash, as somebody would write it who means it. */
    private static void rewriteManifest(Path bundle, String manifest) throws IOException {
        Files.writeString(bundle.resolve("manifest.json"), manifest);
        String hash = Sha256.of(java.nio.ByteBuffer.wrap(manifest.getBytes(StandardCharsets.UTF_8)));
        Files.write(bundle.resolve("manifest.sha256"), Contents.hashFile(hash));
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
