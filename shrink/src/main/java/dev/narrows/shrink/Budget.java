package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a network may cost on a tier.
 *
 * @param millis the most for an item on the tier; infinite for any
 * @param fileBytes the most for the ONNX file; {@link Long#MAX_VALUE} for any
 * @param drop the most accuracy lost on held-out items, 0 to 1
 */
public record Budget(double millis, long fileBytes, double drop) {

    public Budget {
        if (!(millis > 0) || fileBytes < 1 || Double.isNaN(drop)) {
            throw new InvalidException("budget: " + millis + " ms, " + fileBytes + " bytes, a drop of " + drop
                    + " (expected: above 0, above 0, a number)");
        }
    }

    boolean limitsTime() {
        return millis < Double.POSITIVE_INFINITY;
    }

    boolean limitsSize() {
        return fileBytes < Long.MAX_VALUE;
    }

    /** Whether a network is fast and small enough, whatever it loses. */
    boolean holds(Trial trial, Tier tier) {
        return tier.millis(trial) <= millis && trial.fileBytes() <= fileBytes;
    }

    /** The fastest of those that keep to all of it. */
    public Optional<Trial> best(List<Trial> trials, Trial fused, Tier tier) {
        return trials.stream()
                .filter(trial -> holds(trial, tier) && fused.accuracy() - trial.accuracy() <= drop)
                .min(Comparator.comparingDouble(tier::millis));
    }

    /** How near the trials came, where none keeps to all of it: the best of each kind. */
    public List<String> missed(List<Trial> trials, Trial fused, Tier tier) {
        List<String> texts = new ArrayList<>();
        if (limitsTime()) {
            texts.add(text(
                    "the fastest of those that lose no more than %.2f points takes %s ms (expected: at most %s)",
                    100 * drop,
                    trials.stream()
                            .filter(trial -> fused.accuracy() - trial.accuracy() <= drop)
                            .mapToDouble(tier::millis)
                            .min()
                            .stream()
                            .mapToObj(least -> text("%.3f", least))
                            .findFirst()
                            .orElse("-"),
                    text("%.3f", millis)));
        }
        if (limitsSize()) {
            texts.add(text(
                    "the smallest of those that lose no more has %s bytes (expected: at most %s)",
                    trials.stream()
                            .filter(trial -> fused.accuracy() - trial.accuracy() <= drop)
                            .mapToLong(Trial::fileBytes)
                            .min()
                            .stream()
                            .mapToObj(String::valueOf)
                            .findFirst()
                            .orElse("-"),
                    fileBytes));
        }
        trials.stream()
                .filter(trial -> holds(trial, tier))
                .mapToDouble(trial -> 100 * (fused.accuracy() - trial.accuracy()))
                .min()
                .ifPresent(least -> texts.add(text(
                        "of those that are fast and small enough the best loses %.2f points (expected: at most %.2f)",
                        least, 100 * drop)));
        return texts;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
