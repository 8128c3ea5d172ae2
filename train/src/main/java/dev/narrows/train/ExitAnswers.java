package dev.narrows.train;

import dev.narrows.errors.IncompatibleException;
import java.util.ArrayList;
import java.util.List;

/**
 * What exits, the last layer and the network as it was answered to the same items.
 *
 * @param features by exit, (items, 3), what gates look at ({@link GateKind#features}), at the exit's temperature
 * @param right by exit, whether each item's answer is right
 * @param last whether the last layer is right
 * @param original whether the network as it was is right
 */
record ExitAnswers(
        List<double[][]> features, List<boolean[]> right, boolean[] last, boolean[] original, ExitCosts costs) {

    ExitAnswers {
        features = List.copyOf(features);
        right = List.copyOf(right);
    }

    /**
     * Of what a run gave.
     *
     * @param logits by exit, then of the last layer
     * @param temperatures by exit
     */
    static ExitAnswers of(
            List<LabelledLogits> logits, List<Double> temperatures, LabelledLogits original, ExitCosts costs) {
        List<double[][]> features = new ArrayList<>();
        List<boolean[]> right = new ArrayList<>();
        for (LabelledLogits each : logits) {
            if (each.size() != original.size()) {
                throw new IncompatibleException(
                        "items: " + each.size() + " (expected: " + original.size() + ", the same for all)");
            }
        }
        for (int exit = 0; exit < logits.size() - 1; exit++) {
            double[][] seen = new double[original.size()][];
            for (int item = 0; item < seen.length; item++) {
                seen[item] = GateKind.features(logits.get(exit).probabilities(item, temperatures.get(exit)));
            }
            features.add(seen);
            right.add(logits.get(exit).right());
        }
        return new ExitAnswers(features, right, logits.get(logits.size() - 1).right(), original.right(), costs);
    }

    int exits() {
        return features.size();
    }

    int size() {
        return last.length;
    }

    /** Some of the items. */
    ExitAnswers at(int[] items) {
        List<double[][]> someFeatures = new ArrayList<>();
        List<boolean[]> someRight = new ArrayList<>();
        for (int exit = 0; exit < exits(); exit++) {
            double[][] seen = new double[items.length][];
            for (int i = 0; i < items.length; i++) {
                seen[i] = features.get(exit)[items[i]];
            }
            someFeatures.add(seen);
            someRight.add(at(right.get(exit), items));
        }
        return new ExitAnswers(someFeatures, someRight, at(last, items), at(original, items), costs);
    }

    private static boolean[] at(boolean[] all, int[] items) {
        boolean[] some = new boolean[items.length];
        for (int i = 0; i < items.length; i++) {
            some[i] = all[items[i]];
        }
        return some;
    }
}
