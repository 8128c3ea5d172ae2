package dev.narrows.train;

import dev.narrows.errors.InvalidException;

/**
 * The temperature that makes a classifier's probabilities honest: logits are divided by it before the softmax (C. Guo et
 * al.: On calibration of modern neural networks, 2017). It changes no answer.
 *
 * @param temperature {@value #LEAST} to {@value #MOST}; above 1 if the classifier was too sure of itself
 * @param lossBefore mean negative log-likelihood of the items at temperature 1
 * @param lossAfter the same at this temperature
 */
public record Calibration(double temperature, double lossBefore, double lossAfter) {

    static final double LEAST = 0.05;
    static final double MOST = 20;

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final double PRECISION = 1e-5; // of the temperature, as a share

    /**
     * Finds it by a golden section over its logarithm: the loss is convex in 1/T, and so has one minimum in log T.
     *
     * @param held what was answered to items that were not trained on
     */
    public static Calibration of(LabelledLogits held) {
        if (held.size() == 0) {
            throw new InvalidException("items: none of a known class (expected: some, to calibrate on)");
        }
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        double left = high - GOLDEN * (high - low);
        double right = low + GOLDEN * (high - low);
        double ofLeft = held.loss(Math.exp(left));
        double ofRight = held.loss(Math.exp(right));
        while (high - low > PRECISION) {
            if (ofLeft <= ofRight) {
                high = right;
                right = left;
                ofRight = ofLeft;
                left = high - GOLDEN * (high - low);
                ofLeft = held.loss(Math.exp(left));
            } else {
                low = left;
                left = right;
                ofLeft = ofRight;
                right = low + GOLDEN * (high - low);
                ofRight = held.loss(Math.exp(right));
            }
        }
        double temperature = Math.exp((low + high) / 2);
        return new Calibration(temperature, held.loss(1), held.loss(temperature));
    }
}
