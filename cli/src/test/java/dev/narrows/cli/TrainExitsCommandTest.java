package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.graph.OnnxReader;
import dev.narrows.wire.bundle.Gate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainExitsCommandTest {

    private static final int SIDE = 12;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void fit() {
        write("train", 320, 1);
        write("t10k", 200, 2);
        Cli.Result result = Cli.run(
                "train",
                "fit",
                "--network",
                "cnn:width=0.25",
                "--data",
                directory.toString(),
                "--epochs",
                "4",
                "--batch",
                "32",
                "-o",
                directory.resolve("base").toString());
        assertThat(result.code()).as(result.err()).isZero();
    }

    @Test
    void exits_aloneOnTinyImages_areTrainedChosenAndReported() throws IOException {
        Path output = directory.resolve("early");

        Cli.Result result =
                exits(output, "--exits", "block1,60%", "--alone", "4", "--epochs", "0", "--calibrate", "0.5");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("gate", "coverage", "max ", "entropy ", "margin ", "learned ")
                .contains("to pack: narrows pack " + output.resolve("model.onnx") + " --at 'block1' --at '");
        JsonObject report = json(output.resolve("report.json"));
        assertThat(report.get("held_from").getAsString()).isEqualTo("test");
        assertThat(report.get("test_items").getAsInt()).isEqualTo(100);
        assertThat(report.get("last_accuracy")).isEqualTo(report.get("original_accuracy"));
        assertThat(report.getAsJsonArray("exits")).hasSize(2);
        JsonObject exits = json(output.resolve("exits.json"));
        assertThat(exits.getAsJsonArray("exits").size()
                        + exits.getAsJsonArray("unused").size())
                .isEqualTo(2);
        JsonObject exit = exits.getAsJsonArray("exits").get(0).getAsJsonObject();
        assertThat(OnnxReader.read(output.resolve(exit.get("file").getAsString()))
                        .inputs()
                        .get(0)
                        .name())
                .isEqualTo(exit.get("cut").getAsString());
        String packed = report.getAsJsonArray("pack").get(0).getAsString();
        String text = packed.substring(packed.indexOf(",gate=") + 6, packed.indexOf(",temperature="));
        Gate gate = Gate.parse(text);
        assertThat(gate.kind()).isEqualTo(exits.get("gate").getAsString());
        assertThat(gate.threshold())
                .isCloseTo(exit.getAsJsonObject("gate").get("threshold").getAsDouble(), within(1e-12));
        List<String> pack = new ArrayList<>(List.of(
                "pack",
                output.resolve("model.onnx").toString(),
                "-o",
                directory.resolve("m.narrows").toString()));
        for (JsonElement one : exits.getAsJsonArray("exits")) {
            pack.addAll(List.of("--at", one.getAsJsonObject().get("cut").getAsString()));
        }
        report.getAsJsonArray("pack").forEach(option -> pack.addAll(List.of("--exit", option.getAsString())));
        Cli.Result bundle = Cli.run(pack.toArray(String[]::new));
        assertThat(bundle.code()).as(bundle.err()).isZero();
        assertThat(output.resolve("curve.csv"))
                .content()
                .startsWith("epoch,rate,loss,seconds,score,accuracy,exit1,exit2\n1,");
        assertThat(output.resolve("curve.csv")).content().hasLineCount(5);
        assertThat(output.resolve("coverage.png")).isNotEmptyFile();
        assertThat(output.resolve("curve.png")).isNotEmptyFile();
    }

    @Test
    void exits_ofAllAsJson_trainOnAfterTheExits() throws IOException {
        Path output = directory.resolve("all");

        Cli.Result result = Cli.run(
                "--json",
                "train",
                "exits",
                directory.resolve("base/model.onnx").toString(),
                "--data",
                directory.toString(),
                "--exits",
                "auto",
                "--alone",
                "1",
                "--epochs",
                "1",
                "--batch",
                "32",
                "--fold",
                "--loss-allowed",
                "2",
                "-o",
                output.toString());

        assertThat(result.code()).as(result.err()).isZero();
        JsonObject report = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(report).isEqualTo(json(output.resolve("report.json")));
        assertThat(report.get("held_from").getAsString()).isEqualTo("train");
        assertThat(output.resolve("curve.csv")).content().contains("\n2,");
        assertThat(report.getAsJsonObject("gates").keySet()).containsExactly("max", "entropy", "margin", "learned");
    }

    @Test
    void exits_withOptionsThatMakeNoSense_areRefused() {
        Path output = directory.resolve("none");

        assertThat(exits(output, "--exits", "block1", "--alone", "0", "--epochs", "0")
                        .err())
                .contains("--alone 0, --epochs 0: nothing to train");
        assertThat(exits(output, "--exits", "block1", "--calibrate", "1").err()).contains("--calibrate: 1.0");
        assertThat(exits(output, "--exits", "blok1").err()).contains("nearest: \"block1\"");
        assertThat(output).doesNotExist();
    }

    private static Cli.Result exits(Path output, String... options) {
        String[] all = new String[options.length + 9];
        String[] first = {
            "train",
            "exits",
            directory.resolve("base/model.onnx").toString(),
            "--data",
            directory.toString(),
            "--batch",
            "32",
            "-o",
            output.toString()
        };
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(options, 0, all, first.length, options.length);
        return Cli.run(all);
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    /** Stripes along, stripes across, or a chequered field, in noise. */
    private static void write(String name, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x801).putInt(count);
        for (int item = 0; item < count; item++) {
            int class_ = item % 3;
            labels.put((byte) class_);
            int noise = item % 2 == 0 ? 40 : 200;
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int phase = class_ == 0 ? y : class_ == 1 ? x : x + y;
                    images.put((byte) (phase % 2 * (255 - noise) + random.nextInt(noise)));
                }
            }
        }
        try {
            Files.write(directory.resolve(name + "-images-idx3-ubyte"), images.array());
            Files.write(directory.resolve(name + "-labels-idx1-ubyte"), labels.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
