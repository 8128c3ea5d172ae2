package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether an exit is sure enough to answer, from the probabilities of its classes ({@link Softmax} at the exit's
 * temperature). Every gate compares one figure with its threshold. Probabilities that are not numbers never pass.
 *
 * <p>Entropy gates are those of BranchyNet (S. Teerapittayanon, B. McDanel, H. T. Kung, ICPR 2016); the largest
 * probability is the baseline of D. Hendrycks and K. Gimpel (ICLR 2017).
 */
public sealed interface Gate {

    /** Whether the exit answers. */
    boolean answers(double[] probabilities);

    /** How sure the gate is, 0 to 1, the more the surer; NaN if a probability is NaN. */
    double confidence(double[] probabilities);

    /** The gate's kind in a manifest: {@code max}, {@code entropy}, {@code margin} or {@code learned}. */
    String kind();

    double threshold();

    /** As {@link #answers(double[])}. */
    default boolean answers(float[] probabilities) {
        return answers(widened(probabilities));
    }

    /** As {@link #confidence(double[])}. */
    default double confidence(float[] probabilities) {
        return confidence(widened(probabilities));
    }

    /** The largest probability is at least {@code threshold}, 0 to 1. */
    record MaxProbability(double threshold) implements Gate {

        public MaxProbability {
            requireShare(threshold, "max");
        }

        @Override
        public boolean answers(double[] probabilities) {
            return confidence(probabilities) >= threshold;
        }

        @Override
        public double confidence(double[] probabilities) {
            return Scores.of(probabilities).largest();
        }

        @Override
        public String kind() {
            return "max";
        }

        @Override
        public String toString() {
            return "max:" + threshold;
        }
    }

    /**
     * The entropy {@code -Σ p ln p} is at most {@code threshold} nats, 0 or more. Its confidence is 1 less the entropy's
     * share of the most that so many classes can have.
     */
    record Entropy(double threshold) implements Gate {

        public Entropy {
            if (!(threshold >= 0 && threshold < Double.POSITIVE_INFINITY)) {
                throw new InvalidException(
                        "threshold: " + threshold + " (expected: finite, 0 or more, in nats), gate \"entropy\"");
            }
        }

        @Override
        public boolean answers(double[] probabilities) {
            return Scores.of(probabilities).entropy() <= threshold;
        }

        @Override
        public double confidence(double[] probabilities) {
            return 1 - Scores.of(probabilities).entropyShare();
        }

        @Override
        public String kind() {
            return "entropy";
        }

        @Override
        public String toString() {
            return "entropy:" + threshold;
        }
    }

    /** The largest probability is more than the second by at least {@code threshold}, 0 to 1. */
    record Margin(double threshold) implements Gate {

        public Margin {
            requireShare(threshold, "margin");
        }

        @Override
        public boolean answers(double[] probabilities) {
            return confidence(probabilities) >= threshold;
        }

        @Override
        public double confidence(double[] probabilities) {
            return Scores.of(probabilities).margin();
        }

        @Override
        public String kind() {
            return "margin";
        }

        @Override
        public String toString() {
            return "margin:" + threshold;
        }
    }

    /**
     * The logistic function of {@code bias + weights · features} is at least {@code threshold}, 0 to 1.
     *
     * @param weights of the three features: largest probability, entropy over the logarithm of the number of classes,
     *     largest less second probability
     */
    record Learned(List<Double> weights, double bias, double threshold) implements Gate {

        public Learned {
            weights = List.copyOf(weights);
            if (weights.size() != 3) {
                throw new InvalidException("weights: " + weights.size()
                        + " (expected: 3, of largest probability, entropy share and margin), gate \"learned\"");
            }
            requireFinite(bias, "bias");
            for (double weight : weights) {
                requireFinite(weight, "weight");
            }
            requireShare(threshold, "learned");
        }

        @Override
        public boolean answers(double[] probabilities) {
            return confidence(probabilities) >= threshold;
        }

        @Override
        public double confidence(double[] probabilities) {
            Scores scores = Scores.of(probabilities);
            double sum = bias
                    + weights.get(0) * scores.largest()
                    + weights.get(1) * scores.entropyShare()
                    + weights.get(2) * scores.margin();
            return 1 / (1 + Math.exp(-sum));
        }

        @Override
        public String kind() {
            return "learned";
        }

        @Override
        public String toString() {
            return "learned:" + weights.get(0) + ":" + weights.get(1) + ":" + weights.get(2) + ":" + bias + ":"
                    + threshold;
        }

        private static void requireFinite(double value, String what) {
            if (Double.isNaN(value) || Double.isInfinite(value)) {
                throw new InvalidException(what + ": " + value + " (expected: finite), gate \"learned\"");
            }
        }
    }

    /**
     * The gate that a text means: {@code max:0.9}, {@code entropy:0.3} (nats), {@code margin:0.5} or {@code
     * learned:W1:W2:W3:BIAS:THRESHOLD}. What {@link Object#toString} of a gate gives.
     *
     * @throws UnsupportedException if there is no such kind
     * @throws InvalidException if its numbers are not what the kind takes
     */
    static Gate parse(String text) {
        String[] parts = text.split(":", -1);
        List<Double> numbers = new ArrayList<>();
        int expected = parts[0].equals("learned") ? 5 : 1;
        requireKind(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            try {
                numbers.add(Double.parseDouble(parts[i]));
            } catch (NumberFormatException e) {
                throw new InvalidException("gate: \"" + text + "\" (expected: numbers behind the kind)", e);
            }
        }
        if (numbers.size() != expected) {
            throw new InvalidException("gate: \"" + text + "\" (expected: " + parts[0] + " with "
                    + (expected == 1 ? "its threshold" : "three weights, bias and threshold") + " behind colons)");
        }
        List<Double> weights = expected == 1 ? List.of() : numbers.subList(0, 3);
        return of(parts[0], weights, expected == 1 ? 0 : numbers.get(3), numbers.get(expected - 1));
    }

    /** The gate of a kind; weights and bias count for a learned one only. */
    static Gate of(String kind, List<Double> weights, double bias, double threshold) {
        requireKind(kind);
        return switch (kind) {
            case "max" -> new MaxProbability(threshold);
            case "entropy" -> new Entropy(threshold);
            case "margin" -> new Margin(threshold);
            default -> new Learned(weights, bias, threshold);
        };
    }

    private static void requireKind(String kind) {
        if (!List.of("max", "entropy", "margin", "learned").contains(kind)) {
            throw new UnsupportedException("gate: kind \"" + kind + "\" (expected: max, entropy, margin or learned)");
        }
    }

    private static void requireShare(double threshold, String kind) {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new InvalidException("threshold: " + threshold + " (expected: 0 to 1), gate \"" + kind + "\"");
        }
    }

    private static double[] widened(float[] probabilities) {
        double[] doubles = new double[probabilities.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = probabilities[i];
        }
        return doubles;
    }
}
