package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.train.CodedCut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Accuracy by bytes of an item: trained bottlenecks, codecs at the cuts as they were, the input itself. */
final class RateDistortion {

    private static final String HEADER = "what,bytes,accuracy,encoder_macs,device_share";

    /**
     * A codec at a cut of the network as it was.
     *
     * @param deviceShare of the network's MACs, up to the cut
     */
    private record Natural(String cut, double deviceShare, int items, CodedCut.Result result) {

        String name() {
            return result.codec() + " at " + cut;
        }
    }

    /**
     * A network that was trained for one trade of bits for accuracy.
     *
     * @param model its file
     * @param bytes of real codes, the mean over the test items
     * @param deviceShare of the network's MACs as it was, up to the code
     */
    record Trained(String name, Path model, double bytes, double accuracy, long encoderMacs, double deviceShare) {}

    private final String cut;
    private final double original;
    private final long networkMacs;
    private final InputPoints others;
    private final List<Natural> natural = new ArrayList<>();
    private final List<Trained> trained = new ArrayList<>();

    /**
     * @param cut where the bottlenecks are
     * @param original accuracy of the network as it was
     * @param networkMacs of it
     */
    RateDistortion(String cut, double original, long networkMacs, InputPoints others) {
        this.cut = cut;
        this.original = original;
        this.networkMacs = networkMacs;
        this.others = others;
    }

    /** @param items that the codecs were measured on */
    void addNatural(String at, double deviceShare, int items, List<CodedCut.Result> results) {
        results.forEach(result -> natural.add(new Natural(at, deviceShare, items, result)));
    }

    void add(Trained point) {
        trained.add(point);
    }

    /** Writes {@code points.csv}, {@code report.json} and {@code rate-distortion.png}. */
    void write(Path directory, JsonObject report) throws IOException {
        StringBuilder csv = new StringBuilder(HEADER + "\n");
        LinePlot plot = new LinePlot(
                "Accuracy by bytes, bottleneck at \"" + cut + "\"", "bytes an item", "test accuracy, %", true);
        for (Natural point : natural) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%.2f,%.5f,0,%.4f%n",
                    point.name(),
                    point.result().meanBytes(),
                    point.result().accuracy(),
                    point.deviceShare()));
            plot.add(
                    "codecs at " + point.cut(),
                    point.result().meanBytes(),
                    100 * point.result().accuracy());
        }
        others.addTo(csv);
        others.draw(plot);
        for (Trained point : trained) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%.2f,%.5f,%d,%.4f%n",
                    point.name(),
                    point.bytes(),
                    point.accuracy(),
                    point.encoderMacs(),
                    point.deviceShare()));
            plot.add("trained bottleneck", point.bytes(), 100 * point.accuracy());
        }
        Files.writeString(directory.resolve("points.csv"), csv);
        Files.writeString(directory.resolve("report.json"), JsonOutput.document(report) + "\n");
        plot.write(directory.resolve("rate-distortion.png"));
    }

    /** What {@code report.json} has of it. */
    void describe(JsonObject report) {
        report.addProperty("cut", cut);
        report.addProperty("accuracy", original);
        report.addProperty("network_macs", networkMacs);
        JsonArray codecs = new JsonArray();
        for (Natural point : natural) {
            JsonObject json = new JsonObject();
            json.addProperty("cut", point.cut());
            json.addProperty("codec", point.result().codec());
            json.addProperty("bytes", point.result().meanBytes());
            json.addProperty("accuracy", point.result().accuracy());
            json.addProperty("device_share", point.deviceShare());
            json.addProperty("items", point.items());
            codecs.add(json);
        }
        report.add("codecs", codecs);
        JsonArray points = new JsonArray();
        for (Trained point : trained) {
            JsonObject json = new JsonObject();
            json.addProperty("name", point.name());
            json.addProperty("model", point.model().toString());
            json.addProperty("bytes", point.bytes());
            json.addProperty("accuracy", point.accuracy());
            json.addProperty("encoder_macs", point.encoderMacs());
            json.addProperty("encoder_share", (double) point.encoderMacs() / networkMacs);
            json.addProperty("device_share", point.deviceShare());
            points.add(json);
        }
        report.add("trained", points);
    }

    Table table() {
        Table table = new Table("what", ">bytes", ">accuracy", ">encoder MACs", ">device's part");
        table.row("as it was", "", Quantity.percent(original), "", "");
        for (Natural point : natural) {
            table.row(
                    point.name(),
                    bytes(point.result().meanBytes()),
                    Quantity.percent(point.result().accuracy()),
                    "",
                    Quantity.percent(point.deviceShare()));
        }
        for (InputPoints.Point point : others.points()) {
            table.row("input as " + point.codec(), bytes(point.bytes()), Quantity.percent(point.best()), "", "");
        }
        for (Trained point : trained) {
            table.row(
                    point.name(),
                    bytes(point.bytes()),
                    Quantity.percent(point.accuracy()),
                    Quantity.count(point.encoderMacs()),
                    Quantity.percent(point.deviceShare()));
        }
        return table;
    }

    private static String bytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes);
    }
}
