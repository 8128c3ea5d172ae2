package dev.narrows.wire.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogisticTest {

    @Test
    void probability_ofAnyLogarithm_isTheLogisticFunctionNearly() {
        for (int logarithm = -Logistic.LIMIT; logarithm <= Logistic.LIMIT; logarithm++) {
            double exact = BinaryCoder.ONE / (1 + Math.exp(-logarithm / 256.0));
            double small = Math.min(exact, BinaryCoder.ONE - exact);
            // straight lines between knots half apart: at most 1/32 above the curve, and a unit of rounding
            assertThat((double) Logistic.probability(logarithm)).isCloseTo(exact, within(1.5 + small / 32));
        }
        assertThat(Logistic.probability(-99999)).isEqualTo(Logistic.probability(-Logistic.LIMIT));
        assertThat(Logistic.probability(99999)).isEqualTo(Logistic.probability(Logistic.LIMIT));
    }

    @Test
    void logarithm_ofAnyProbability_isTheInverse() {
        int last = Integer.MIN_VALUE;
        for (int probability = 0; probability < BinaryCoder.ONE; probability++) {
            int logarithm = Logistic.logarithm(probability);
            assertThat(logarithm).isGreaterThanOrEqualTo(last);
            last = logarithm;
            // of 12 bits, so within half a step, and half a step of the logarithm's own
            assertThat(Logistic.probability(logarithm)).isCloseTo(probability, within(8 + 64));
        }
    }
}
