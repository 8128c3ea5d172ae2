package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;

/**
 * What gates look at; each is NaN if a probability is.
 *
 * @param largest probability
 * @param margin the largest less the second
 * @param entropy in nats
 * @param entropyShare of the logarithm of the number of classes, 0 to 1
 */
record Scores(double largest, double margin, double entropy, double entropyShare) {

    static Scores of(double[] probabilities) {
        if (probabilities.length < 2) {
            throw new InvalidException("probabilities: " + probabilities.length + " (expected: 2 or more)");
        }
        double largest = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        double entropy = 0;
        for (double probability : probabilities) {
            if (Double.isNaN(probability)) {
                return new Scores(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
            }
            if (probability > largest) {
                second = largest;
                largest = probability;
            } else if (probability > second) {
                second = probability;
            }
            if (probability > 0) {
                entropy -= probability * Math.log(probability);
            }
        }
        return new Scores(largest, largest - second, entropy, entropy / Math.log(probabilities.length));
    }
}
