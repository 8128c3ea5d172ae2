package dev.narrows.train;

import java.util.Locale;

/** What a gate looks at to decide whether an exit answers. */
public enum GateKind {
    /** The largest probability. */
    MAX_PROBABILITY,
    /** The entropy over the logarithm of the classes (S. Teerapittayanon et al.: BranchyNet, 2016). */
    ENTROPY,
    /** The distance of the two largest probabilities. */
    MARGIN,
    /** All three, by a {@link LearnedGate}. */
    LEARNED;

    /** As files and reports call it, bundles too: {@code max}, {@code entropy}, {@code margin} or {@code learned}. */
    public String id() {
        return this == MAX_PROBABILITY ? "max" : name().toLowerCase(Locale.ROOT);
    }

    /**
     * What gates look at: largest probability, entropy over the logarithm of the classes, margin; each 0 to 1.
     *
     * @param probabilities of the classes, 2 or more
     */
    public static double[] features(double[] probabilities) {
        double first = 0;
        double second = 0;
        double entropy = 0;
        for (double p : probabilities) {
            entropy -= p > 0 ? p * Math.log(p) : 0;
            if (p > first) {
                second = first;
                first = p;
            } else {
                second = Math.max(second, p);
            }
        }
        double share = Math.max(0, Math.min(1, entropy / Math.log(probabilities.length)));
        return new double[] {first, share, first - second};
    }
}
