package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainInputCommandTest {

    private static final int SIDE = 12;

    @TempDir
    static Path directory;

    private static Path data;
    private static Path model;

    /** Grey images of two classes, bright at the left or at the right, and a network that knows neither. */
    @BeforeAll
    static void make() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        images("train", 120, 1);
        images("t10k", 60, 2);
        model = directory.resolve("model.onnx");
        OnnxFiles.write(Zoo.build(Architecture.parse("mlp"), new InputShape.Image(1, SIDE, SIDE), 2, 3), model);
    }

    private static void images(String part, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        images.putInt(0x0803).putInt(count).putInt(SIDE).putInt(SIDE);
        labels.putInt(0x0801).putInt(count);
        for (int item = 0; item < count; item++) {
            int label = item % 2;
            labels.put((byte) label);
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean bright = (i % SIDE < SIDE / 2) == (label == 0);
                images.put((byte) ((bright ? 130 : 90) + random.nextInt(60)));
            }
        }
        Files.write(data.resolve(part + "-images-idx3-ubyte"), images.array());
        Files.write(data.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }

    @Test
    void input_codecsWithTuning_givesBytesAndAccuracyOfEach() throws IOException {
        Path output = directory.resolve("tuned");
        Cli.Result result = Cli.run(
                "--json",
                "train",
                "input",
                model.toString(),
                "--data",
                data.toString(),
                "--codecs",
                "png,jpeg-bare:20,pixels:1x1",
                "--fine-tune",
                "3",
                "--batch",
                "10",
                "--optimizer",
                "adamw:rate=3e-3",
                "-o",
                output.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(Files.readString(output.resolve("report.json"))).isEqualTo(result.out());
        assertThat(report.get("test_items").getAsInt()).isEqualTo(60);
        JsonArray codecs = report.getAsJsonArray("codecs");
        assertThat(codecs).hasSize(3);
        assertThat(row(codecs, 0).get("codec").getAsString()).isEqualTo("png");
        assertThat(row(codecs, 0).get("accuracy")).isEqualTo(report.get("accuracy"));
        assertThat(row(codecs, 0).get("bytes").getAsDouble())
                .isGreaterThan(row(codecs, 1).get("bytes").getAsDouble());
        assertThat(row(codecs, 2).get("bytes").getAsDouble()).isEqualTo(1);
        for (int codec = 0; codec < 2; codec++) {
            assertThat(row(codecs, codec).get("tuned_accuracy").getAsDouble())
                    .as(row(codecs, codec).toString())
                    .isGreaterThan(0.9);
        }
        // One pixel does not tell left from right.
        assertThat(row(codecs, 2).get("tuned_accuracy").getAsDouble()).isBetween(0.3, 0.7);
        assertThat(output.resolve("input.png")).isNotEmptyFile();
        assertThat(output.resolve("jpeg-bare-20/model.onnx")).isNotEmptyFile();
    }

    private static JsonObject row(JsonArray codecs, int index) {
        return codecs.get(index).getAsJsonObject();
    }

    @Test
    void input_autoWithoutTuning_measuresTheLadder() throws IOException {
        Path output = directory.resolve("auto");
        Cli.Result result =
                Cli.run("train", "input", model.toString(), "--data", data.toString(), "-o", output.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        List<String> lines = Files.readAllLines(output.resolve("input.csv"));
        assertThat(lines.get(0)).isEqualTo("what,bytes,accuracy,tuned_accuracy");
        assertThat(lines.get(1)).startsWith("as it was,,0.").endsWith(",");
        assertThat(lines).hasSizeGreaterThan(10).anyMatch(line -> line.startsWith("jpeg-bare:5,"));
        assertThat(result.out()).contains("as it was", "jpeg-bare:5", "means over 60 test items");
        InputPoints read = InputPoints.read(output.resolve("input.csv"));
        assertThat(read.points()).hasSize(lines.size() - 2);
        assertThat(read.points().get(0).tuned()).isEmpty();
    }

    @Test
    void input_beside_standsBesideABottleneck() throws IOException {
        Path points = directory.resolve("input.csv");
        Files.writeString(points, """
                what,bytes,accuracy,tuned_accuracy
                as it was,,0.90000,
                jpeg:5,41.50,0.80000,0.85000
                png,500.00,0.90000,
                """);
        InputPoints read = InputPoints.read(points);
        StringBuilder csv = new StringBuilder();
        LinePlot plot = new LinePlot("title", "bytes", "accuracy", true);
        read.addTo(csv);
        read.draw(plot);
        Path again = directory.resolve("again.csv");
        read.write(again);
        plot.write(directory.resolve("beside.png"));

        assertThat(csv.toString().lines())
                .containsExactly("input jpeg:5,41.50,0.85000,,", "input png,500.00,0.90000,,");
        assertThat(read.accuracy()).isEqualTo(0.9);
        assertThat(again).hasSameTextualContentAs(points);
    }

    @Test
    void beside_aFileOfAnotherKind_isRefusedWithItsLine() throws IOException {
        Path points = directory.resolve("broken.csv");
        Files.writeString(points, "what,bytes,accuracy,tuned_accuracy\nas it was,,0.9,\njpeg:5,x,0.8,\n");

        Cli.Result result = Cli.run(
                "train",
                "bottleneck",
                model.toString(),
                "--data",
                data.toString(),
                "--cut",
                "auto",
                "--beside",
                points.toString(),
                "-o",
                directory.resolve("none").toString());

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("row: \"jpeg:5,x,0.8,\"", "line 3");
    }

    @Test
    void input_aCodecThatIsNone_isRefused() {
        Cli.Result result = Cli.run(
                "train",
                "input",
                model.toString(),
                "--data",
                data.toString(),
                "--codecs",
                "gif",
                "-o",
                directory.resolve("none").toString());

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("codec: \"gif\" (expected: jpeg:30");
    }

    @Test
    void input_epochs_isNoOptionOfIts() {
        Cli.Result result = Cli.run(
                "train",
                "input",
                model.toString(),
                "--data",
                data.toString(),
                "--epochs",
                "3",
                "-o",
                directory.resolve("none").toString());

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--epochs");
    }
}
