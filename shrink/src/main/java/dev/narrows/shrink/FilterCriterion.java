package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import java.util.Locale;
import java.util.SplittableRandom;

/** What makes a filter important. */
public enum FilterCriterion {
    /** The mean magnitude of its weights (Li et al. 2017). */
    L1 {
        @Override
        double[] scores(double[][] filters) {
            double[] scores = new double[filters.length];
            for (int filter = 0; filter < scores.length; filter++) {
                for (double weight : filters[filter]) {
                    scores[filter] += Math.abs(weight) / filters[filter].length;
                }
            }
            return scores;
        }
    },
    /** The root of the mean square of its weights. */
    L2 {
        @Override
        double[] scores(double[][] filters) {
            double[] scores = new double[filters.length];
            for (int filter = 0; filter < scores.length; filter++) {
                for (double weight : filters[filter]) {
                    scores[filter] += weight * weight / filters[filter].length;
                }
                scores[filter] = Math.sqrt(scores[filter]);
            }
            return scores;
        }
    },
    /** Its distance to all others of the layer: what lies in their middle they can replace (He et al. 2019). */
    MEDIAN {
        @Override
        double[] scores(double[][] filters) {
            double[] scores = new double[filters.length];
            for (int filter = 0; filter < scores.length; filter++) {
                for (double[] other : filters) {
                    double square = 0;
                    for (int i = 0; i < other.length; i++) {
                        square += (filters[filter][i] - other[i]) * (filters[filter][i] - other[i]);
                    }
                    scores[filter] += Math.sqrt(square);
                }
            }
            return scores;
        }
    },
    /** The magnitude of the batch normalisation's factor behind it (Liu et al. 2017). */
    BATCH_NORM,
    /** How much a loss would change without it, to the first order (Molchanov et al. 2019): needs {@link Salience}. */
    TAYLOR,
    /** Chance: what the others must beat. */
    RANDOM {

        @Override
        double[] scores(ConstantTensor weight, int axis, long seed) {
            SplittableRandom random =
                    new SplittableRandom(seed * 31 + weight.name().hashCode());
            return random.doubles(weight.dims().get(axis)).toArray();
        }
    };

    /** A score for each filter, of its weights. */
    double[] scores(double[][] filters) {
        throw new IllegalStateException(this + " looks at no weights");
    }

    /** Whether gradients are needed, and so items with labels. */
    public boolean needsGradients() {
        return this == TAYLOR;
    }

    /**
     * A score for each place of the axis; larger is more important.
     *
     * @param weight of float32
     */
    double[] scores(ConstantTensor weight, int axis, long seed) {
        int filters = Math.toIntExact(weight.dims().get(axis));
        float[] values = weight.floats();
        int inner = inner(weight, axis);
        double[][] byFilter = new double[filters][values.length / filters];
        int[] filled = new int[filters];
        for (int i = 0; i < values.length; i++) {
            int filter = i / inner % filters;
            byFilter[filter][filled[filter]++] = values[i];
        }
        return scores(byFilter);
    }

    /** Elements of a tensor for each place of an axis. */
    static int inner(ConstantTensor weight, int axis) {
        int inner = 1;
        for (int i = axis + 1; i < weight.dims().size(); i++) {
            inner *= Math.toIntExact(weight.dims().get(i));
        }
        return inner;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
