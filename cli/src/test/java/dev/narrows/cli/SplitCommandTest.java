package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.Tensor;
import dev.narrows.items.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitCommandTest {

    @TempDir
    Path directory;

    private Path output;

    @BeforeEach
    void output() {
        output = directory.resolve("parts");
    }

    @Test
    void split_oneCut_writesTwoSegmentsAndSaysHowTheyDiffer() throws IOException {
        Path model = SmallNetworks.waist(directory);

        Cli.Result result = Cli.run("split", model.toString(), "--at", "hidden", "-o", output.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        Golden.check("split-waist", result.out().replace(directory.toString(), "DIR"));
        try (var files = Files.list(output)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly(
                            "chain.json",
                            "segment-0.onnx",
                            "segment-0.onnx.sha256",
                            "segment-1.onnx",
                            "segment-1.onnx.sha256");
        }
        assertThat(output.resolve("segment-0.onnx.sha256"))
                .hasContent(ModelFiles.sha256(output.resolve("segment-0.onnx")) + "  segment-0.onnx");
    }

    @Test
    void split_moreCutsInAnyOrder_writesThemInTheNetworksOrder() throws IOException {
        Path model = SmallNetworks.waist(directory);

        Cli.Result result = Cli.run(
                "split",
                model.toString(),
                "--at",
                "y",
                "--at",
                "hidden",
                "-o",
                output.toString(),
                "--json",
                "--verify",
                "3");

        assertThat(result.code()).isZero();
        JsonObject json = JsonParser.parseString(result.out()).getAsJsonObject();
        assertThat(json.getAsJsonArray("segments")).hasSize(3);
        assertThat(json.getAsJsonArray("cuts")
                        .get(1)
                        .getAsJsonObject()
                        .get("name")
                        .getAsString())
                .isEqualTo("hidden");
        JsonObject verification = json.getAsJsonObject("verification");
        assertThat(verification.get("items").getAsInt()).isEqualTo(3);
        assertThat(verification.get("passed").getAsBoolean()).isTrue();
        assertThat(verification.get("max_relative_difference").getAsDouble()).isZero();
    }

    @Test
    void split_sharedWeight_storesItOnce() throws IOException {
        Path model = SmallNetworks.tied(directory);

        Cli.Result result =
                Cli.run("split", model.toString(), "--at", "b", "--at", "d", "-o", output.toString(), "--verify", "4");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("shared.weights: 1 weights used by several segments, 4.10 kB")
                .contains("verified: the chain differs from the whole network by 0");
        assertThat(output.resolve("shared.weights")).hasSize(4096);
        assertThat(output.resolve("segment-0.onnx"))
                .satisfies(file -> assertThat(Files.size(file)).isLessThan(2000));
        assertThat(output.resolve("shared.weights.sha256")).exists();
    }

    @Test
    void split_givenItems_verifiesOnThem() {
        Path model = SmallNetworks.waist(directory);
        Path items = directory.resolve("items.npy");
        Npy.write(items, Tensor.of(new float[5 * 32], 5, 32));

        Cli.Result result = Cli.run(
                "split", model.toString(), "--at", "hidden", "-o", output.toString(), "--input", items.toString());

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("on 5 items");
    }

    @Test
    void split_barista_isBitIdenticalAtItsBottleneck() {
        Path barista = Golden.root().resolve("examples/barista");

        Cli.Result result = Cli.run(
                "split",
                barista.resolve("first/barista.onnx").toString(),
                "--at",
                "code",
                "-o",
                output.toString(),
                "--preprocess",
                "audio",
                "--input",
                barista.resolve("clips").toString() + "/latte_*.wav");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("verified: the chain differs from the whole network by 0 (the same values) on 6 items");
    }

    @Test
    void split_float16Network_isWidenedUnlessKept() throws IOException {
        Path model = SmallNetworks.half(directory);
        String[] command = {
            "split", model.toString(), "--at", "hidden", "-o", output.toString(), "--force", "--verify", "8"
        };

        Cli.Result widened = Cli.run(command);
        String wide = Files.readString(output.resolve("chain.json"));
        List<String> keeping = new ArrayList<>(List.of(command));
        keeping.add("--keep-float16");
        Cli.Result kept = Cli.run(keeping.toArray(String[]::new));
        String half = Files.readString(output.resolve("chain.json"));

        assertThat(widened.code()).isZero();
        assertThat(widened.out())
                .containsPattern("note: a float16 network, cut in float32.* differ by [1-9][.0-9]*e-0?4");
        assertThat(wide).contains("FLOAT32").doesNotContain("FLOAT16");
        assertThat(kept.out()).contains("note: a float16 network; the runtime rounds");
        assertThat(half).contains("FLOAT16");
    }

    @Test
    void split_into_choosesTheCuts() throws IOException {
        Path model = SmallNetworks.waist(directory);

        Cli.Result two = Cli.run("split", model.toString(), "--into", "2", "-o", output.toString());
        Cli.Result both =
                Cli.run("split", model.toString(), "--into", "2", "--at", "hidden", "-o", output.toString(), "--force");
        Cli.Result one = Cli.run("split", model.toString(), "--into", "1", "-o", output.toString(), "--force");

        assertThat(two.code()).as(two.err()).isZero();
        assertThat(output.resolve("segment-1.onnx")).exists();
        assertThat(output.resolve("segment-2.onnx")).doesNotExist();
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("--into: 2 (expected: either it or --at)");
        assertThat(one.code()).isEqualTo(2);
    }

    @Test
    void split_fullDirectory_isRefusedUnlessForced() throws IOException {
        Path model = SmallNetworks.waist(directory);
        Files.createDirectories(output);
        Files.writeString(output.resolve("mine.txt"), "mine");
        String[] command = {"split", model.toString(), "--at", "hidden", "-o", output.toString()};

        Cli.Result refused = Cli.run(command);
        Cli.Result forced = Cli.run("split", model.toString(), "--at", "hidden", "-o", output.toString(), "--force");

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("is not empty");
        assertThat(forced.code()).isZero();
        assertThat(output.resolve("mine.txt")).hasContent("mine");
    }
}
