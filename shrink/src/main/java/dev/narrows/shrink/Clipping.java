package dev.narrows.shrink;

import java.util.function.DoubleUnaryOperator;

/** What is lost when values are put on a grid of 256 steps that does not reach all of them. */
final class Clipping {

    private static final int LEVELS = 256;

    /**
     * The most that a range by divergence may leave out. Where values are few or lie on a comb, as pixels do, a short range
     * can look as good as any: ResNet-20's answers were chance.
     */
    private static final double MOST_CLIPPED = 0.01;

    private Clipping() {}

    /** The mean squared error, of values at their bins' middles and uniform within a step. */
    static double squaredError(Histogram seen, Range range) {
        double step = (range.high() - range.low()) / (LEVELS - 1);
        double rounding = step * step / 12;
        double sum = 0;
        for (int bin = 0; bin < Histogram.BINS; bin++) {
            long count = seen.count(bin);
            if (count == 0) {
                continue;
            }
            double value = seen.middle(bin);
            double beyond = value > range.high() ? value - range.high() : value < range.low() ? range.low() - value : 0;
            boolean exact = Math.abs(value) < seen.binWidth(); // zeros are, and after a ReLU they are most
            sum += count * (beyond * beyond + (beyond == 0 && !exact ? rounding : 0));
        }
        return sum;
    }

    /** The squared error of what a function makes of the values, when they are put on the range's grid before it. */
    static double squaredError(Histogram seen, Range range, DoubleUnaryOperator function) {
        Range.Grid grid = range.unsigned();
        double sum = 0;
        for (int bin = 0; bin < Histogram.BINS; bin++) {
            long count = seen.count(bin);
            if (count > 0) {
                double value = seen.middle(bin);
                double step = Math.rint(value / grid.scale()) + grid.zero();
                double rounded = (Math.max(0, Math.min(LEVELS - 1, step)) - grid.zero()) * grid.scale();
                double error = function.applyAsDouble(value) - function.applyAsDouble(rounded);
                sum += count * error * error;
            }
        }
        return sum;
    }

    /**
     * The divergence of the distribution on the grid from the clipped one. Every step spreads its values evenly over
     * those of its bins that had any; what lies beyond the range counts at its ends.
     */
    static double divergence(Histogram seen, Range range) {
        double step = (range.high() - range.low()) / (LEVELS - 1);
        double[] clipped = new double[Histogram.BINS];
        double total = 0;
        int first = bin(seen, range.low());
        int last = bin(seen, range.high());
        double[] inside = new double[Histogram.BINS];
        for (int bin = 0; bin < Histogram.BINS; bin++) {
            // Exact zeros, most of what is behind a ReLU, are on every grid: they must not make it look too coarse.
            long count = seen.count(bin == Histogram.BINS / 2 ? bin + 1 : bin);
            int place = Math.max(first, Math.min(last, bin));
            clipped[place] += count;
            inside[place] += place == bin ? count : 0;
            total += count;
        }
        if (total == 0) {
            return 0;
        }
        double within = 0;
        for (int bin = first; bin <= last; bin++) {
            within += inside[bin];
        }
        if (within < (1 - MOST_CLIPPED) * total) {
            return Double.POSITIVE_INFINITY;
        }
        double[] sums = new double[LEVELS];
        int[] used = new int[LEVELS];
        for (int bin = first; bin <= last; bin++) {
            if (inside[bin] > 0 || clipped[bin] > 0) {
                int level = level(seen, range, step, bin);
                sums[level] += inside[bin];
                used[level]++;
            }
        }
        double divergence = 0;
        for (int bin = first; bin <= last; bin++) {
            if (clipped[bin] > 0) {
                int level = level(seen, range, step, bin);
                double p = clipped[bin] / total;
                double q = sums[level] / used[level] / within;
                divergence += p * Math.log(p / Math.max(q, 1e-12));
            }
        }
        return divergence;
    }

    private static int bin(Histogram seen, double value) {
        return (int) Math.max(0, Math.min(Histogram.BINS - 1, (value - seen.middle(0)) / seen.binWidth() + 0.5));
    }

    private static int level(Histogram seen, Range range, double step, int bin) {
        return (int) Math.max(0, Math.min(LEVELS - 1, Math.rint((seen.middle(bin) - range.low()) / step)));
    }
}
