package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.Tensor;
import dev.narrows.items.Npy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network of two classes, packed with an exit that is sure of half of the items, and run. */
class ExitsCommandTest {

    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // pack() sets them
    private static Path model;

    @SuppressWarnings("NullAway.Init")
    private static Path exit;

    @SuppressWarnings("NullAway.Init")
    private static Path items;

    @SuppressWarnings("NullAway.Init")
    private static Path bundle;

    @SuppressWarnings("NullAway.Init")
    private static Cli.Result packed;

    @BeforeAll
    static void pack() {
        model = SmallNetworks.pair(directory.resolve("pair.onnx"), "x", "h", "y");
        exit = SmallNetworks.pair(directory.resolve("exit.onnx"), "h", "logits");
        items = directory.resolve("items.npy");
        Npy.write(items, Tensor.of(new float[] {4, 0, 0, 4, 0.5f, 0, 0, 0.5f}, 4, 2));
        bundle = directory.resolve("pair.narrows");
        packed = pack(bundle.toString());
    }

    private static Cli.Result pack(String target, String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "pack",
                model.toString(),
                "--at",
                "h",
                "--exit",
                "h=" + exit + ",gate=max:0.9,temperature=1.25",
                "--verify",
                items.toString(),
                "-o",
                target));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray(String[]::new));
    }

    @Test
    void pack_exit_printsWhatItAnswersAndCosts() {
        assertThat(packed.err()).isEmpty();
        assertThat(packed.code()).isZero();
        Golden.check("pack-exit", packed.out().replaceAll("(?m)^bundle: .*$", "bundle: …"));
    }

    @Test
    void pack_exitAsJson_saysTheSame() {
        Cli.Result result = pack(directory.resolve("json.narrows").toString(), "--json");

        JsonObject json = JsonParser.parseString(result.out()).getAsJsonObject();
        JsonObject one = json.getAsJsonArray("exits").get(0).getAsJsonObject();
        assertThat(one.get("cut").getAsString()).isEqualTo("h");
        assertThat(one.get("gate").getAsString()).isEqualTo("max:0.9");
        assertThat(one.get("coverage").getAsDouble()).isEqualTo(0.5);
        assertThat(one.get("agreement").getAsDouble()).isEqualTo(1);
        assertThat(json.get("mean_macs_share").getAsDouble()).isEqualTo(1.25); // (0.5 · 8 + 0.5 · 12) / 8
    }

    @Test
    void inspect_bundleWithExit_listsIt() {
        Cli.Result result = Cli.run("inspect", bundle.toString());

        assertThat(result.out())
                .containsPattern(
                        "exit at +gate +temperature +parameters +MACs +answers +same answer +of items +accuracy")
                .containsPattern("h +max:0.9 +1.25 +4 +4 +50.0 % +100.0 % +4 +-");
        JsonObject json = JsonParser.parseString(
                        Cli.run("inspect", bundle.toString(), "--json").out())
                .getAsJsonObject();
        assertThat(json.getAsJsonArray("exits")).hasSize(1);
    }

    @Test
    void run_exit_answersHalf() {
        Cli.Result result = Cli.run("run", bundle.toString(), "--input", items.toString());

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("4 items: 0 by the cloud, 4 by the device")
                .contains("exits: 2 at h; mean compute 125.0 % of the network's")
                .containsPattern("items.npy\\[0] +0 +0.96\\d\\d +exit +h +- +0 ")
                .containsPattern("items.npy\\[2] +0 +0.62\\d\\d +device +output +raw ")
                .doesNotContain("EXIT");
    }

    @Test
    void run_exitAsJson_countsInTheLastLine() {
        Cli.Result result = Cli.run("run", bundle.toString(), "--input", items.toString(), "--json");

        List<JsonObject> lines = result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0).get("exit").getAsString()).isEqualTo("h");
        assertThat(lines.get(0).get("why").getAsString()).isEqualTo("exit");
        assertThat(lines.get(0).get("confidence").getAsDouble()).isBetween(0.96, 0.97);
        assertThat(lines.get(2).has("exit")).isFalse();
        assertThat(lines.get(4))
                .hasToString("{\"items\":4,\"exits\":[{\"cut\":\"h\",\"answered\":2}],\"mean_macs_share\":1.25}");
    }

    @Test
    void run_noExits_asksTheWholeNetwork() {
        Cli.Result table = Cli.run("run", bundle.toString(), "--input", items.toString(), "--no-exits");
        Cli.Result json = Cli.run("run", bundle.toString(), "--input", items.toString(), "--no-exits", "--json");

        assertThat(table.out()).contains("4 by the device").doesNotContain("exit");
        assertThat(json.out().lines()).hasSize(4);
        assertThat(json.out()).doesNotContain("exit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h|expected: CUT=FILE,gate=",
                "h=EXIT|expected: CUT=FILE,gate=",
                "=EXIT,gate=max:0.9|expected: CUT=FILE,gate=",
                "h=,gate=max:0.9|expected: CUT=FILE,gate=",
                "h=nothing.onnx,gate=max:0.9|no such file: \"nothing.onnx\"",
                "h=EXIT,gate=mood:1|kind \"mood\"",
                "h=EXIT,gate=max:2|threshold: 2.0",
                "h=EXIT,gate=max:0.9,temperature=0|more than 0",
                "h=EXIT,gate=max:0.9,temperature=warm|temperature=",
                "h=EXIT,gate=max:0.9,gate=max:0.8|no such file",
            })
    void pack_exitThatSaysNothing_isWrongUse(String given) {
        String option = given.substring(0, given.indexOf('|')).replace("EXIT", exit.toString());
        Cli.Result result = Cli.run("pack", model.toString(), "--at", "h", "--exit", option, "-o", "never.narrows");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(given.substring(given.indexOf('|') + 1))
                .contains("--exit");
    }

    @Test
    void pack_exitAtNoCut_failsWithOneLine() {
        Cli.Result result = Cli.run(
                "pack",
                model.toString(),
                "--at",
                "h",
                "--exit",
                "y=" + exit + ",gate=max:0.9",
                "-o",
                directory.resolve("never.narrows").toString());

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("exit at cut: \"y\" (expected: one of input, h;");
        assertThat(directory.resolve("never.narrows")).doesNotExist();
    }
}
