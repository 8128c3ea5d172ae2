package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.shrink.Comparison;
import dev.narrows.shrink.Footprint;
import dev.narrows.shrink.PairedLatency;
import dev.narrows.shrink.Reference;
import java.io.PrintWriter;
import java.util.Locale;

/** How a changed network compares with the old one, for people and for machines. */
final class ComparisonText {

    private ComparisonText() {}

    static void print(PrintWriter out, Comparison comparison) {
        Footprint before = comparison.before();
        Footprint after = comparison.after();
        PairedLatency latency = comparison.latency();
        Table table = new Table("", ">before", ">after", ">after / before");
        count(table, "nodes", before.nodes(), after.nodes());
        bytes(table, "file", before.fileBytes(), after.fileBytes());
        bytes(table, "download (deflate)", before.downloadBytes(), after.downloadBytes());
        count(table, "parameters", before.parameters(), after.parameters());
        count(table, "of them not 0", before.nonZeros(), after.nonZeros());
        count(table, "MACs for an item", before.macs(), after.macs());
        bytes(table, "activations at most", before.peakBytes(), after.peakBytes());
        table.row(
                "latency (median)",
                Quantity.millis(latency.firstMillis()) + " ms",
                Quantity.millis(latency.secondMillis()) + " ms",
                ratio(latency.ratio()));
        comparison
                .scores()
                .ifPresent(scores -> table.row(
                        "accuracy of " + scores.items(),
                        String.format(Locale.ROOT, "%.2f %%", 100 * scores.before()),
                        String.format(Locale.ROOT, "%.2f %%", 100 * scores.after()),
                        String.format(Locale.ROOT, "%+.2f points", 100 * (scores.after() - scores.before()))));
        table.print(out);
        Reference.Difference difference = comparison.difference();
        out.println(String.format(
                Locale.ROOT,
                "answers of %d%s items: %s the same, differing by %.1e on the mean and %s at most",
                difference.items(),
                comparison.randomItems() ? " made-up" : "",
                Quantity.percent(difference.agreement()),
                difference.mean(),
                Quantity.difference(difference.largest())));
        out.println(String.format(
                Locale.ROOT,
                "latency: one thread, %d runs of each by turns; the middle half of their ratios is %.2f to %.2f",
                latency.runs(),
                latency.lowerQuartile(),
                latency.upperQuartile()));
    }

    private static void count(Table table, String what, long before, long after) {
        table.row(what, Quantity.count(before), Quantity.count(after), ratio(before, after));
    }

    private static void bytes(Table table, String what, long before, long after) {
        table.row(what, Quantity.bytes(before), Quantity.bytes(after), ratio(before, after));
    }

    private static String ratio(long before, long after) {
        return before == 0 ? "-" : ratio((double) after / before);
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.3f", ratio);
    }

    static JsonObject json(Comparison comparison) {
        JsonObject json = new JsonObject();
        json.add("before", json(comparison.before()));
        json.add("after", json(comparison.after()));
        PairedLatency latency = comparison.latency();
        JsonObject times = new JsonObject();
        times.addProperty("runs", latency.runs());
        times.add("before_ms", JsonOutput.number(latency.firstMillis()));
        times.add("after_ms", JsonOutput.number(latency.secondMillis()));
        times.add("ratio", JsonOutput.number(latency.ratio()));
        times.add("lower_quartile", JsonOutput.number(latency.lowerQuartile()));
        times.add("upper_quartile", JsonOutput.number(latency.upperQuartile()));
        json.add("latency", times);
        Reference.Difference difference = comparison.difference();
        JsonObject answers = new JsonObject();
        answers.addProperty("items", difference.items());
        answers.addProperty("random", comparison.randomItems());
        answers.add("max_relative_difference", JsonOutput.number(difference.largest()));
        answers.add("mean_relative_difference", JsonOutput.number(difference.mean()));
        answers.add("agreement", JsonOutput.number(difference.agreement()));
        json.add("answers", answers);
        comparison.scores().ifPresent(scores -> {
            JsonObject accuracy = new JsonObject();
            accuracy.addProperty("items", scores.items());
            accuracy.add("before", JsonOutput.number(scores.before()));
            accuracy.add("after", JsonOutput.number(scores.after()));
            json.add("accuracy", accuracy);
        });
        return json;
    }

    private static JsonObject json(Footprint footprint) {
        JsonObject json = new JsonObject();
        json.addProperty("nodes", footprint.nodes());
        json.addProperty("file_bytes", footprint.fileBytes());
        json.addProperty("download_bytes", footprint.downloadBytes());
        json.addProperty("parameters", footprint.parameters());
        json.addProperty("non_zeros", footprint.nonZeros());
        json.addProperty("macs", footprint.macs());
        json.addProperty("peak_activation_bytes", footprint.peakBytes());
        return json;
    }
}
