package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that train, on pictures made here: three classes told by where the light is. */
class TrainCommandsTest {

    @TempDir
    private static Path shared;

    private static Path data;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        data = Files.createDirectories(shared.resolve("data"));
        LightPictures.write(data);
        Path output = shared.resolve("fit");
        Cli.Result result = Cli.run(with(
                List.of("train", "fit", "--network", "cnn:width=0.125", "-o", output.toString(), "--json"), 6, data));
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        model = output.resolve("model.onnx");
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(report.getAsJsonObject("test_accuracy").get("label").getAsDouble())
                .isGreaterThan(0.9);
    }

    @Test
    void fit_finished_leavesNetworkCurveLabelsAndReport() throws IOException {
        Path output = shared.resolve("fit");

        assertThat(Files.readAllLines(output.resolve("labels.txt"))).containsExactly("0", "1", "2");
        assertThat(Files.readAllLines(output.resolve("curve.csv"))).hasSize(7);
        assertThat(output.resolve("curve.png")).isNotEmptyFile();
        assertThat(output.resolve("report.json")).isNotEmptyFile();
    }

    @Test
    void fit_sameCommandAgain_goesOnBehindTheLastEpoch() {
        Cli.Result again = Cli.run(with(
                List.of(
                        "train",
                        "fit",
                        "--network",
                        "cnn:width=0.125",
                        "-o",
                        shared.resolve("fit").toString()),
                6,
                data));

        assertThat(again.err()).contains("goes on behind epoch 6");
        assertThat(again.code()).isZero();
    }

    @Test
    void fit_otherSettingsInTheSameDirectory_isRefused() {
        Cli.Result other = Cli.run(with(
                List.of(
                        "train",
                        "fit",
                        "--network",
                        "cnn:width=0.125",
                        "-o",
                        shared.resolve("fit").toString()),
                7,
                data));

        assertThat(other.code()).isEqualTo(1);
        assertThat(other.errLines().get(0)).contains("checkpoint: of another training");
    }

    @Test
    void fit_unknownNetworkOrData_saysWhatIsExpected() {
        Cli.Result network = Cli.run(with(List.of("train", "fit", "--network", "transformer", "-o", "x"), 1, data));
        Cli.Result nothing =
                Cli.run(with(List.of("train", "fit", "--network", "cnn", "-o", "x"), 1, shared.resolve("none")));

        assertThat(network.code()).isEqualTo(1);
        assertThat(network.errLines().get(0)).contains("transformer").contains("mobilenet");
        assertThat(nothing.errLines().get(0)).contains("no such file or directory");
        assertThat(Path.of("x")).doesNotExist();
    }

    @Test
    void distill_smallerStudent_learns() {
        Path output = shared.resolve("student");

        Cli.Result result = Cli.run(with(
                List.of(
                        "train",
                        "distill",
                        model.toString(),
                        "--student",
                        "cnn:width=0.0625",
                        "--hint",
                        "block1=block1",
                        "-o",
                        output.toString()),
                6,
                data));

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("test accuracy")
                .contains(output.resolve("model.onnx").toString());
    }

    @Test
    void bottleneck_withABudget_meetsItAndStillTells() throws IOException {
        Path output = shared.resolve("narrow");

        Cli.Result result = Cli.run(with(
                List.of(
                        "train",
                        "bottleneck",
                        model.toString(),
                        "--cut",
                        "auto",
                        "--device",
                        "0.5",
                        "--bytes",
                        "12",
                        "--code-channels",
                        "2",
                        "--levels",
                        "4",
                        "--alone",
                        "6",
                        "-o",
                        output.toString(),
                        "--json"),
                24,
                data));

        assertThat(result.err()).isEmpty();
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        JsonObject point = report.getAsJsonArray("trained").get(0).getAsJsonObject();
        assertThat(point.get("bytes").getAsDouble()).isBetween(1.0, 14.0);
        assertThat(point.get("accuracy").getAsDouble())
                .as(Files.readString(output.resolve("curve.csv")))
                .isGreaterThan(0.85);
        assertThat(report.getAsJsonArray("codecs").size()).isGreaterThan(6); // at the cut, and at a narrower one
        assertThat(point.get("encoder_share").getAsDouble())
                .isEqualTo(point.get("encoder_macs").getAsDouble()
                        / report.get("network_macs").getAsLong());
        assertThat(Files.readAllLines(output.resolve("points.csv")))
                .hasSize(1 + report.getAsJsonArray("codecs").size() + 1)
                .anyMatch(line -> line.startsWith("q4 at "));
        assertThat(output.resolve("rate-distortion.png")).isNotEmptyFile();
    }

    @Test
    void robust_twoNetworks_areComparedUnderEveryCorruption() throws IOException {
        Path output = shared.resolve("robust");

        Cli.Result result = Cli.run(
                "train",
                "robust",
                model.toString(),
                model.toString(),
                "--data",
                data.toString(),
                "--test-per-class",
                "4",
                "-o",
                output.toString(),
                "--json");

        assertThat(result.err()).isEmpty();
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        JsonObject first = report.getAsJsonArray("networks").get(0).getAsJsonObject();
        assertThat(first.get("clean").getAsDouble())
                .isGreaterThan(first.get("mean_over_corruptions").getAsDouble());
        assertThat(report.getAsJsonArray("networks").get(1)).isEqualTo(first); // the same items for both
        assertThat(Files.readAllLines(output.resolve("robustness.csv")).size()).isGreaterThan(60);
    }

    private static String[] with(List<String> arguments, int epochs, Path items) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--data", items.toString(), "--epochs", "" + epochs, "--batch", "32"));
        all.addAll(List.of("--optimizer", "adamw:rate=" + (arguments.contains("bottleneck") ? 0.003 : 0.01)));
        return all.toArray(String[]::new);
    }
}
