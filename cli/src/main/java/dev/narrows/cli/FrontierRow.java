package dev.narrows.cli;

import com.google.gson.JsonObject;
import dev.narrows.shrink.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A network of a search's frontier.
 *
 * @param tierMillis predicted for an item on the tier
 * @param test accuracy on the test items, which nothing was chosen by; none without labels
 */
record FrontierRow(Trial trial, double tierMillis, OptionalDouble test) {

    static Table table(List<FrontierRow> rows, Trial fused) {
        Table table =
                new Table("id", "what", ">tier ms", ">latency", ">file", ">download", ">held out", ">lost", ">test");
        for (FrontierRow row : rows) {
            Trial trial = row.trial();
            table.row(
                    trial.id(),
                    text(trial),
                    String.format(Locale.ROOT, "%.3f", row.tierMillis()),
                    String.format(Locale.ROOT, "%.2f", trial.ratio()),
                    Quantity.bytes(trial.fileBytes()),
                    Quantity.bytes(trial.downloadBytes()),
                    String.format(Locale.ROOT, "%.2f %%", 100 * trial.accuracy()),
                    String.format(Locale.ROOT, "%.2f", 100 * (fused.accuracy() - trial.accuracy())),
                    row.test().isPresent()
                            ? String.format(
                                    Locale.ROOT, "%.2f %%", 100 * row.test().getAsDouble())
                            : "");
        }
        return table;
    }

    /** What was done, in short. */
    static String text(Trial trial) {
        List<String> parts = new ArrayList<>();
        int gone = trial.blocksGone();
        if (gone > 0) {
            parts.add(gone == 1 ? "1 block gone" : gone + " blocks gone");
        }
        if (trial.channels() < 1) {
            parts.add(String.format(Locale.ROOT, "%.0f %% of channels", 100 * trial.channels()));
        }
        if (trial.epochs() > 0) {
            parts.add("taught " + trial.epochs());
        }
        if (trial.isInBytes()) {
            parts.add("int8" + (trial.floatLayers() > 0 ? " but " + trial.floatLayers() : ""));
        }
        return parts.isEmpty() ? "fused" : String.join(", ", parts);
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("id", trial.id());
        json.addProperty("recipe", trial.recipe());
        json.addProperty("tier_ms", tierMillis);
        json.addProperty("latency_ratio", trial.ratio());
        json.addProperty("file_bytes", trial.fileBytes());
        json.addProperty("download_bytes", trial.downloadBytes());
        json.addProperty("macs", trial.macs());
        json.addProperty("held_accuracy", trial.accuracy());
        test.ifPresent(share -> json.addProperty("test_accuracy", share));
        return json;
    }
}
