package dev.narrows.wire.bundle;

import dev.narrows.errors.InvalidException;

/**
 * Probabilities from logits at a temperature, in float64: {@code exp(z_i / T) / Σ exp(z_j / T)}. A temperature fitted on
 * held-out items makes the largest of them an honest probability of being right (C. Guo, G. Pleiss, Y. Sun, K.
 * Weinberger, On calibration of modern neural networks, ICML 2017).
 */
public final class Softmax {

    private Softmax() {}

    /**
     * One item's probabilities. All are NaN where a logit is NaN or the largest is infinite: no gate takes those.
     *
     * @param logits at least one
     * @param temperature finite, more than 0; 1 leaves the logits as they are
     */
    public static double[] of(float[] logits, double temperature) {
        if (logits.length == 0) {
            throw new InvalidException("logits: 0 (expected: 1 or more)");
        }
        requireTemperature(temperature);
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit); // NaN if any is
        }
        double[] probabilities = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = Math.exp((logits[i] - largest) / temperature);
            sum += probabilities[i];
        }
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }

    /**
     * @throws InvalidException if it is no temperature
     */
    static void requireTemperature(double temperature) {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new InvalidException("temperature: " + temperature + " (expected: finite, more than 0)");
        }
    }
}
