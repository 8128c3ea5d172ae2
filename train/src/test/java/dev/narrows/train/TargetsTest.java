package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.data.Labels;
import dev.narrows.engine.Tensor;
import dev.narrows.gradient.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

    private static final int DRAWS = 4000;

    @Test
    void shares_ofLabels_areOneAtTheClassAndZeroWhereUnknown() {
        try (PointerScope scope = new PointerScope()) {
            List<org.bytedeco.pytorch.Tensor> shares =
                    Targets.shares(List.of(new int[] {2, Labels.UNKNOWN, 0}, new int[] {0, 1, 1}), List.of(3, 2));
            assertThat(Torch.toHost(shares.get(0)).toFloats()).containsExactly(0, 0, 1, 0, 0, 0, 1, 0, 0);
            assertThat(Torch.toHost(shares.get(1)).toFloats()).containsExactly(1, 0, 0, 1, 0, 1);
        }
    }

    private static Targets targets() {
        return new Targets(
                Torch.of(Tensor.of(new float[] {0, 10, 20, 30, 40, 50}, 3, 2)),
                Targets.shares(List.of(new int[] {0, 1, 1}, new int[] {2, 0, 1}), List.of(2, 3)));
    }

    @Test
    void mixed_valuesAndTargets_areMixedAlike() {
        try (PointerScope scope = new PointerScope()) {
            Targets mixed = targets().mixed(1, new SplittableRandom(5));
            float[] values = Torch.toHost(mixed.values()).toFloats();
            double share = 1 - values[0] / 40; // of itself: 0 · share + 40 · (1 - share)
            assertThat(share).isBetween(0.01, 0.99);
            assertThat((double) values[1]).isCloseTo(10 * share + 50 * (1 - share), within(1e-4));
            assertThat(values[2]).isCloseTo(20, within(1e-4f));
            for (org.bytedeco.pytorch.Tensor task : mixed.shares()) {
                float[] shares = Torch.toHost(task).toFloats();
                int width = shares.length / 3;
                for (int item = 0; item < 3; item++) {
                    double sum = 0;
                    for (float of : Arrays.copyOfRange(shares, item * width, (item + 1) * width)) {
                        assertThat(of).isBetween(0f, 1f);
                        sum += of;
                    }
                    assertThat(sum).isCloseTo(1, within(1e-6));
                }
                assertThat((double) shares[task.size(1) == 2 ? 0 : 2]).isCloseTo(share, within(1e-5));
            }
        }
    }

    /** The share that a draw mixes with. */
    private static double share(double alpha, SplittableRandom random) {
        try (PointerScope scope = new PointerScope()) {
            Targets two = new Targets(Torch.of(Tensor.of(new float[] {1, 0}, 2, 1)), List.of());
            return Torch.toHost(two.mixed(alpha, random).values()).toFloats()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 1})
    void mixed_manyTimes_hasSharesOfBeta(double alpha) {
        SplittableRandom random = new SplittableRandom(6);
        double[] shares = new double[DRAWS];
        Arrays.setAll(shares, i -> share(alpha, random));
        double mean = Arrays.stream(shares).average().orElseThrow();
        double variance = Arrays.stream(shares)
                .map(share -> (share - 0.5) * (share - 0.5))
                .average()
                .orElseThrow();
        assertThat(Arrays.stream(shares)).allMatch(share -> share >= 0 && share <= 1);
        // Four standard errors of 4,000 draws; Beta(α, α) has the mean 1/2 and the variance 1 / (4 (2α + 1)).
        assertThat(mean).isCloseTo(0.5, within(0.03));
        assertThat(variance).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.01));
        if (alpha == 0.5) { // the arcsine distribution: a third lies below 1/4
            double below = Arrays.stream(shares).filter(share -> share < 0.25).count() / (double) DRAWS;
            assertThat(below).isCloseTo(1 / 3.0, within(0.03));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-9, 1e-300})
    void mixed_ofAnAlphaNearZero_takesOneOrTheOther(double alpha) {
        SplittableRandom random = new SplittableRandom(7);
        int ones = 0;
        for (int i = 0; i < 200; i++) {
            double share = share(alpha, random);
            assertThat(Math.min(share, 1 - share)).isLessThan(0.5);
            ones += share > 0.5 ? 1 : 0;
        }
        assertThat(ones).isBetween(60, 140);
    }
}
