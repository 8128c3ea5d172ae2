package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;

/**
 * How a network is quantised to bytes.
 *
 * @param method that chooses activations' ranges
 * @param weightBits 8, or 7 for processors whose byte products saturate: x86 with AVX2 and without VNNI adds two products
 *     in 16 bits
 * @param biasCorrection whether biases make up for the mean error of the weights
 * @param rounding of the weights
 * @param activations whether their bytes are unsigned or signed
 */
public record Int8Options(
        CalibrationMethod method,
        int weightBits,
        boolean biasCorrection,
        Rounding rounding,
        ActivationGrid activations) {

    public static final Int8Options DEFAULT =
            new Int8Options(CalibrationMethod.MINMAX, 8, true, Rounding.NEAREST, ActivationGrid.UNSIGNED);

    public Int8Options {
        if (weightBits != 7 && weightBits != 8) {
            throw new InvalidException("weight bits: " + weightBits + " (expected: 7 or 8)");
        }
    }

    /** The largest magnitude of a weight's byte. */
    int weightLimit() {
        return (1 << (weightBits - 1)) - 1;
    }

    public Int8Options withMethod(CalibrationMethod newMethod) {
        return new Int8Options(newMethod, weightBits, biasCorrection, rounding, activations);
    }

    public Int8Options withWeightBits(int newWeightBits) {
        return new Int8Options(method, newWeightBits, biasCorrection, rounding, activations);
    }

    public Int8Options withRounding(Rounding newRounding) {
        return new Int8Options(method, weightBits, biasCorrection, newRounding, activations);
    }

    public Int8Options withActivations(ActivationGrid newActivations) {
        return new Int8Options(method, weightBits, biasCorrection, rounding, newActivations);
    }
}
