package dev.narrows.plan;

import dev.narrows.engine.Tensor;

/** Whether two outputs give the same answer, and how far apart they are. */
final class Answers {

    /** Outputs that are no class scores agree within this share of the reference's largest magnitude. */
    private static final double REGRESSION_TOLERANCE = 0.05;

    private Answers() {}

    /** Whether an output of one item is a vector of class scores: (1, classes), with any axes of length 1 besides. */
    static boolean isClassification(Tensor output) {
        int longAxes = 0;
        for (int axis = 0; axis < output.rank(); axis++) {
            longAxes += output.dim(axis) > 1 ? 1 : 0;
        }
        return longAxes == 1;
    }

    /** The same class for class scores, else no difference beyond the tolerance. */
    static boolean agree(Tensor reference, Tensor actual) {
        return isClassification(reference)
                ? reference.argmax() == actual.argmax()
                : relativeDifference(reference, actual) <= REGRESSION_TOLERANCE;
    }

    /** The largest |difference| relative to the reference's largest magnitude; absolute if that is 0. */
    static double relativeDifference(Tensor reference, Tensor actual) {
        double largest = 0;
        for (float value : reference.toFloats()) {
            largest = Math.max(largest, Math.abs(value));
        }
        double difference = reference.maxAbsDifference(actual);
        return largest > 0 ? difference / largest : difference;
    }
}
