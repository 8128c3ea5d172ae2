package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        Cli.Result result = Cli.run(
                "train",
                "fit",
                "--network",
                "cnn:width=0.25",
                "--data",
                data.toString(),
                "--epochs",
                "6",
                "--batch",
                "32",
                "--optimizer",
                "adamw:rate=0.01",
                "-o",
                shared.resolve("fit").toString());
        assertThat(result.code()).isZero();
        model = shared.resolve("fit/model.onnx");
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
                .hasSize(8); // 2 widths, 5 methods, equalised or not, 2 roundings, less what was there before each
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
    void shrink_wrongUse_saysWhatIsExpected() {
        Cli.Result nothing = Cli.run("shrink");
        Cli.Result neither = shrink("prune", "-o", "x.onnx");
        Cli.Result bits = shrink("quantize", "-o", "x.onnx", "--weight-bits", "3");
        Cli.Result both = shrink("quantize", "-o", "x.onnx", "--all-layers", "--target-error", "0.1");
        Cli.Result equalize = shrink("quantize", "-o", "x.onnx", "--equalize", "maybe");
        Cli.Result share = shrink("prune", "-o", "x.onnx", "--filters", "2");
        Cli.Result pattern = shrink("quantize", "-o", "x.onnx", "--keep", "(");
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
        assertThat(share.code()).isEqualTo(1);
        assertThat(share.errLines().get(0)).contains("0 to 1");
        assertThat(pattern.code()).isEqualTo(2);
        assertThat(pattern.errLines().get(0)).contains("regular expression");
        assertThat(limit.code()).isEqualTo(2);
        assertThat(Path.of("x.onnx")).doesNotExist();
    }
}
