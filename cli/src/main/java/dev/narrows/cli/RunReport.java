package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.device.Prediction;
import dev.narrows.device.Timings;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.NarrowsException;
import dev.narrows.wire.Tier;
import dev.narrows.wire.bundle.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came of a run: a table with a summary at the end, or a JSON line for each item as it is answered. */
final class RunReport {

    private final Terminal terminal;
    private final boolean json;
    private final Manifest manifest;
    private final boolean exits; // whether there are any that are tried
    private final int[] answered; // items, by exit
    private final Table table = new Table(
            "item", "label", ">probability", "by", "cut", "codec", ">bytes up", ">device ms", ">cloud ms", ">total ms");
    private final List<Prediction> predictions = new ArrayList<>();
    private final Map<String, Integer> whys = new java.util.TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    RunReport(Terminal terminal, boolean json, Manifest manifest, boolean exitsTried) {
        this.terminal = terminal;
        this.json = json;
        this.manifest = manifest;
        exits = exitsTried && !manifest.exits().isEmpty();
        answered = new int[manifest.exits().size()];
    }

    int failures() {
        return failures.size();
    }

    void prediction(String item, Prediction prediction) {
        predictions.add(prediction);
        prediction.exit().ifPresent(exit -> answered[exit.index()]++);
        if (json) {
            terminal.out().println(JsonOutput.line(line(item, prediction)));
            terminal.out().flush();
            return;
        }
        if (prediction.exit().isEmpty()) { // exits have their own line
            prediction.why().ifPresent(why -> whys.merge(why.toString(), 1, Integer::sum));
        }
        Timings timings = prediction.timings();
        table.row(
                item,
                prediction.index() < 0 ? "-" : prediction.label(),
                Double.isNaN(prediction.probability())
                        ? "-"
                        : String.format(Locale.ROOT, "%.4f", prediction.probability()),
                prediction.exit().isPresent()
                        ? "exit"
                        : prediction.answeredBy().name().toLowerCase(Locale.ROOT),
                prediction.cut(),
                prediction.exit().isPresent() ? "-" : prediction.codec(),
                String.valueOf(prediction.codeBytesUp()),
                Quantity.millis(millis(timings.device())),
                Quantity.millis(millis(timings.cloudWait())),
                Quantity.millis(millis(timings.total())));
    }

    void failure(Path item, NarrowsException failure) {
        String message = String.valueOf(failure.getMessage());
        failures.add(message.contains(item.toString()) ? message : item + ": " + message);
        if (json) {
            JsonObject line = new JsonObject();
            line.addProperty("item", item.toString());
            line.addProperty("error", message);
            terminal.out().println(JsonOutput.line(line));
            terminal.out().flush();
        }
    }

    void finish() {
        if (json) {
            if (exits && !predictions.isEmpty()) {
                terminal.out().println(JsonOutput.line(exitsLine()));
            }
            return;
        }
        if (!predictions.isEmpty()) {
            table.print(terminal.out());
            terminal.out().println(summary());
            if (exits) {
                terminal.out().println(exitsText());
            }
        }
        whys.forEach((why, count) -> terminal.out().println("note: device answered " + count + ": " + why));
        failures.forEach(failure -> terminal.err().println("narrows run: " + failure));
    }

    private String summary() {
        long byCloud = predictions.stream()
                .filter(prediction -> prediction.answeredBy() == Tier.CLOUD)
                .count();
        List<Double> totals = predictions.stream()
                .map(prediction -> millis(prediction.timings().total()))
                .toList();
        double bytes = predictions.stream()
                .mapToLong(Prediction::codeBytesUp)
                .average()
                .orElse(0);
        return predictions.size() + (predictions.size() == 1 ? " item: " : " items: ") + byCloud + " by the cloud, "
                + (predictions.size() - byCloud) + " by the device; median "
                + Quantity.millis(DemoResult.quantile(totals, 0.5)) + " ms, p95 "
                + Quantity.millis(DemoResult.quantile(totals, 0.95)) + " ms; " + Quantity.bytes(Math.round(bytes))
                + " up an item";
    }

    private String exitsText() {
        StringBuilder text = new StringBuilder("exits: ");
        for (int i = 0; i < answered.length; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(answered[i])
                    .append(" at ")
                    .append(manifest.exits().get(i).cut());
        }
        return text + "; mean compute " + Quantity.percent(meanMacsShare()) + " of the network's";
    }

    /** The last line: it has no item. */
    private JsonObject exitsLine() {
        JsonObject json = new JsonObject();
        json.addProperty("items", predictions.size());
        JsonArray array = new JsonArray();
        for (int i = 0; i < answered.length; i++) {
            JsonObject exit = new JsonObject();
            exit.addProperty("cut", manifest.exits().get(i).cut());
            exit.addProperty("answered", answered[i]);
            array.add(exit);
        }
        json.add("exits", array);
        json.add("mean_macs_share", JsonOutput.number(meanMacsShare()));
        return json;
    }

    /** Of the items that were answered, wherever they were. */
    private double meanMacsShare() {
        List<Double> shares = new ArrayList<>();
        for (int count : answered) {
            shares.add((double) count / predictions.size());
        }
        return manifest.meanMacsShare(shares);
    }

    private static JsonObject line(String item, Prediction prediction) {
        JsonObject json = new JsonObject();
        json.addProperty("item", item);
        if (prediction.index() >= 0) {
            json.addProperty("label", prediction.label());
            json.addProperty("index", prediction.index());
            json.add("probability", JsonOutput.number(prediction.probability()));
        }
        json.addProperty("answered_by", prediction.answeredBy().name().toLowerCase(Locale.ROOT));
        json.addProperty("cut", prediction.cut());
        json.addProperty("codec", prediction.codec());
        json.addProperty("code_bytes_up", prediction.codeBytesUp());
        json.addProperty("code_bytes_down", prediction.codeBytesDown());
        json.addProperty("wire_bytes_up", prediction.wireBytesUp());
        json.addProperty("wire_bytes_down", prediction.wireBytesDown());
        Timings timings = prediction.timings();
        json.addProperty("device_ms", millis(timings.device()));
        json.addProperty("encode_ms", millis(timings.encode()));
        json.addProperty("cloud_wait_ms", millis(timings.cloudWait()));
        json.addProperty("server_ms", millis(timings.server()));
        json.addProperty("total_ms", millis(timings.total()));
        prediction.exit().ifPresent(exit -> {
            json.addProperty("exit", exit.cut());
            json.add("confidence", JsonOutput.number(exit.confidence()));
        });
        prediction.why().ifPresent(why -> {
            json.addProperty("why", why.reason().name().toLowerCase(Locale.ROOT));
            json.addProperty("why_detail", why.detail());
        });
        JsonArray outputs = new JsonArray();
        for (Map.Entry<String, Tensor> output : prediction.outputs().entrySet()) {
            JsonObject entry = new JsonObject();
            entry.addProperty("name", output.getKey());
            entry.addProperty("type", output.getValue().dtype().name());
            JsonArray shape = new JsonArray();
            for (long axis : output.getValue().shape()) {
                shape.add(axis);
            }
            entry.add("shape", shape);
            outputs.add(entry);
        }
        json.add("outputs", outputs);
        return json;
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
