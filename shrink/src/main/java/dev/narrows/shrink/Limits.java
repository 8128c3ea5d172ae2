package dev.narrows.shrink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much slower or worse than the old network a new one may be, to be handed on.
 *
 * @param slowdown the most that its latency may be of the old one's; timings here wobble by some per cent
 * @param drop the most accuracy that it may lose, 0 to 1
 * @param disagreement the most items that it may answer otherwise, 0 to 1; asked where there are no labels and the items
 *     are real
 */
public record Limits(double slowdown, double drop, double disagreement) {

    public static final Limits DEFAULT = new Limits(1.05, 0.005, 0.02);

    /** What a comparison breaks, in words; empty if nothing. */
    public List<String> broken(Comparison comparison) {
        List<String> broken = new ArrayList<>();
        PairedLatency latency = comparison.latency();
        if (isSlower(latency)) {
            broken.add(text("slower: %.2f times the old latency (expected: at most %.2f)", latency.ratio(), slowdown));
        }
        if (comparison.scores().isPresent()) {
            double lost = comparison.scores().get().drop();
            if (lost > drop) {
                broken.add(
                        text("worse: %.2f points of accuracy lost (expected: at most %.2f)", 100 * lost, 100 * drop));
            }
        } else if (!comparison.randomItems()) {
            double otherwise = 1 - comparison.difference().agreement();
            if (otherwise > disagreement) {
                broken.add(text(
                        "worse: %.1f %% of items answered otherwise (expected: at most %.1f %%)",
                        100 * otherwise, 100 * disagreement));
            }
        }
        if (!Double.isFinite(comparison.difference().largest())) {
            broken.add("broken: it answers with numbers that are none (expected: numbers)");
        }
        return broken;
    }

    /** Only where it shows beyond the wobble: a quarter of the neighbouring runs at most says otherwise. */
    public boolean isSlower(PairedLatency latency) {
        return latency.ratio() > slowdown && latency.lowerQuartile() > 1;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
