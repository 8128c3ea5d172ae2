package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {

    @TempDir
    Path directory;

    @Test
    void inspect_smallNetwork_printsItsTable() {
        Path model = SmallNetworks.waist(directory);

        Cli.Result result = Cli.run("inspect", model.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        Golden.check("inspect-waist", result.out().replace(directory.toString(), "DIR"));
    }

    @Test
    void inspect_barista_showsTheBottleneckAsNarrowest() {
        Path model = Golden.root().resolve("examples/barista/first/barista.onnx");

        Cli.Result result = Cli.run("inspect", model.toString());

        assertThat(result.code()).isZero();
        Golden.check("inspect-barista", result.out().replace(model.toString(), "MODEL"));
    }

    @Test
    void inspect_json_hasEveryCutWithItsNumbers() {
        JsonObject json = JsonParser.parseString(Cli.run(
                                "inspect",
                                "--json",
                                SmallNetworks.waist(directory).toString())
                        .out())
                .getAsJsonObject();

        assertThat(json.get("parameters").getAsLong()).isEqualTo(32 * 8 + 8 * 32 + 32 * 4);
        assertThat(json.get("macs").getAsLong()).isEqualTo(32 * 8 + 8 * 32 + 32 * 4);
        assertThat(json.get("weight_bytes").getAsLong()).isEqualTo(4 * 640);
        assertThat(json.get("input_bytes").getAsLong()).isEqualTo(128);
        // x and h, then u and y: 128 + 32 at first, 128 + 128 at most.
        assertThat(json.get("peak_activation_bytes").getAsLong()).isEqualTo(256);
        JsonObject hidden = cut(json.getAsJsonArray("cuts"), "hidden");
        assertThat(hidden.get("width_bytes").getAsLong()).isEqualTo(32);
        assertThat(hidden.get("upstream_macs").getAsLong()).isEqualTo(256);
        assertThat(hidden.get("upstream_share").getAsDouble()).isEqualTo(0.4);
        assertThat(hidden.get("fusion_boundary").getAsBoolean()).isTrue();
    }

    @Test
    void inspect_manyCuts_limitsTheRowsUnlessAll() {
        String model =
                Golden.root().resolve("examples/barista/first/barista.onnx").toString();

        String some = Cli.run("inspect", model).out();
        String all = Cli.run("inspect", model, "--all").out();

        assertThat(some).contains("more: --all");
        assertThat(all).doesNotContain("more: --all");
        assertThat(all.lines().count()).isGreaterThan(some.lines().count());
    }

    @Test
    void inspect_freeAxes_needTheirLengths() {
        String model = SmallNetworks.free(directory).toString();

        Cli.Result without = Cli.run("inspect", model);
        Cli.Result with = Cli.run("inspect", model, "--shape", "x=1,50", "--json");

        assertThat(without.code()).isEqualTo(1);
        assertThat(without.errLines()).hasSize(2);
        assertThat(without.err()).contains("x");
        assertThat(with.code()).isZero();
        assertThat(JsonParser.parseString(with.out())
                        .getAsJsonObject()
                        .get("input_bytes")
                        .getAsLong())
                .isEqualTo(200);
    }

    @Test
    void inspect_plot_drawsSvgAndPng() throws IOException {
        String model = SmallNetworks.waist(directory).toString();
        Path svg = directory.resolve("cuts.svg");
        Path png = directory.resolve("cuts.png");

        assertThat(Cli.run("inspect", model, "--plot", svg.toString()).out()).contains("plot: " + svg);
        assertThat(Cli.run("inspect", model, "--plot", png.toString()).code()).isZero();

        assertThat(Files.readString(svg))
                .contains("<svg")
                .contains("multiply-accumulates on the device, % of the network&apos;s")
                .contains("between fusions")
                .contains("hidden");
        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(980);
    }

    @Test
    void inspect_plotTwice_givesTheSameBytes() throws IOException {
        String model = SmallNetworks.waist(directory).toString();
        Path first = directory.resolve("1.svg");
        Path second = directory.resolve("2.svg");

        Cli.run("inspect", model, "--plot", first.toString());
        Cli.run("inspect", model, "--plot", second.toString());

        assertThat(second).hasSameBinaryContentAs(first);
    }

    private static JsonObject cut(JsonArray cuts, String name) {
        for (JsonElement cut : cuts) {
            if (cut.getAsJsonObject().get("cut").getAsString().equals(name)) {
                return cut.getAsJsonObject();
            }
        }
        throw new AssertionError("no cut " + name + " in " + cuts);
    }
}
