package dev.narrows.shrink;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How the range of an activation is chosen from what was seen of it. */
public enum CalibrationMethod {
    /** From the least to the largest value seen. */
    MINMAX {
        @Override
        Range range(Histogram seen) {
            return Range.around(seen.low(), seen.high());
        }
    },
    /** From the mean of the items' least values to the mean of their largest. */
    AVERAGE {
        @Override
        Range range(Histogram seen) {
            return Range.around(seen.averageLow(), seen.averageHigh());
        }
    },
    /** All but one in 10,000 values at either end. */
    PERCENTILE {
        @Override
        Range range(Histogram seen) {
            return Range.around(seen.quantile(TAIL), seen.quantile(1 - TAIL));
        }
    },
    /**
     * The clipping that loses least information: the least Kullback–Leibler divergence of what is left on a grid of
     * unsigned bytes (Migacz 2017, there for signed ones).
     */
    ENTROPY {
        @Override
        Range range(Histogram seen) {
            return shrunk(Range.around(seen.low(), seen.high()), range -> Clipping.divergence(seen, range));
        }
    },
    /** The clipping of the least mean squared error. */
    MSE {
        @Override
        Range range(Histogram seen) {
            return shrunk(Range.around(seen.low(), seen.high()), range -> Clipping.squaredError(seen, range));
        }
    };

    private static final double TAIL = 1e-4;
    private static final int STEPS = 50; // of ranges tried at either end, from all to a fiftieth of what was seen

    abstract Range range(Histogram seen);

    /** The least costly of a range with both ends shrunk alike, then each end by itself; the range itself if none is less. */
    static Range shrunk(Range range, ToDoubleFunction<Range> cost) {
        Range best = range;
        double least = cost.applyAsDouble(best);
        for (int side = 0; side < 3; side++) {
            Range base = best;
            for (int step = STEPS - 1; step > 0; step--) {
                double share = (double) step / STEPS;
                Range tried = new Range(base.low() * (side == 2 ? 1 : share), base.high() * (side == 1 ? 1 : share));
                double costs = tried.high() > tried.low() ? cost.applyAsDouble(tried) : Double.POSITIVE_INFINITY;
                if (costs < least) {
                    least = costs;
                    best = tried;
                }
            }
        }
        return best;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
