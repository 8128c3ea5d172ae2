package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that shrink, on files that a command for plain ones would break on. */
class ShrinkHostileTest {

    /** Each of the four, as asked for where a network allows it. */
    private static final List<List<String>> COMMANDS = List.of(
            List.of("fuse"),
            List.of("quantize"),
            List.of("prune", "--filters", "0.5", "--multiple", "1"),
            List.of("prune", "--ratio", "2"));

    @TempDir
    Path directory;

    private Path output;

    static List<List<String>> commands() {
        return COMMANDS;
    }

    @BeforeEach
    void output() {
        output = directory.resolve("out/new.onnx");
    }

    /** Times and answers of made-up items on a busy machine are no matter here. */
    private Cli.Result shrink(List<String> command, Path model, String... more) {
        List<String> all = new ArrayList<>(List.of("shrink"));
        all.addAll(command);
        all.addAll(List.of(model.toString(), "-o", output.toString()));
        all.addAll(List.of("--measure-seconds", "0.02", "--max-slowdown", "1000"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private void assertWritten(Cli.Result result) {
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(output).isNotEmptyFile();
    }

    private void assertRefused(Cli.Result result, String... texts) {
        assertThat(result.code()).isOne();
        assertThat(result.errLines().get(0)).contains(texts);
        assertThat(output.getParent()).doesNotExist();
    }

    /** The network behind a file, its weights in another one. */
    private static Path external(Path directory) throws IOException {
        Network network = OnnxReader.read(SmallNetworks.waist(directory));
        Map<String, OnnxWriter.Place> places = new LinkedHashMap<>();
        Path data = directory.resolve("weights.data");
        try (FileChannel channel = FileChannel.open(data, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (ConstantTensor tensor : network.initializers().values()) {
                ByteBuffer bytes = tensor.data();
                places.put(tensor.name(), new OnnxWriter.Place("weights.data", channel.position(), bytes.remaining()));
                channel.write(bytes);
            }
        }
        Path model = directory.resolve("external.onnx");
        try (FileChannel channel = FileChannel.open(model, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(OnnxWriter.write(network, places));
        }
        return model;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shrink_externalData_writesAFileThatStandsForItself(List<String> command) throws IOException {
        Cli.Result result = shrink(command, external(directory));

        assertWritten(result);
        try (Stream<Path> files = Files.list(output.getParent())) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("new.onnx", "new.onnx.sha256");
        }
        assertThat(OnnxReader.read(output).initializers()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shrink_externalDataThatIsMissing_namesTheFile(List<String> command) throws IOException {
        Path model = external(directory);
        Files.delete(directory.resolve("weights.data"));

        assertRefused(
                shrink(command, model),
                "external data: file \"weights.data\" is missing (expected: in " + directory + ")",
                "tensor \"down\"");
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 26})
    void shrink_oldestAndNewestOpset_areKept(long opset) {
        Network network = OnnxReader.read(SmallNetworks.waist(directory));
        Path model = directory.resolve("opset.onnx");
        OnnxFiles.write(network.withOpsets(List.of(new OpsetImport("", opset))), model);

        for (List<String> command : COMMANDS) {
            assertWritten(shrink(command, model));
            long expected = command.contains("quantize") ? Math.max(10, opset) : opset;
            assertThat(OnnxReader.read(output).opset()).isEqualTo(expected);
            assertThat(OnnxReader.read(output).inputs()).isEqualTo(network.inputs());
        }
    }

    @Test
    void shrink_withoutWeightsAndWithFreeAxes_saysWhatIsMissing() {
        Path model = SmallNetworks.free(directory);
        String shape = "--shape=x=1,5";

        assertRefused(shrink(List.of("fuse"), model), "length of axis 1 \"width\": free", "--shape x=1,?");
        assertRefused(shrink(COMMANDS.get(1), model, shape), "layers: none that can be quantised");
        assertRefused(shrink(COMMANDS.get(2), model, shape), "channels: none that can be removed");
        assertRefused(shrink(COMMANDS.get(3), model, shape), "weights: none that can be changed");

        Cli.Result fused = shrink(List.of("fuse"), model, shape);

        assertWritten(fused);
        assertThat(fused.out()).contains("nothing to fuse or clean up");
        assertThat(OnnxReader.read(output)).isEqualTo(OnnxReader.read(model));
    }

    @Test
    void auto_ofWhatCannotBeQuantised_saysWhy() {
        Cli.Result none = auto(SmallNetworks.free(directory), "--shape=x=1,5");
        assertWritten(shrink(COMMANDS.get(1), SmallNetworks.waist(directory)));
        Cli.Result already = auto(output);

        assertThat(none.code()).as(none.err()).isZero();
        assertThat(none.out())
                .contains("note: no candidate is quantised, layers: none that can be quantised (expected: ");
        assertThat(already.code()).as(already.err()).isZero();
        assertThat(already.out())
                .contains(
                        "note: no candidate is quantised, layers: none that can be quantised, the network is quantised already");
    }

    private Cli.Result auto(Path model, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "shrink",
                "auto",
                model.toString(),
                "--max-disagreement",
                "100",
                "--max-slowdown",
                "1000",
                "--trial-seconds",
                "0.02",
                "--measure-seconds",
                "0.02",
                "-o",
                directory.resolve("search-" + model.getFileName()).toString()));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    @Test
    void shrink_float16_isKeptRefusedOrTakenInFloat32() {
        Path model = SmallNetworks.half(directory);
        String refusal = "weights: FLOAT16 (expected: FLOAT, which --float32 makes of them), tensor \"down\"";

        assertRefused(shrink(COMMANDS.get(1), model), refusal);
        assertRefused(shrink(COMMANDS.get(3), model), refusal);
        for (List<String> kept : List.of(COMMANDS.get(0), COMMANDS.get(2))) {
            assertWritten(shrink(kept, model));
            assertThat(elements(output)).containsOnly(ElementType.FLOAT16);
        }
        for (List<String> command : COMMANDS) {
            Cli.Result wide = shrink(command, model, "--float32");
            assertWritten(wide);
            assertThat(wide.out()).contains("note: a float16 network, taken in float32");
            assertThat(elements(output)).doesNotContain(ElementType.FLOAT16);
        }
    }

    private static List<ElementType> elements(Path model) {
        return OnnxReader.read(model).initializers().values().stream()
                .map(ConstantTensor::type)
                .distinct()
                .toList();
    }

    @Test
    void shrink_quantisedAlready_isLeftOnBytes() {
        assertWritten(shrink(COMMANDS.get(1), SmallNetworks.waist(directory)));
        Path model = output;
        output = directory.resolve("again/new.onnx");

        assertRefused(shrink(COMMANDS.get(1), model), "layers: none that can be quantised");
        assertRefused(shrink(COMMANDS.get(3), model), "weights: none that can be changed");
        for (List<String> command : List.of(COMMANDS.get(0), COMMANDS.get(2))) {
            assertWritten(shrink(command, model));
            assertThat(elements(output)).contains(ElementType.INT8);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shrink_whatIsNoNetwork_saysWhatItIs(List<String> command) throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.onnx"));
        Path text = Files.writeString(directory.resolve("text.onnx"), "hello, this is a text");
        Path bundle = Files.writeString(directory.resolve("bundle.narrows"), "PK and more");

        assertRefused(shrink(command, empty), "model: 0 bytes (expected: an ONNX file)");
        assertRefused(shrink(command, text), "file \"" + text + "\"");
        assertRefused(shrink(command, bundle), "is a bundle (expected: an ONNX file)");
        assertRefused(shrink(command, directory), "is a directory (expected: an ONNX file)");
        assertRefused(shrink(command, directory.resolve("gone.onnx")), "no such file");
    }

    @Test
    void shrink_outputsThatCannotBe_areRefusedBeforeTheWork() throws IOException {
        Path model = SmallNetworks.waist(directory);
        byte[] before = Files.readAllBytes(model);

        output = model;
        Cli.Result itself = shrink(List.of("fuse"), model);
        output = directory;
        Cli.Result aDirectory = shrink(List.of("fuse"), model);
        output = model.resolve("new.onnx");
        Cli.Result inAFile = shrink(List.of("fuse"), model);

        assertThat(itself.code()).isEqualTo(2);
        assertThat(itself.err()).contains("is the file that is read (expected: another file, or --force)");
        assertThat(aDirectory.code()).isEqualTo(2);
        assertThat(aDirectory.err()).contains("is a directory (expected: a file)");
        assertThat(inAFile.code()).isEqualTo(1);
        assertThat(inAFile.err()).contains("cannot be made (expected: a place in a directory");
        for (Cli.Result result : List.of(itself, aDirectory, inAFile)) {
            assertThat(result.out()).isEmpty();
        }
        assertThat(model).hasBinaryContent(before);
    }

    @Test
    void shrink_inPlaceByForce_replacesTheNetworkAndItsChecksum() {
        Path model = directory.resolve("whole.onnx");
        OnnxFiles.write(OnnxReader.read(SmallNetworks.waist(directory)), model);
        Network before = OnnxReader.read(model);
        output = model;

        assertWritten(shrink(COMMANDS.get(3), model, "--force"));

        assertThat(OnnxReader.read(model)).isNotEqualTo(before); // and is what its checksum says
    }

    @Test
    void shrink_optionsThatContradict_areRefused() {
        Path model = SmallNetworks.waist(directory);

        Cli.Result both = shrink(List.of("prune", "--filters", "0.5", "--ratio", "2"), model);
        Cli.Result method = shrink(List.of("prune", "--filters", "0.5", "--method", "random"), model);
        Cli.Result global = shrink(List.of("prune", "--ratio", "2", "--global"), model);
        Cli.Result items = shrink(List.of("fuse", "--items", "0"), model);
        Cli.Result calibrate = shrink(List.of("quantize", "--calibrate", "0"), model);
        Cli.Result drop = shrink(List.of("fuse", "--max-drop", "NaN"), model);

        for (Cli.Result result : List.of(both, method, global, items, calibrate, drop)) {
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
        }
        assertThat(both.err()).contains("mutually exclusive");
        assertThat(method.err()).contains("--method: with --filters (expected: --ratio)");
        assertThat(global.err()).contains("--global: with --ratio (expected: --filters or --latency-ratio)");
        assertThat(items.err()).contains("--items: 0 (expected: 1 to 1000000)");
        assertThat(calibrate.err()).contains("--calibrate: 0 (expected: 1 or more)");
        assertThat(drop.err()).contains("--max-drop: NaN (expected: -100 to 100)");
        assertThat(output.getParent()).doesNotExist();
    }
}
