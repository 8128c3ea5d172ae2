package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.graph.OnnxReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The search and the pages of shrinking, on a network trained on {@link LightPictures}. No time is asserted. */
class ShrinkAutoCommandTest {

    private static final String HEADING = "id,stage,recipe,channels,epochs,bits,float_layers,latency_ratio,ratio_lower,"
            + "ratio_upper,tier_ms,file_bytes,download_bytes,parameters,macs,accuracy,signal_to_noise_db,seconds";

    @TempDir
    private static Path shared;

    private static Path data;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        data = Files.createDirectories(shared.resolve("data"));
        LightPictures.write(data);
        model = LightPictures.learned(data, 4, shared.resolve("fit"));
    }

    private static Cli.Result auto(Path output, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "shrink",
                "auto",
                model.toString(),
                "--data",
                data.toString(),
                "--shares",
                "0.5",
                "--points",
                "2",
                "--calibrate",
                "20",
                "--items",
                "10",
                "--trial-seconds",
                "0",
                "--measure-seconds",
                "0",
                "--max-slowdown",
                "1000",
                "--optimizer",
                "adamw:rate=0.005",
                "-o",
                output.toString(),
                "--json"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray(String[]::new));
    }

    private static JsonObject json(Cli.Result result) {
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }

    private static Document page(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(Files.readString(file))));
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError(file + " is not well-formed", e);
        }
    }

    private static List<String> texts(NodeList nodes) {
        return Stream.iterate(0, i -> i < nodes.getLength(), i -> i + 1)
                .map(i -> nodes.item(i).getTextContent())
                .toList();
    }

    /** A page that needs nothing else, whose pictures are described and stand beside a table. */
    private static void assertAccessible(Document page, int pictures) {
        assertThat(page.getElementsByTagName("title").getLength()).isOne();
        assertThat(page.getElementsByTagName("img").getLength()).isZero();
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(page.getElementsByTagName("table").getLength()).isPositive();
        NodeList svgs = page.getElementsByTagName("svg");
        assertThat(svgs.getLength()).isEqualTo(pictures);
        for (int i = 0; i < pictures; i++) {
            assertThat(svgs.item(i).getAttributes().getNamedItem("role").getTextContent())
                    .isEqualTo("img");
            assertThat(svgs.item(i).getAttributes().getNamedItem("aria-label").getTextContent())
                    .isNotBlank();
        }
    }

    @Test
    void auto_withABudget_findsASmallerNetworkAndGoesOnFromWhatItTried() throws IOException {
        Path output = shared.resolve("search");
        long whole = Files.size(model);
        long most = whole / 2;

        Cli.Result first = auto(output, "--max-size", String.valueOf(most), "--max-drop", "50", "--finish", "1");

        assertThat(first.err()).isEmpty();
        assertThat(first.code()).isZero();
        JsonObject report = json(first);
        assertThat(Files.size(output.resolve("best.onnx"))).isLessThanOrEqualTo(most);
        assertThat(OnnxReader.read(output.resolve("best.onnx")).outputs())
                .isEqualTo(OnnxReader.read(model).outputs());
        List<String> tried = Files.readAllLines(output.resolve("tried.csv"));
        assertThat(tried.get(0)).isEqualTo(HEADING);
        assertThat(tried).hasSize(report.get("tried").getAsInt() + 1);
        assertThat(tried).anyMatch(line -> line.contains(",finish,") && line.contains("teach 1 > teach 1"));
        assertThat(tried)
                .anyMatch(line -> line.matches(".*,bytes,fuse > int8 \\w+ [78] bits (nearest|gptq|descent).*"));
        JsonArray frontier = report.getAsJsonArray("frontier");
        assertThat(frontier).isNotEmpty();
        frontier.forEach(one -> {
            JsonObject row = one.getAsJsonObject();
            assertThat(output.resolve("frontier").resolve(row.get("id").getAsString() + ".onnx"))
                    .hasSize(row.get("file_bytes").getAsLong());
            assertThat(row.get("test_accuracy").getAsDouble()).isBetween(0.0, 1.0);
        });
        Document page = page(output.resolve("report.html"));
        assertAccessible(page, 4);
        assertThat(texts(page.getElementsByTagName("h2")))
                .containsExactly(
                        "The frontier",
                        "Each set of layers alone",
                        "Each layer alone in bytes",
                        "Everything tried",
                        "How it was measured");

        Cli.Result again = auto(output, "--max-size", String.valueOf(most), "--max-drop", "50", "--finish", "1");

        assertThat(again.code()).isZero();
        assertThat(Files.readAllLines(output.resolve("tried.csv"))).isEqualTo(tried);
        assertThat(json(again).getAsJsonArray("frontier")).isEqualTo(frontier);
        assertThat(json(again).get("best")).isEqualTo(report.get("best"));

        Cli.Result none = auto(output, "--max-size", "10", "--max-drop", "50");

        assertThat(none.code()).isOne();
        assertThat(json(none).getAsJsonArray("missed").get(0).getAsString()).contains("(expected: at most 10)");
        assertThat(output.resolve("best.onnx")).doesNotExist();

        Cli.Result other = auto(output, "--seed", "5");

        assertThat(other.code()).isOne();
        assertThat(other.err()).contains("holds a search of another network, data or options");
    }

    @Test
    void auto_withoutDataForAProfiledTier_searchesWithoutTeachingAndSaysSo() throws IOException {
        Path profile = shared.resolve("tier.json");
        Cli.Result profiled = Cli.run(
                "shrink",
                "profile",
                model.toString(),
                "-o",
                profile.toString(),
                "--measure-seconds",
                "0",
                "--name",
                "a \"toy\"");
        assertThat(profiled.code()).isZero();
        assertThat(profiled.out()).contains("a \"toy\": ").contains("ms in bytes");

        Cli.Result result = Cli.run(
                "shrink",
                "auto",
                model.toString(),
                "--tier",
                profile.toString(),
                "--points",
                "0",
                "--shares",
                "0.5",
                "--max-disagreement",
                "100",
                "--max-slowdown",
                "1000",
                "--trial-seconds",
                "0",
                "--measure-seconds",
                "0",
                "--calibrate",
                "4",
                "--calibration",
                "mse",
                "--weight-bits",
                "7",
                "--rounding",
                "nearest",
                "--equalize",
                "no",
                "-o",
                shared.resolve("untaught").toString(),
                "--report",
                shared.resolve("page.html").toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("latencies are predicted for a \"toy\"")
                .contains("made-up items say nothing of accuracy")
                .contains("written: ");
        assertThat(shared.resolve("page.html")).content().contains("made-up items: no evidence of accuracy");
        assertThat(Files.readAllLines(shared.resolve("untaught/tried.csv")))
                .anyMatch(line -> line.contains(",fuse > int8 mse 7 bits nearest,"));
    }

    @Test
    void auto_wrongUse_saysWhatIsExpected() {
        Cli.Result untaught = Cli.run("shrink", "auto", model.toString(), "--fine-tune", "1", "-o", "x");
        Cli.Result both = auto(Path.of("x"), "--tier", "a.json", "--tier-scale", "2");
        Cli.Result share = auto(Path.of("x"), "--shares", "1.5");
        Cli.Result budget = auto(Path.of("x"), "--max-latency", "0");
        Cli.Result bits = auto(Path.of("x"), "--weight-bits", "6");

        assertThat(untaught.code()).isEqualTo(2);
        assertThat(untaught.errLines().get(0)).contains("nothing to learn from (expected: --data)");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("mutually exclusive");
        assertThat(share.code()).isOne();
        assertThat(share.err()).contains("share: 1.5 (expected: between 0 and 1)");
        assertThat(budget.code()).isOne();
        assertThat(bits.code()).isEqualTo(2);
        assertThat(bits.errLines().get(0)).contains("--weight-bits: 6 (expected: 7, 8 or auto)");
        assertThat(Path.of("x")).doesNotExist();
    }

    @Test
    void quantize_withAReport_drawsEachLayer() throws IOException {
        Path file = shared.resolve("layers.html");

        Cli.Result result = Cli.run(
                "shrink",
                "quantize",
                model.toString(),
                "-o",
                shared.resolve("int8.onnx").toString(),
                "--force",
                "--measure-seconds",
                "0",
                "--report",
                file.toString(),
                "--json");

        assertThat(result.code()).isZero();
        Document page = page(file);
        assertAccessible(page, 1);
        assertThat(page.getElementsByTagName("tr").getLength())
                .isEqualTo(json(result).getAsJsonArray("sensitivities").size() + 1);
    }

    @Test
    void report_ofCurves_showsEachMethodWithItsSpread() throws IOException {
        Path curves = Files.createDirectories(shared.resolve("curves"));
        Files.writeString(curves.resolve("a.csv"), """
                network,method,seed,ratio,accuracy,baseline
                vgg,global-weight,0,2,0.91,0.92
                vgg,global-weight,1,2,0.89,0.92
                vgg,global-weight,0,4,0.88,0.92
                """);
        Files.writeString(curves.resolve("b.csv"), """
                network,method,seed,ratio,accuracy,baseline
                vgg,layer <weight>,0,2,0.875,0.92
                resnet,random,0,2,0.5,0.9
                """);
        Files.writeString(curves.resolve("other.csv"), "epoch,loss\n1,2\n");
        Path file = shared.resolve("curves.html");

        Cli.Result result = Cli.run("shrink", "report", curves.toString(), "-o", file.toString());

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("90.00 ± 1.41 (2)");
        Document page = page(file);
        assertAccessible(page, 2);
        assertThat(texts(page.getElementsByTagName("h2"))).containsExactly("vgg", "resnet");
        assertThat(texts(page.getElementsByTagName("td")))
                .contains(
                        "not pruned",
                        "92.00",
                        "global-weight",
                        "90.00 ± 1.41 (2)",
                        "88.00",
                        "layer <weight>",
                        "random");

        Cli.Result numbers = Cli.run("shrink", "report", curves.toString(), "-o", file.toString(), "--json");

        assertThat(json(numbers).getAsJsonArray("points")).hasSize(4);
    }

    @Test
    void report_ofNoCurves_isRefused() throws IOException {
        Path empty = Files.createDirectories(shared.resolve("empty"));
        Path bad = Files.writeString(
                shared.resolve("bad.csv"), "network,method,seed,ratio,accuracy,baseline\nvgg,random,0,2,91,0.92\n");
        String output = shared.resolve("none.html").toString();

        Cli.Result none = Cli.run("shrink", "report", empty.toString(), "-o", output);
        Cli.Result percent = Cli.run("shrink", "report", bad.toString(), "-o", output);

        assertThat(none.code()).isOne();
        assertThat(none.err()).contains("curves: none in");
        assertThat(percent.code()).isOne();
        assertThat(percent.err())
                .contains("number: 91 (expected: 0 or more, to 1)")
                .contains("line 2");
        assertThat(Path.of(output)).doesNotExist();
    }
}
