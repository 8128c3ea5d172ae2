package dev.narrows.shrink;

import java.util.Arrays;

/**
 * Moves levels of a channel's weights as long as that lowers the squared error of the layer's output, e·H·e with the
 * {@link Curvature} H: one weight after the other goes to where it is best beside the others as they are, until a sweep moves
 * none. The problem is AdaRound's (Nagel et al. 2020, its equation 13), which relaxes it and descends by gradients; here it stays
 * one of whole numbers.
 */
final class CoordinateDescent {

    private static final int MOST_SWEEPS = 50;

    private CoordinateDescent() {}

    /**
     * Moves them.
     *
     * @param levels where it begins, and ends
     */
    static void improve(double[] weights, int[] levels, LevelGrid grid, Curvature curvature) {
        int size = weights.length;
        double[] slopes = slopes(weights, levels, grid, curvature);
        boolean moved = true;
        for (int sweep = 0; moved && sweep < MOST_SWEEPS; sweep++) {
            moved = false;
            for (int i = 0; i < size; i++) {
                double steps = slopes[i] / curvature.at(i) / grid.step(i);
                int level = grid.within(levels[i] + Math.rint(steps));
                if (level != levels[i]) {
                    add(slopes, curvature.row(i), grid.value(i, levels[i]) - grid.value(i, level));
                    levels[i] = level;
                    moved = true;
                }
            }
        }
    }

    /** Chooses steps, one group's after the other's, so that the error is least with the levels as they are. */
    static void rescale(double[] weights, int[] levels, LevelGrid.Scaled grid, Curvature curvature) {
        int size = weights.length;
        double[] slopes = slopes(weights, levels, grid, curvature);
        double[] moves = new double[size]; // of the slopes, for a step of 1
        for (int from = 0; from < size; from += grid.group()) {
            int to = Math.min(from + grid.group(), size);
            Arrays.fill(moves, 0);
            for (int i = from; i < to; i++) {
                if (levels[i] != grid.zero(i)) {
                    add(moves, curvature.row(i), levels[i] - grid.zero(i));
                }
            }
            double slope = 0;
            double curve = 0;
            for (int i = from; i < to; i++) {
                slope += (levels[i] - grid.zero(i)) * slopes[i];
                curve += (levels[i] - grid.zero(i)) * moves[i];
            }
            if (curve > 0) {
                double before = grid.step(from);
                grid.rescale(from / grid.group(), before + slope / curve);
                double change = grid.step(from) - before;
                for (int i = 0; i < size; i++) {
                    slopes[i] -= change * moves[i];
                }
            }
        }
    }

    /** H·e. */
    private static double[] slopes(double[] weights, int[] levels, LevelGrid grid, Curvature curvature) {
        double[] slopes = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double error = weights[i] - grid.value(i, levels[i]);
            if (error != 0) {
                add(slopes, curvature.row(i), error);
            }
        }
        return slopes;
    }

    private static void add(double[] sums, float[] row, double factor) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * row[i];
        }
    }
}
