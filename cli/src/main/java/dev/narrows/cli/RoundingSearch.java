package dev.narrows.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.shrink.BlockOptions;
import dev.narrows.shrink.Curvatures;
import dev.narrows.shrink.Reference;
import dev.narrows.shrink.Rounding;
import dev.narrows.shrink.WeightStorage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How the weights of int4 and int2 are rounded: as asked for, else as has the least noise on training items. */
final class RoundingSearch {

    private static final int TUNING_ITEMS = 20;

    private final Terminal terminal;
    private final ShrinkRun run;
    private final @Nullable Rounding asked;
    private final int calibrate;

    /**
     * Of a run.
     *
     * @param asked null: what has the least noise
     * @param calibrate training items to see activations on
     */
    RoundingSearch(Terminal terminal, ShrinkRun run, @Nullable Rounding asked, int calibrate) {
        this.terminal = terminal;
        this.run = run;
        this.asked = asked;
        this.calibrate = calibrate;
    }

    /** For people. */
    static String words(Rounding rounding) {
        return switch (rounding) {
            case NEAREST -> "to the nearest";
            case GPTQ -> "by GPTQ";
            case DESCENT -> "by GPTQ and descent";
        };
    }

    /** What was tried, for people. */
    static String text(JsonObject details) {
        String chosen = details.get("rounding").getAsString();
        StringBuilder text =
                new StringBuilder("weights rounded ").append(words(Rounding.valueOf(chosen.toUpperCase(Locale.ROOT))));
        if (details.has("tried")) {
            String separator = "; signal to noise ";
            for (JsonElement one : details.getAsJsonArray("tried")) {
                JsonObject entry = one.getAsJsonObject();
                text.append(separator)
                        .append(entry.get("rounding").getAsString())
                        .append(' ')
                        .append(noise(entry.get("signal_to_noise_db")));
                separator = ", ";
            }
        }
        return text.toString();
    }

    private static String noise(JsonElement decibel) {
        return decibel.isJsonNull() ? "without end" : String.format(Locale.ROOT, "%.1f dB", decibel.getAsDouble());
    }

    /**
     * Rounds.
     *
     * @param details gets what was tried
     */
    Network stored(Network fused, Shapes shapes, BlockOptions options, Predicate<Node> wanted, JsonObject details) {
        if (!run.hasData() || asked == Rounding.NEAREST) {
            if (asked != null && asked != Rounding.NEAREST) {
                throw new WrongUseException("--rounding: " + asked
                        + " without --data (expected: nearest, or items on which to see activations)");
            }
            details.addProperty("rounding", Rounding.NEAREST.toString());
            return WeightStorage.blocks(fused, shapes, options, wanted);
        }
        List<Map<String, Tensor>> items = run.trainingItems(calibrate);
        List<Rounding> choices = asked == null ? List.of(Rounding.values()) : List.of(asked);
        Reference reference = Reference.of(fused, items.subList(0, Math.min(items.size(), TUNING_ITEMS)));
        Curvatures curvatures = Curvatures.of(fused, shapes, items);
        JsonArray tried = new JsonArray();
        Optional<Network> best = Optional.empty();
        double least = Double.NEGATIVE_INFINITY;
        try (Progress progress = terminal.progress("rounding", choices.size())) {
            for (Rounding rounding : choices) {
                Network stored = WeightStorage.blocks(fused, shapes, options, wanted, rounding, curvatures);
                double noise = reference.difference(stored).signalToNoise();
                if (best.isEmpty() || noise > least) {
                    best = Optional.of(stored);
                    least = noise;
                    details.addProperty("rounding", rounding.toString());
                }
                JsonObject entry = new JsonObject();
                entry.addProperty("rounding", rounding.toString());
                entry.add("signal_to_noise_db", JsonOutput.number(noise));
                tried.add(entry);
                progress.step();
            }
        }
        details.addProperty("calibration_items", items.size());
        details.add("tried", tried);
        return best.orElseThrow();
    }
}
