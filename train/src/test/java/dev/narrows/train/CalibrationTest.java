package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {

    @ParameterizedTest
    @ValueSource(doubles = {0.4, 1, 2.5})
    void temperature_ofLogitsThatWereScaled_isTheScale(double scale) {
        LabelledLogits logits = honest(20_000, 5, scale, 1);

        Calibration found = Calibration.of(logits);

        assertThat(found.temperature()).isCloseTo(scale, within(0.04 * scale));
        assertThat(found.lossAfter()).isLessThanOrEqualTo(found.lossBefore());
        assertThat(found.lossAfter()).isLessThanOrEqualTo(logits.loss(found.temperature() * 1.01));
        assertThat(found.lossAfter()).isLessThanOrEqualTo(logits.loss(found.temperature() * 0.99));
        assertThat(Reliability.of(logits, found.temperature()).error()).isLessThan(0.015);
    }

    @Test
    void temperature_thatScalesDown_mendsTheCalibrationError() {
        LabelledLogits logits = honest(20_000, 5, 3, 1);

        assertThat(Reliability.of(logits, 1).error()).isGreaterThan(0.1);
        assertThat(Reliability.of(logits, Calibration.of(logits).temperature()).error())
                .isLessThan(0.015);
    }

    @Test
    void temperature_ofAnswersThatAreAllRight_endsAtTheLeast() {
        LabelledLogits logits = new LabelledLogits(2, new float[] {3, 0, 0, 2}, new int[] {0, 1});

        assertThat(Calibration.of(logits).temperature()).isCloseTo(Calibration.LEAST, within(1e-4));
    }

    @Test
    void calibrationError_ofACaseByHand_isAsComputedByHand() {
        // Bins of 1/15: 0.52 and 0.53 lie in (7/15, 8/15], 0.95 and 1 in (14/15, 1], 0.6 at the edge of (8/15, 9/15].
        double[] confidences = {0.52, 0.53, 0.95, 1, 0.6};
        boolean[] right = {true, false, true, true, false};

        Reliability found = Reliability.of(confidences, right);

        double expected = (Math.abs(0.5 - 0.525) * 2 + Math.abs(1 - 0.975) * 2 + Math.abs(0 - 0.6)) / 5;
        assertThat(found.error()).isCloseTo(expected, within(1e-12));
        assertThat(found.bins()).hasSize(15);
        assertThat(found.bins().get(7).items()).isEqualTo(2);
        assertThat(found.bins().get(8).items()).isEqualTo(1);
        assertThat(found.bins().get(14).confidence()).isCloseTo(0.975, within(1e-12));
        assertThat(Reliability.of(new double[] {0}, new boolean[] {false})
                        .bins()
                        .get(0)
                        .items())
                .isEqualTo(1);
    }

    @Test
    void logits_thatDoNotFitTheirLabels_areRefused() {
        assertThatThrownBy(() -> new LabelledLogits(2, new float[3], new int[] {0}))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("logits: 3");
        assertThatThrownBy(() -> Calibration.of(new LabelledLogits(2, new float[0], new int[0])))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("items: none");
    }

    /** Labels drawn from the logits' own probabilities; the logits are scaled afterwards. */
    private static LabelledLogits honest(int items, int classes, double scale, long seed) {
        Random random = new Random(seed);
        float[] values = new float[items * classes];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextGaussian());
        }
        LabelledLogits plain = new LabelledLogits(classes, values.clone(), new int[items]);
        int[] labels = new int[items];
        for (int item = 0; item < items; item++) {
            double[] shares = plain.probabilities(item, 1);
            double at = random.nextDouble();
            while (labels[item] < classes - 1 && at >= shares[labels[item]]) {
                at -= shares[labels[item]++];
            }
        }
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) scale;
        }
        return new LabelledLogits(classes, values, labels);
    }
}
