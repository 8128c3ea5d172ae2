package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.util.List;
import java.util.Map;

/**
 * What class scores say: see {@link Prediction} for the rules.
 *
 * @param index -1 if the outputs hold no class scores
 */
record Decision(int index, String label, double probability) {

    private static final Decision NONE = new Decision(-1, "", Double.NaN);

    /** How far a network's own probabilities may be from 1 in sum: half precision over a thousand classes. */
    private static final double SUM_TOLERANCE = 0.01;

    /** The decision for one item. */
    static Decision of(Map<String, Tensor> outputs, List<TensorSpec> specs, List<String> labels) {
        for (TensorSpec spec : specs) {
            Tensor scores = outputs.get(spec.name());
            if (scores != null && isScores(scores, labels.size())) {
                return of(scores, labels);
            }
        }
        return NONE;
    }

    private static boolean isScores(Tensor tensor, int labels) {
        if (!tensor.dtype().isFloat() || tensor.elements() == 0) {
            return false;
        }
        int longAxes = 0;
        for (long axis : tensor.shape()) {
            longAxes += axis == 1 ? 0 : 1;
        }
        return longAxes <= 1 && (labels == 0 || tensor.elements() == labels);
    }

    static Decision of(Tensor scores, List<String> labels) {
        int best = scores.argmax();
        String label = labels.isEmpty() ? Integer.toString(best) : labels.get(best);
        return new Decision(best, label, probability(scores.toFloats(), best));
    }

    private static double probability(float[] scores, int best) {
        double sum = 0;
        boolean within = true;
        for (float score : scores) {
            sum += score;
            within &= score >= 0 && score <= 1;
        }
        if (scores.length == 1) {
            return within ? scores[0] : 1 / (1 + Math.exp(-scores[0]));
        }
        if (within && Math.abs(sum - 1) <= SUM_TOLERANCE) {
            return scores[best];
        }
        double exponentials = 0;
        for (float score : scores) {
            exponentials += Math.exp((double) score - scores[best]);
        }
        return 1 / exponentials;
    }
}
