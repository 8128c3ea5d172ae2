package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.NetworkShapes;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands that shrink, on a network trained on {@link LightPictures}. */
class ShrinkCommandsTest {

    @TempDir
    private static Path shared;

    private static Path data;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        data = Files.createDirectories(shared.resolve("data"));
        LightPictures.write(data);
        model = LightPictures.learned(data, 6, shared.resolve("fit"));
    }

    private static Cli.Result shrink(String command, String... more) {
        List<String> all = new ArrayList<>(List.of("shrink", command, model.toString(), "--measure-seconds", "0.2"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private static JsonObject json(Cli.Result result) {
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }

    @Test
    void fuse_aTrainedNetwork_foldsItsNormsAndKeepsItsAccuracy() throws IOException {
        Path output = shared.resolve("new/fused.onnx");

        Cli.Result result =
                shrink("fuse", "--data", data.toString(), "-o", output.toString(), "--max-slowdown", "100", "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        JsonObject report = json(result);
        assertThat(report.getAsJsonObject("accuracy").get("after"))
                .isEqualTo(report.getAsJsonObject("accuracy").get("before"));
        assertThat(report.getAsJsonObject("answers").get("agreement").getAsDouble())
                .isOne();
        assertThat(report.get("written").getAsBoolean()).isTrue();
        Network fused = OnnxReader.read(output);
        assertThat(fused.nodes()).noneMatch(node -> node.is("BatchNormalization"));
        assertThat(OnnxReader.read(model).nodes()).anyMatch(node -> node.is("BatchNormalization"));
        assertThat(fused.inputs()).isEqualTo(OnnxReader.read(model).inputs());
    }

    @Test
    void fuse_withoutData_comparesMadeUpItemsAndSaysSo() {
        Path output = shared.resolve("random.onnx");

        Cli.Result result = shrink("fuse", "-o", output.toString(), "--max-slowdown", "100");

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("folding").contains("made-up items").contains("written: " + output);
        assertThat(output).isNotEmptyFile();
    }

    @Test
    void fuse_whatWasPrunedBefore_isHeldToTheNetworkThatThatWasMadeOf() {
        Path pruned = shared.resolve("first-step.onnx");
        shrink("prune", "--filters", "0.9", "--multiple", "1", "--force", "-o", pruned.toString());
        String[] line = {
            "shrink",
            "fuse",
            pruned.toString(),
            "--data",
            data.toString(),
            "--measure-seconds",
            "0.2",
            "--max-slowdown",
            "100",
            "-o",
            shared.resolve("second-step.onnx").toString()
        };

        JsonObject alone = json(Cli.run(with(line, "--json")));
        Cli.Result held = Cli.run(with(line, "--against", model.toString()));
        JsonObject forced = json(Cli.run(with(line, "--against", model.toString(), "--json", "--force")));
        Cli.Result other = Cli.run(with(line, "--against", otherOutput().toString()));
        Cli.Result over =
                Cli.run("shrink", "fuse", pruned.toString(), "--against", model.toString(), "-o", model.toString());
        Cli.Result search = shrink("auto", "--against", model.toString(), "-o", "x");

        assertThat(alone.getAsJsonObject("answers").get("agreement").getAsDouble())
                .isOne();
        assertThat(held.code()).isEqualTo(1); // for what pruning lost, not fusing
        assertThat(held.out()).contains("refused: ", "nothing was written");
        assertThat(forced.getAsJsonObject("before").get("macs").getAsLong())
                .isGreaterThan(alone.getAsJsonObject("before").get("macs").getAsLong());
        assertThat(forced.get("after")).isEqualTo(alone.get("after"));
        assertThat(other.errLines().get(0)).contains("--against: [", "out (expected: as MODEL's, [");
        assertThat(over.errLines().get(0)).contains("is the file that is read (expected: another file, or --force)");
        assertThat(search.errLines().get(0)).contains("--against: with a search (expected: without");
    }

    /** The same network, but for what its output is called. */
    private static Path otherOutput() {
        Network network = OnnxReader.read(model);
        ValueInfo output = network.outputs().get(0);
        List<Node> nodes = network.nodes().stream()
                .map(node -> node.outputs().contains(output.name()) ? node.withOutputs(List.of("other")) : node)
                .toList();
        ValueInfo renamed = new ValueInfo("other", output.type(), output.doc(), output.encoded());
        Path file = shared.resolve("other.onnx");
        OnnxFiles.write(network.rewired(nodes, network.initializers()).withOutputs(List.of(renamed)), file);
        return file;
    }

    @Test
    void quantize_withData_runsOnBytesWithNearlyTheSameAccuracy() throws IOException {
        Path output = shared.resolve("int8.onnx");

        Cli.Result result = shrink(
                "quantize",
                "--data",
                data.toString(),
                "-o",
                output.toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "5",
                "--calibration",
                "mse",
                "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        JsonObject report = json(result);
        assertThat(report.get("integer_kernels")).isEqualTo(report.get("layers"));
        assertThat(report.get("float_kernels").getAsInt()).isZero();
        assertThat(report.get("method").getAsString()).isEqualTo("mse");
        assertThat(OnnxReader.read(output).initializers().values())
                .anyMatch(tensor -> tensor.type() == ElementType.INT8);
    }

    @Test
    void quantize_withSensitivities_listsEachLayerTheWorstFirst() {
        Cli.Result result = shrink(
                "quantize",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("s.onnx").toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "5",
                "--sensitivity",
                "--target-drop",
                "50",
                "--json");

        JsonObject report = json(result);
        assertThat(report.getAsJsonArray("sensitivities"))
                .hasSize(report.get("layers").getAsInt());
        double last = Double.NEGATIVE_INFINITY;
        for (JsonElement entry : report.getAsJsonArray("sensitivities")) {
            double noise = entry.getAsJsonObject().get("signal_to_noise_db").getAsDouble();
            assertThat(noise).isGreaterThanOrEqualTo(last);
            last = noise;
        }
        assertThat(report.get("kept_float32").getAsInt()).isZero();
    }

    /** All layers in one way of quantising, so that networks can be compared. */
    private static Cli.Result quantized(Path output, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--data",
                data.toString(),
                "-o",
                output.toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "5",
                "--calibration",
                "mse",
                "--weight-bits",
                "7",
                "--equalize",
                "no",
                "--rounding",
                "nearest",
                "--all-layers"));
        arguments.addAll(List.of(more));
        return shrink("quantize", arguments.toArray(String[]::new));
    }

    @Test
    void quantize_withFineTuning_writesOtherIntegersOnTheSameGrids() throws IOException {
        Path before = shared.resolve("untaught.onnx");
        Path after = shared.resolve("taught8.onnx");

        Cli.Result untaught = quantized(before);
        Cli.Result result =
                quantized(after, "--fine-tune", "2", "--batch", "32", "--optimizer", "adamw:rate=0.01", "--json");

        assertThat(untaught.code()).as(untaught.err()).isZero();
        assertThat(result.code()).as(result.err()).isZero();
        JsonObject report = json(result);
        assertThat(report.get("fine_tune_epochs").getAsInt()).isEqualTo(2);
        assertThat(report.get("taught_kept").getAsBoolean()).isTrue();
        assertThat(report.get("held_taught").getAsDouble())
                .isGreaterThanOrEqualTo(report.get("held_untaught").getAsDouble());
        assertThat(report.get("integer_kernels")).isEqualTo(report.get("layers"));
        Network plain = OnnxReader.read(before);
        Network taught = OnnxReader.read(after);
        assertThat(taught.nodes()).isEqualTo(plain.nodes());
        plain.initializers().forEach((name, tensor) -> {
            boolean weights = tensor.type() == ElementType.INT8 && tensor.dims().size() > 1;
            if (weights || tensor.type() == ElementType.FLOAT) {
                assertThat(tensor.equals(taught.initializers().get(name)))
                        .as(name)
                        .isEqualTo(!weights);
            }
        });
    }

    @Test
    void quantize_thatTeachingMadeWorse_keepsTheOneFromBeforeAndSaysSo() throws IOException {
        Path before = shared.resolve("before.onnx");
        Path after = shared.resolve("after.onnx");

        Cli.Result untaught = quantized(before);
        Cli.Result result = quantized(after, "--fine-tune", "1", "--optimizer", "adamw:rate=1");

        assertThat(untaught.code()).as(untaught.err()).isZero();
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("taught: of the held-out items ")
                .contains("note: teaching made it worse on the held-out items: the network is the one from before");
        assertThat(Files.mismatch(before, after)).isEqualTo(-1);
    }

    @Test
    void quantize_thatTeachingTookBeyondTheTargets_keepsTheOneFromBeforeAndSaysSo() throws IOException {
        Cli.Result result = shrink(
                "quantize",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("beyond.onnx").toString(),
                "--max-slowdown",
                "100",
                "--weight-bits",
                "7",
                "--target-error",
                "0.03",
                "--fine-tune",
                "1",
                "--optimizer",
                "adamw:rate=0.05",
                "--json");

        assertThat(result.code()).as(result.err()).isZero();
        JsonObject report = json(result);
        assertThat(report.get("error_untaught").getAsDouble()).isLessThanOrEqualTo(0.03);
        assertThat(report.get("error_taught").getAsDouble()).isGreaterThan(0.03);
        assertThat(report.get("taught_kept").getAsBoolean()).isFalse();
        assertThat(report.get("notes").toString()).contains("the network is the one from before");
    }

    @Test
    void prune_toBeTaughtInAWayThatThereIsNot_isRefusedBeforeAnythingIsTakenOut() {
        Cli.Result result = shrink(
                "prune",
                "--filters",
                "0.5",
                "--data",
                data.toString(),
                "-o",
                "x.onnx",
                "--fine-tune",
                "1",
                "--optimizer",
                "sgdd");

        assertThat(result.code()).isNotZero();
        assertThat(result.errLines().get(0)).contains("sgdd");
        assertThat(result.out()).isEmpty();
        assertThat(Path.of("x.onnx")).doesNotExist();
    }

    @Test
    void quantize_withFineTuningWithoutLabels_learnsFromTheNetworkItself() throws IOException {
        Path bare = Files.createDirectories(shared.resolve("bare"));
        array(data.resolve("train-images-idx3-ubyte"), bare.resolve("x_train.npy"));
        array(data.resolve("t10k-images-idx3-ubyte"), bare.resolve("x_test.npy"));

        Cli.Result result = shrink(
                "quantize",
                "--data",
                bare.toString(),
                "-o",
                shared.resolve("unlabelled.onnx").toString(),
                "--max-slowdown",
                "100",
                "--max-disagreement",
                "10",
                "--all-layers",
                "--fine-tune",
                "1");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).containsPattern("of the held-out items [0-9.]+ % are answered as in float32");
    }

    /** The pictures of an IDX file as an array of NumPy's. */
    private static void array(Path idx, Path npy) throws IOException {
        byte[] read = Files.readAllBytes(idx);
        int pixels = read.length - 16;
        int side = LightPictures.SIDE;
        String header = String.format(
                Locale.ROOT,
                "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 1, %d, %d)}",
                pixels / side / side,
                side,
                side);
        ByteBuffer written = ByteBuffer.allocate(10 + header.length() + pixels).order(ByteOrder.LITTLE_ENDIAN);
        written.put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1));
        written.putShort((short) header.length());
        written.put(header.getBytes(StandardCharsets.ISO_8859_1));
        written.put(read, 16, pixels);
        Files.write(npy, written.array());
    }

    @Test
    void quantize_withFineTuningAndNoLayerOnBytes_saysThatNothingWasTaught() {
        Cli.Result result = shrink(
                "quantize",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("floats.onnx").toString(),
                "--max-slowdown",
                "100",
                "--target-error",
                "0",
                "--fine-tune",
                "1");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("note: no layer is on bytes: nothing was taught");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--teacher-weight 0.5",
                "--mix-up 0.2",
                "--ema 0.9",
                "--batch 8",
                "--optimizer sgd",
                "--augment flip",
                "--bfloat16",
                "--threads 2"
            })
    void teaching_toldHowAndNotForHowLong_isRefused(String option) {
        for (String command : List.of(
                "quantize",
                "quantize --to int4",
                "prune --filters 0.5",
                "prune --ratio 2 --fine-tune 0",
                "auto --fine-tune 0 --finish 0")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
            words.addAll(List.of(option.split(" ", -1)));
            words.addAll(List.of("-o", "x.onnx"));

            Cli.Result result =
                    shrink(words.get(0), words.subList(1, words.size()).toArray(String[]::new));

            assertThat(result.code()).as(command).isEqualTo(2);
            assertThat(result.errLines().get(0))
                    .startsWith("narrows shrink " + words.get(0) + ": " + option.split(" ", -1)[0] + ": ")
                    .containsAnyOf(
                            "nothing is taught (expected: with --fine-tune EPOCHS)",
                            "nothing is taught (expected: with --fine-tune or --finish EPOCHS)",
                            "with --to int4 (expected: with --to int8 and --fine-tune)");
        }
        assertThat(Path.of("x.onnx")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "float16, FLOAT16, 5",
        "bfloat16, BFLOAT16, 5",
        "float8-e4m3, FLOAT8E4M3FN, 5",
        "float8-e5m2, FLOAT8E5M2, 10",
        "int4, UINT8, 20",
        "int2, UINT8, 100"
    })
    void quantize_toAFormatOfFewerBits_holdsWeightsInIt(String format, ElementType held, String drop)
            throws IOException {
        Path output = shared.resolve(format + ".onnx");

        Cli.Result result = shrink(
                "quantize",
                "--to",
                format,
                "--data",
                data.toString(),
                "-o",
                output.toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                drop,
                "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        JsonObject report = json(result);
        assertThat(report.get("format").getAsString()).isEqualTo(format);
        assertThat(report.get("float32_numbers").getAsLong())
                .isLessThan(report.get("float32_numbers_before").getAsLong() / 4);
        Network written = OnnxReader.read(output);
        // opset 17: FLOAT8 and UINT4 came later, and are bytes behind a table
        ElementType expected = held.toString().startsWith("FLOAT8") ? ElementType.UINT8 : held;
        assertThat(written.initializers().values()).anyMatch(tensor -> tensor.type() == expected);
        assertThat(written.inputs()).isEqualTo(OnnxReader.read(model).inputs());
        assertThat(written.outputs()).isEqualTo(OnnxReader.read(model).outputs());
        assertThat(inspectedParameters(output))
                .isGreaterThan(inspectedParameters(model) * 9 / 10); // less what is fused
    }

    @Test
    void quantize_toFewLevels_roundsAsHasTheLeastNoise() {
        Cli.Result result = shrink(
                "quantize",
                "--to",
                "int4",
                "--calibrate",
                "40",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("rounded.onnx").toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "20",
                "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        JsonObject report = json(result);
        assertThat(report.get("calibration_items").getAsInt()).isEqualTo(40);
        Map<String, Double> noise = new HashMap<>();
        for (JsonElement one : report.getAsJsonArray("tried")) {
            noise.put(
                    one.getAsJsonObject().get("rounding").getAsString(),
                    one.getAsJsonObject().get("signal_to_noise_db").getAsDouble());
        }
        assertThat(noise).containsOnlyKeys("nearest", "gptq", "descent");
        assertThat(noise.get(report.get("rounding").getAsString())).isEqualTo(Collections.max(noise.values()));
        assertThat(noise.get("descent")).isGreaterThan(noise.get("nearest"));
    }

    @Test
    void quantize_toFewLevelsWithARoundingThatWantsItems_withoutThem_isRefused() {
        String[] arguments = {
            "--to",
            "int4",
            "-o",
            shared.resolve("unseen.onnx").toString(),
            "--max-slowdown",
            "100",
            "--max-drop",
            "100",
            "--json"
        };

        Cli.Result nearest = shrink("quantize", arguments);
        String[] more = Arrays.copyOf(arguments, arguments.length + 2);
        more[arguments.length] = "--rounding";
        more[arguments.length + 1] = "gptq";
        Cli.Result refused = shrink("quantize", more);

        assertThat(nearest.code()).isZero();
        assertThat(json(nearest).get("rounding").getAsString()).isEqualTo("nearest");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--rounding: gptq without --data (expected: nearest, or items");
    }

    private static long inspectedParameters(Path file) {
        return json(Cli.run("inspect", file.toString(), "--json"))
                .get("parameters")
                .getAsLong();
    }

    @Test
    void quantize_toFloat16WithActivations_computesInIt() throws IOException {
        Path output = shared.resolve("half.onnx");

        Cli.Result result = shrink(
                "quantize",
                "--to",
                "float16",
                "--activations",
                "--data",
                data.toString(),
                "-o",
                output.toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "5");

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("float16: of ").contains("written: " + output);
        assertThat(OnnxReader.read(output).nodes().stream().filter(node -> node.is("Cast")))
                .hasSize(2);
    }

    @Test
    void quantize_dynamically_runsProductsOnBytes() throws IOException {
        Path mlp = shared.resolve("mlp/model.onnx");
        Cli.Result trained = Cli.run(
                "train",
                "fit",
                "--network",
                "mlp",
                "--data",
                data.toString(),
                "--epochs",
                "1",
                "-o",
                shared.resolve("mlp").toString());
        assertThat(trained.code()).isZero();

        Cli.Result result = Cli.run(
                "shrink",
                "quantize",
                mlp.toString(),
                "--to",
                "int8-dynamic",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("dynamic.onnx").toString(),
                "--measure-seconds",
                "0.2",
                "--max-slowdown",
                "100",
                "--max-drop",
                "5",
                "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(json(result).get("integer_kernels").getAsInt()).isPositive();
        assertThat(json(result).get("weight_bits").getAsInt()).isBetween(7, 8);
    }

    @Test
    void quantize_withAnotherFormatsOptions_saysWhatTheyGoWith() {
        Cli.Result group = shrink("quantize", "-o", "x.onnx", "--to", "float16", "--group", "32");
        Cli.Result size = shrink("quantize", "-o", "x.onnx", "--to", "int4", "--group", "24");
        Cli.Result activations = shrink("quantize", "-o", "x.onnx", "--activations");
        Cli.Result mixed = shrink("quantize", "-o", "x.onnx", "--to", "int2", "--target-drop", "1");
        Cli.Result items = shrink("quantize", "-o", "x.onnx", "--to", "int8-dynamic", "--calibrate", "20");
        Cli.Result method = shrink("quantize", "-o", "x.onnx", "--to", "float16", "--calibration", "minmax");
        Cli.Result bits = shrink("quantize", "-o", "x.onnx", "--to", "int4", "--weight-bits", "auto");
        Cli.Result format = shrink("quantize", "-o", "x.onnx", "--to", "int3");
        Cli.Result taught = shrink("quantize", "-o", "x.onnx", "--to", "int4", "--fine-tune", "2");

        assertThat(List.of(group.code(), size.code(), activations.code(), mixed.code(), format.code(), taught.code()))
                .containsOnly(2);
        assertThat(List.of(items.code(), method.code(), bits.code())).containsOnly(2);
        assertThat(group.errLines().get(0)).contains("--to float16 (expected: with --to int4 or int2)");
        assertThat(size.errLines().get(0)).contains("--group: 24 (expected: 16, 32, 64, 128 or 256)");
        assertThat(activations.errLines().get(0)).contains("expected: with --to float16");
        assertThat(mixed.errLines().get(0)).contains("--target-drop: with --to int2 (expected: with --to int8)");
        assertThat(items.errLines().get(0))
                .contains("--calibrate: with --to int8-dynamic (expected: with --to int8, int4 or int2)");
        assertThat(method.errLines().get(0)).contains("--calibration: with --to float16 (expected: with --to int8)");
        assertThat(bits.errLines().get(0))
                .contains("--weight-bits: with --to int4 (expected: with --to int8 or int8-dynamic)");
        assertThat(format.errLines().get(0)).contains("float8-e4m3");
        assertThat(taught.errLines().get(0)).contains("--fine-tune: with --to int4 (expected: with --to int8)");
        assertThat(Path.of("x.onnx")).doesNotExist();
    }

    @Test
    void quantize_anOptionOfStaticInt8_isAmongThoseThatOtherFormatsRefuse() {
        List<String> all = new ArrayList<>(CommandSpec.forAnnotatedObject(new Int8Search()).options().stream()
                .map(OptionSpec::longestName)
                .toList());
        assertThat(all.remove("--weight-bits")).isTrue(); // int8-dynamic has it too
        assertThat(all.remove("--rounding")).isTrue(); // int4 and int2 have it too

        assertThat(Int8Search.OPTIONS).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void quantize_withATargetThatNoLayerMeets_keepsAllInFloatsAndSaysSo() throws IOException {
        Path output = shared.resolve("none.onnx");

        Cli.Result result = shrink(
                "quantize",
                "--data",
                data.toString(),
                "-o",
                output.toString(),
                "--max-slowdown",
                "100",
                "--target-error",
                "0",
                "--json");

        assertThat(result.code()).isZero();
        JsonObject report = json(result);
        assertThat(report.get("kept_float32")).isEqualTo(report.get("layers"));
        assertThat(report.get("notes").toString()).contains("all stay in float32");
        assertThat(report.get("integer_kernels").getAsInt()).isZero();
        assertThat(OnnxReader.read(output).nodes()).noneMatch(node -> node.is("QuantizeLinear"));
        assertThat(report.getAsJsonArray("tried"))
                .hasSize(9); // 2 widths, 5 methods, equalised or not, 3 roundings, less what was there before each
    }

    @Test
    void quantize_withChoicesMade_takesThem() {
        Cli.Result result = shrink(
                "quantize",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("chosen.onnx").toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "100",
                "--calibration",
                "entropy",
                "--weight-bits",
                "7",
                "--rounding",
                "gptq",
                "--equalize",
                "yes",
                "--all-layers");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("weights of 7 bits, rounded by GPTQ, ranges by entropy of ")
                .contains(", channels equalised")
                .contains("layers ran on bytes, 0 on floats")
                .contains("written: ");
    }

    @Test
    void prune_withItems_fitsLayersUnlessToldNotTo() {
        List<String> arguments = new ArrayList<>(List.of(
                "--filters",
                "0.3",
                "--multiple",
                "1",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("fitted.onnx").toString(),
                "--max-slowdown",
                "100",
                "--max-drop",
                "100",
                "--json"));

        JsonObject fitted = json(shrink("prune", arguments.toArray(String[]::new)));
        arguments.add("--no-reconstruction");
        JsonObject plain = json(shrink("prune", arguments.toArray(String[]::new)));

        assertThat(fitted.get("reconstructed_layers").getAsInt()).isPositive();
        assertThat(plain.get("reconstructed_layers").getAsInt()).isZero();
        assertThat(fitted.get("removed")).isEqualTo(plain.get("removed"));
        assertThat(accuracyAfter(fitted)).isGreaterThan(accuracyAfter(plain));
    }

    private static double accuracyAfter(JsonObject report) {
        return report.getAsJsonObject("accuracy").get("after").getAsDouble();
    }

    @Test
    void prune_thatLosesTooMuch_isRefusedAndWrittenByForce() {
        Path output = shared.resolve("tenth.onnx");
        String[] arguments = {
            "--filters",
            "0.9",
            "--multiple",
            "1",
            "--data",
            data.toString(),
            "-o",
            output.toString(),
            "--max-slowdown",
            "100",
            "--max-drop",
            "-100"
        };

        Cli.Result refused = shrink("prune", arguments);

        assertThat(refused.code()).isOne();
        assertThat(refused.out()).contains("refused: worse").contains("nothing was written");
        assertThat(output).doesNotExist();

        String[] forced = Arrays.copyOf(arguments, arguments.length + 1);
        forced[arguments.length] = "--force";
        Cli.Result written = shrink("prune", forced);

        assertThat(written.code()).isZero();
        assertThat(written.out()).contains("forced, though worse");
        assertThat(output).isNotEmptyFile();
    }

    @Test
    void prune_weightsThenTaughtWithKeptZeros_staysPruned() throws IOException {
        Path sparse = shared.resolve("sparse.onnx");
        Cli.Result pruned = shrink(
                "prune", "--ratio", "4", "--data", data.toString(), "-o", sparse.toString(), "--force", "--json");
        assertThat(pruned.code()).isZero();

        Cli.Result taught = Cli.run(
                "train",
                "distill",
                model.toString(),
                "--student",
                sparse.toString(),
                "--keep-zeros",
                "--data",
                data.toString(),
                "--epochs",
                "2",
                "--batch",
                "32",
                "--optimizer",
                "adamw:rate=0.01",
                "-o",
                shared.resolve("taught").toString());

        assertThat(taught.code()).isZero();
        Map<String, ConstantTensor> before = OnnxReader.read(sparse).initializers();
        Map<String, ConstantTensor> after =
                OnnxReader.read(shared.resolve("taught/model.onnx")).initializers();
        int zeros = 0;
        int changed = 0;
        for (ConstantTensor weight : before.values()) {
            if (weight.type() != ElementType.FLOAT || weight.dims().size() < 2) {
                continue;
            }
            float[] old = weight.floats();
            float[] now = Objects.requireNonNull(after.get(weight.name())).floats();
            for (int i = 0; i < old.length; i++) {
                assertThat(old[i] == 0 && now[i] != 0).isFalse();
                zeros += old[i] == 0 ? 1 : 0;
                changed += old[i] != now[i] ? 1 : 0;
            }
        }
        assertThat(zeros).isGreaterThan(1000);
        assertThat(changed).isGreaterThan(100);
    }

    @Test
    void prune_inStepsWithFineTuning_keepsItsAccuracyWithAnEighthOfTheWeights() {
        Path sparse = shared.resolve("eighth.onnx");
        Cli.Result result = shrink(
                "prune",
                "--ratio",
                "8",
                "--steps",
                "2",
                "--method",
                "global-gradient",
                "--fine-tune",
                "12",
                "--batch",
                "32",
                "--optimizer",
                "adamw:rate=0.005",
                "--data",
                data.toString(),
                "-o",
                sparse.toString(),
                "--max-drop",
                "10",
                "--max-slowdown",
                "100",
                "--json");

        assertThat(result.code()).as(result.err()).isZero();
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(report.get("steps").getAsInt()).isEqualTo(2);
        assertThat(report.get("compression_ratio").getAsDouble()).isEqualTo(8);
        long left = 0;
        long all = 0;
        for (ConstantTensor weight : OnnxReader.read(sparse).initializers().values()) {
            if (weight.type() == ElementType.FLOAT) {
                for (float value : weight.floats()) {
                    all++;
                    left += value == 0 ? 0 : 1;
                }
            }
        }
        assertThat((double) all / left).isBetween(7.5, 8.5);
    }

    @Test
    void prune_filtersByTaylorThenTaught_isSmallerAndNoWorse() {
        Path half = shared.resolve("half.onnx");
        Cli.Result result = shrink(
                "prune",
                "--filters",
                "0.5",
                "--multiple",
                "1",
                "--steps",
                "2",
                "--criterion",
                "taylor",
                "--fine-tune",
                "4",
                "--batch",
                "32",
                "--optimizer",
                "adamw:rate=0.01",
                "--data",
                data.toString(),
                "-o",
                half.toString(),
                "--max-drop",
                "10",
                "--max-slowdown",
                "100");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("the least by taylor");
        long before = OnnxReader.read(model).initializers().values().stream()
                .mapToLong(ConstantTensor::elements)
                .sum();
        long after = OnnxReader.read(half).initializers().values().stream()
                .mapToLong(ConstantTensor::elements)
                .sum();
        assertThat((double) after / before).isLessThan(0.4);
    }

    @Test
    void prune_channelsOfAllLayersButThoseOfKeep_leavesThem() {
        Path output = shared.resolve("kept.onnx");
        Node first = OnnxReader.read(model).nodes().stream()
                .filter(node -> node.is("Conv") || node.is("Gemm"))
                .findFirst()
                .orElseThrow();
        String[] arguments = {"--filters", "0.5"};

        Cli.Result some =
                prune(ShrinkCommandsTest::work, output, with(arguments, "--keep", Pattern.quote(first.label())));
        Cli.Result none = prune(ShrinkCommandsTest::work, output, with(arguments, "--keep", "."));

        assertThat(some.code()).as(some.err()).isZero();
        String weight = first.inputs().get(1);
        assertThat(dims(output).get(weight)).isEqualTo(dims(model).get(weight));
        assertThat(dims(output)).isNotEqualTo(dims(model));
        assertThat(none.code()).isOne();
        assertThat(none.errLines().get(0)).contains("channels: none that can be removed", "beside those of --keep");
    }

    private static String[] with(String[] arguments, String... more) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** Multiply-accumulates by those of the old network: a time that is the same on each run. */
    private static double work(Network first, Network second, List<Map<String, Tensor>> items, double seconds) {
        return (double) macs(second) / macs(first);
    }

    private static long macs(Network network) {
        return Costs.of(network, NetworkShapes.infer(network, Map.of())).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }

    /** Prunes by a clock of the test's own. */
    private static Cli.Result prune(ShrinkPruneCommand.Stopwatch stopwatch, Path output, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = Cli.terminal(out, err);
        CommandLine line = NarrowsCommand.commandLine(terminal);
        CommandLine shrink = Objects.requireNonNull(line.getSubcommands().get("shrink"));
        shrink.getCommandSpec().removeSubcommand("prune");
        shrink.addSubcommand(ShrinkCommand.withoutNeedOfData(new ShrinkPruneCommand(terminal, stopwatch)));
        List<String> all = new ArrayList<>(List.of(
                "shrink",
                "prune",
                model.toString(),
                "-o",
                output.toString(),
                "--data",
                data.toString(),
                "--multiple",
                "1",
                "--measure-seconds",
                "0.01",
                "--force"));
        all.addAll(List.of(more));
        int code = line.execute(all.toArray(String[]::new));
        terminal.flush();
        return new Cli.Result(code, out.toString(), err.toString());
    }

    private static Map<String, List<Long>> dims(Path file) {
        Map<String, List<Long>> dims = new TreeMap<>();
        OnnxReader.read(file).initializers().values().forEach(tensor -> dims.put(tensor.name(), tensor.dims()));
        return dims;
    }

    @Test
    void prune_toALatency_takesOutNoMoreThanItTakesAtOnceAndInSteps() {
        Path once = shared.resolve("fast.onnx");
        Path stepped = shared.resolve("fast-steps.onnx");

        Cli.Result result = prune(ShrinkCommandsTest::work, once, "--latency-ratio", "0.5", "--json");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        JsonObject report = json(result);
        double ratio = (double) macs(OnnxReader.read(once)) / macs(OnnxReader.read(model));
        List<JsonObject> tried = report.getAsJsonArray("tried").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
        assertThat(report.get("latency_target").getAsDouble()).isEqualTo(0.5);
        assertThat(tried.get(0).get("share").getAsDouble()).isOne();
        assertThat(ratio)
                .isEqualTo(tried.stream()
                        .mapToDouble(one -> one.get("latency_ratio").getAsDouble())
                        .filter(own -> own <= 0.5)
                        .max()
                        .orElseThrow());
        assertThat(ratio).isBetween(0.3, 0.5);
        assertThat(tried)
                .filteredOn(one -> one.get("share").equals(report.get("share")))
                .singleElement()
                .satisfies(one -> assertThat(one.get("removed")).isEqualTo(report.get("removed")));

        Cli.Result inSteps = prune(
                ShrinkCommandsTest::work,
                stepped,
                "--latency-ratio",
                "0.5",
                "--steps",
                "2",
                "--fine-tune",
                "1",
                "--batch",
                "32",
                "--json");

        assertThat(inSteps.code()).as(inSteps.err()).isZero();
        assertThat(json(inSteps).get("tried")).isEqualTo(report.get("tried"));
        assertThat(json(inSteps).get("removed")).isEqualTo(report.get("removed"));
        assertThat(dims(stepped)).isEqualTo(dims(once));
        assertThat(dims(stepped)).isNotEqualTo(dims(model));
    }

    @Test
    void prune_toALatencyOfAllLayersTogether_comparesThemAsGlobalDoes() {
        Path output = shared.resolve("fast-global.onnx");
        Path shareToo = shared.resolve("fast-share.onnx");

        Cli.Result result = prune(ShrinkCommandsTest::work, output, "--latency-ratio", "0.6", "--global", "--json");
        Cli.Result again = prune(
                ShrinkCommandsTest::work,
                shareToo,
                "--filters",
                json(result).get("share").getAsString(),
                "--global",
                "--json");

        assertThat(again.code()).isZero();
        assertThat(dims(output)).isEqualTo(dims(shareToo));
        assertThat(json(again).has("tried")).isFalse();
    }

    @Test
    void prune_toALatencyThatCannotBe_saysTheLeastThatCanAndWritesNothing() {
        Path output = shared.resolve("too-fast.onnx");

        Cli.Result result = prune(ShrinkCommandsTest::work, output, "--latency-ratio", "0.001");

        assertThat(result.code()).isOne();
        assertThat(result.errLines().get(0))
                .containsPattern("latency ratio: 0\\.001 \\(expected: 0\\.\\d{3} or more, .* removable channels gone");
        assertThat(output).doesNotExist();
    }

    @Test
    void prune_toALatencyThatIsNotMeasured_isRefused() {
        Path output = shared.resolve("unmeasured.onnx");

        Cli.Result result = Cli.run(
                "shrink",
                "prune",
                model.toString(),
                "--latency-ratio",
                "0.5",
                "--measure-seconds",
                "0",
                "-o",
                output.toString());

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errLines().get(0)).contains("--measure-seconds: 0 (expected: above 0 with --latency-ratio");
        assertThat(output).doesNotExist();
    }

    @Test
    void prune_toALatencyThatIsFarMoreWhenMeasuredAgain_isWrittenByForceAlone() {
        Cli.Result result = prune(
                (first, second, items, seconds) -> 0, shared.resolve("wobble.onnx"), "--latency-ratio", "0.000001");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("share  channels gone  latency / old")
                .contains("forced, though slower than asked for: ", " of the old latency (expected: at most 0.000001)");
    }

    @Test
    void prune_wrongUse_namesTheOption() {
        Map<String, String> expected = Map.of(
                "--ratio 0.5", "--ratio: 0.5 (expected: 1 or more)",
                "--pattern 4:2", "--pattern: 4:2 (expected: N:M with 1 ≤ N < M, as 2:4)",
                "--pattern two", "--pattern: \"two\" (expected: N:M, as 2:4)",
                "--pattern 2:4 --method random", "--method: with --pattern (expected: --ratio)",
                "--ratio 2 --global", "--global: with --ratio (expected: --filters or --latency-ratio)",
                "--filters 0.5 --method random", "--method: with --filters (expected: --ratio)",
                "--filters 0.5 --keep (", "--keep: ",
                "--latency-ratio 1", "--latency-ratio: 1.0 (expected: between 0 and 1)",
                "--filters 0.5 --multiple 0", "--multiple: 0 (expected: 1 or more)",
                "--filters 0.5 --latency-ratio 0.5", "mutually exclusive");
        refuses(expected);
        refuses(Map.of(
                "--latency-ratio 0.5 --against x.onnx", "--against: with --latency-ratio (expected: without",
                "--blocks 0", "--blocks: 0 (expected: 1 or more)",
                "--blocks 2 --steps 3", "--steps: 3 (expected: at most 2, as many as --blocks)",
                "--blocks 2 --global", "--global: with --blocks (expected: --filters or --latency-ratio)",
                "--blocks 2 --method random", "--method: with --blocks (expected: --ratio)"));
        assertThat(Path.of("x.onnx")).doesNotExist();
    }

    private static void refuses(Map<String, String> expected) {
        expected.forEach((line, message) -> {
            List<String> arguments = new ArrayList<>(List.of("-o", "x.onnx"));
            arguments.addAll(List.of(line.split(" ", -1)));

            Cli.Result result = shrink("prune", arguments.toArray(String[]::new));

            assertThat(result.code()).as(line).isEqualTo(2);
            assertThat(result.errLines().get(0)).as(line).contains(message);
        });
    }

    @Test
    void prune_blocks_takesOutTheBranchesAndTeachesTheRest() {
        Path residual = LightPictures.learned("resnet:depth=14,width=0.25", data, 2, shared.resolve("residual"));
        Path output = shared.resolve("shallow.onnx");
        String[] line = {
            "shrink",
            "prune",
            residual.toString(),
            "--blocks",
            "2",
            "--steps",
            "2",
            "--mix-up",
            "0.2",
            "--ema",
            "0.9",
            "--fine-tune",
            "1",
            "--batch",
            "32",
            "--data",
            data.toString(),
            "--measure-seconds",
            "0.2",
            "--force",
            "-o",
            output.toString()
        };

        Cli.Result said = Cli.run(line);
        Cli.Result told = Cli.run(with(line, "--json"));
        Cli.Result tooMany = Cli.run(
                "shrink",
                "prune",
                residual.toString(),
                "--blocks",
                "4",
                "--keep",
                "block[12][.]",
                "-o",
                output.toString());

        assertThat(said.out()).contains("block gone", "signal to noise", " dB", "written: " + output);
        assertThat(told.err()).isEmpty();
        assertThat(told.code()).isZero();
        JsonObject report = json(told);
        assertThat(report.get("removable_blocks").getAsInt()).isEqualTo(4);
        assertThat(report.getAsJsonArray("blocks")).hasSize(2);
        Network shallow = OnnxReader.read(output);
        long sums = OnnxReader.read(residual).nodes().stream()
                .filter(node -> node.is("Add"))
                .count();
        assertThat(shallow.nodes().stream().filter(node -> node.is("Add"))).hasSize(Math.toIntExact(sums - 2));
        assertThat(shallow.outputs()).isEqualTo(OnnxReader.read(residual).outputs());
        assertThat(tooMany.code()).isEqualTo(1);
        assertThat(tooMany.errLines().get(0)).contains("blocks: 2 that can go (expected: 4 or more");
    }

    @Test
    void prune_byPattern_leavesTwoOfFour() {
        Path output = shared.resolve("pattern.onnx");
        Cli.Result result = shrink("prune", "--pattern", "2:4", "-o", output.toString(), "--force", "--json");

        assertThat(result.code()).isZero();
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(report.get("pattern").getAsString()).isEqualTo("2:4");
        assertThat(OnnxReader.read(output).nodes())
                .hasSameSizeAs(OnnxReader.read(model).nodes());
    }

    @Test
    void teachingAndGradients_withoutItems_areRefused() {
        Cli.Result gradients = shrink("prune", "--ratio", "2", "--method", "layer-gradient", "-o", "x.onnx");
        Cli.Result teaching = shrink("prune", "--filters", "0.2", "--fine-tune", "1", "-o", "x.onnx");
        Cli.Result steps = shrink("prune", "--ratio", "2", "--steps", "3", "-o", "x.onnx");
        Cli.Result bytes = shrink("quantize", "--fine-tune", "1", "-o", "x.onnx");

        for (Cli.Result result : List.of(gradients, teaching, steps, bytes)) {
            assertThat(result.code()).isEqualTo(2);
        }
        assertThat(gradients.errLines().get(0)).contains("--data");
        assertThat(teaching.errLines().get(0)).contains("--data");
        assertThat(steps.errLines().get(0)).contains("--fine-tune");
        assertThat(bytes.errLines().get(0)).contains("--fine-tune: no --data");
    }

    @Test
    void share_thenTaughtThenCompressed_staysSharedAndComesBackByteByByte() throws IOException {
        Path few = shared.resolve("shared.onnx");
        Cli.Result made = shrink(
                "share",
                "--bits",
                "4",
                "--layer-bits",
                "conv1=6",
                "--data",
                data.toString(),
                "-o",
                few.toString(),
                "--force",
                "--json");
        assertThat(made.err()).isEmpty();
        assertThat(made.code()).isZero();
        assertThat(json(made).getAsJsonArray("layers"))
                .anySatisfy(
                        layer -> assertThat(layer.getAsJsonObject().get("bits").getAsInt())
                                .isEqualTo(6))
                .anySatisfy(
                        layer -> assertThat(layer.getAsJsonObject().get("bits").getAsInt())
                                .isEqualTo(4));

        Cli.Result taught = Cli.run(
                "train",
                "distill",
                model.toString(),
                "--student",
                few.toString(),
                "--keep-shared",
                "--data",
                data.toString(),
                "--epochs",
                "1",
                "--batch",
                "32",
                "-o",
                shared.resolve("small").toString());
        assertThat(taught.code()).isZero();
        Path small = shared.resolve("small/model.onnx");
        Path file = shared.resolve("new/small.nrz");

        Cli.Result compressed = Cli.run(
                "shrink", "compress", small.toString(), "--against", model.toString(), "-o", file.toString(), "--json");

        assertThat(compressed.code()).isZero();
        JsonObject report = json(compressed);
        assertThat(report.get("nrz_bytes").getAsLong())
                .isEqualTo(Files.size(file))
                .isLessThan(report.get("deflate_bytes").getAsLong());
        assertThat(report.get("times_smaller").getAsDouble())
                .isEqualTo(report.get("original_bytes").getAsDouble() / Files.size(file));
        assertThat(report.getAsJsonArray("tensors"))
                .filteredOn(tensor ->
                        tensor.getAsJsonObject().get("kind").getAsString().equals("palette"))
                .isNotEmpty()
                .allSatisfy(tensor -> assertThat(
                                tensor.getAsJsonObject().get("different_values").getAsInt())
                        .isLessThanOrEqualTo(64));

        Path expanded = shared.resolve("expanded.onnx");
        Cli.Result back = Cli.run("shrink", "expand", file.toString(), "-o", expanded.toString());

        assertThat(back.code()).isZero();
        assertThat(back.out()).contains("written: " + expanded);
        assertThat(Files.mismatch(expanded, small)).isEqualTo(-1);
    }

    @Test
    void compress_forPeople_showsTensorsAndSizes() {
        Path file = shared.resolve("table.nrz");

        Cli.Result result = Cli.run("shrink", "compress", model.toString(), "-o", file.toString());

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("bits a weight before", "planes", "the graph, small tensors", "times smaller than as ONNX")
                .contains("written: " + file);
    }

    @Test
    void share_withATargetDrop_findsBitsForEachLayer() {
        Cli.Result result = shrink(
                "share",
                "--target-drop",
                "50",
                "--data",
                data.toString(),
                "-o",
                shared.resolve("bits.onnx").toString(),
                "--force",
                "--json");

        assertThat(result.code()).isZero();
        assertThat(json(result).getAsJsonArray("layers"))
                .isNotEmpty()
                .allSatisfy(
                        layer -> assertThat(layer.getAsJsonObject().get("bits").getAsInt())
                                .isBetween(2, 8));
    }

    @Test
    void compressAndExpand_overWhatIsRead_areRefused() throws IOException {
        Path copy = Files.copy(model, shared.resolve("copy.onnx"));
        Cli.Result compressed = Cli.run("shrink", "compress", copy.toString(), "-o", copy.toString());
        Cli.Result expanded = Cli.run("shrink", "expand", copy.toString(), "-o", copy.toString());

        for (Cli.Result result : List.of(compressed, expanded)) {
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.errLines().get(0)).contains("is the file that is read (expected: another file)");
        }
        assertThat(Files.mismatch(copy, model)).isEqualTo(-1);
    }

    @Test
    void expand_ofSomethingElse_saysWhatIsExpected() {
        Cli.Result result = Cli.run(
                "shrink",
                "expand",
                model.toString(),
                "-o",
                shared.resolve("no.onnx").toString());

        assertThat(result.code()).isOne();
        assertThat(result.errLines().get(0)).contains("magic number").contains("byte 0");
        assertThat(shared.resolve("no.onnx")).doesNotExist();
    }

    @Test
    void shrink_wrongUse_saysWhatIsExpected() {
        Cli.Result nothing = Cli.run("shrink");
        Cli.Result neither = shrink("prune", "-o", "x.onnx");
        Cli.Result bits = shrink("quantize", "-o", "x.onnx", "--weight-bits", "3");
        Cli.Result both = shrink("quantize", "-o", "x.onnx", "--all-layers", "--target-error", "0.1");
        Cli.Result equalize = shrink("quantize", "-o", "x.onnx", "--equalize", "maybe");
        Cli.Result share = shrink("prune", "-o", "x.onnx", "--filters", "2");
        Cli.Result pattern = shrink("quantize", "-o", "x.onnx", "--keep", "(");
        Cli.Result few = shrink("share", "-o", "x.onnx", "--bits", "9");
        Cli.Result rule = shrink("share", "-o", "x.onnx", "--layer-bits", "conv");
        Cli.Result twice = shrink("share", "-o", "x.onnx", "--bits", "4", "--target-drop", "1");
        Cli.Result limit = shrink("fuse", "-o", "x.onnx", "--max-drop", "1000");

        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.errLines().get(0)).contains("fuse, quantize, prune");
        assertThat(neither.code()).isEqualTo(2);
        assertThat(neither.errLines().get(0)).contains("--filters").contains("--ratio");
        assertThat(bits.code()).isEqualTo(2);
        assertThat(bits.errLines().get(0)).contains("7, 8 or auto");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.errLines().get(0)).contains("--all-layers").contains("--target-error");
        assertThat(equalize.code()).isEqualTo(2);
        assertThat(equalize.errLines().get(0)).contains("yes, no or auto");
        assertThat(share.code()).isEqualTo(2);
        assertThat(share.errLines().get(0)).contains("--filters: 2.0 (expected: 0 to 1)");
        assertThat(pattern.code()).isEqualTo(2);
        assertThat(pattern.errLines().get(0)).contains("regular expression");
        assertThat(few.code()).isEqualTo(2);
        assertThat(few.errLines().get(0)).contains("--bits: 9 (expected: 1 to 8)");
        assertThat(rule.code()).isEqualTo(2);
        assertThat(rule.errLines().get(0)).contains("--layer-bits: \"conv\"");
        assertThat(twice.code()).isEqualTo(2);
        assertThat(limit.code()).isEqualTo(2);
        assertThat(Path.of("x.onnx")).doesNotExist();
    }
}
