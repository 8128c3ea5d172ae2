package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work stands for time here: it is the same on each run. */
class LatencyShareTest {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));
    private static final int STEPS = 1024;

    private static final Network NETWORK = Sketch.opset(13)
            .input("x", -1, 3, 8, 8)
            .weight("w1", 40, 3, 3, 3)
            .node("Conv x w1 -> a", PADDED)
            .weight("w2", 24, 40, 3, 3)
            .node("Conv a w2 -> b", PADDED)
            .weight("w3", 2, 24, 1, 1)
            .node("Conv b w3 -> y")
            .output("y", -1, 2, 8, 8)
            .network();
    private static final FilterPruning PRUNING = FilterPruning.of(NETWORK, Sketch.shapes(NETWORK), 1);

    private final List<Network> measured = new ArrayList<>();

    /** Multiply-accumulates for each of the 64 places, which all layers have. */
    private static double macs(Network network) {
        return network.initializers().values().stream()
                .filter(tensor -> tensor.dims().size() == 4)
                .mapToDouble(ConstantTensor::elements)
                .sum();
    }

    private double ratio(Network network) {
        measured.add(network);
        return macs(network) / macs(NETWORK);
    }

    private static DoubleFunction<Set<Integer>> uniform(int multiple) {
        return share -> PRUNING.uniform(share, FilterCriterion.L1, multiple);
    }

    private static Set<Integer> global(double share) {
        return PRUNING.global(share, 0.8, FilterCriterion.L1, 1);
    }

    private LatencyShare of(DoubleFunction<Set<Integer>> choice, double target) {
        return LatencyShare.of(PRUNING, choice, target, this::ratio, () -> {});
    }

    /** The most of the work that is no more than the target, of all shares. */
    private static double best(DoubleFunction<Set<Integer>> choice, double target) {
        double best = 0;
        Set<List<Integer>> seen = new HashSet<>();
        for (int step = 0; step <= STEPS; step++) {
            Set<Integer> chosen = choice.apply((double) step / STEPS);
            if (seen.add(PRUNING.kept(chosen))) {
                double ratio = macs(PRUNING.removed(chosen)) / macs(NETWORK);
                best = ratio <= target ? Math.max(best, ratio) : best;
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.5, 0.25})
    void of_aTargetThatCanBeReached_takesOutAsFewChannelsAsItTakes(double target) {
        for (DoubleFunction<Set<Integer>> choice :
                List.<DoubleFunction<Set<Integer>>>of(uniform(1), uniform(8), LatencyShareTest::global)) {
            LatencyShare share = of(choice, target);

            assertThat(share.found().ratio()).isEqualTo(best(choice, target));
            assertThat(share.kept())
                    .isEqualTo(PRUNING.kept(choice.apply(share.found().share())));
            assertThat(share.whole()).containsExactly(40, 24);
        }
    }

    @Test
    void of_anyTarget_measuresFewNetworksAndNoneTwice() {
        int[] done = new int[1];

        LatencyShare share = LatencyShare.of(PRUNING, uniform(1), 0.4, this::ratio, () -> done[0]++);

        assertThat(share.tried()).hasSameSizeAs(measured).hasSizeBetween(2, LatencyShare.MEASUREMENTS);
        assertThat(done[0]).isEqualTo(measured.size());
        assertThat(share.tried().get(0).share()).isOne();
        assertThat(share.tried()).contains(share.found());
        assertThat(new HashSet<>(measured.stream().map(LatencyShareTest::macs).toList()))
                .hasSameSizeAs(measured);

        measured.clear();
        LatencyShare coarse = of(uniform(8), 0.4); // 40 and 24 channels have few multiples of 8

        assertThat(coarse.tried()).hasSizeLessThan(share.tried().size());
    }

    @Test
    void of_aTargetBelowAllThatCanGo_saysWhatCanBeReached() {
        double least = macs(PRUNING.removed(uniform(8).apply(1))) / macs(NETWORK);

        assertThatThrownBy(() -> of(uniform(8), least / 2))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("latency ratio: " + least / 2)
                .hasMessageContaining(String.format(Locale.ROOT, "expected: %.3f or more", least))
                .hasMessageContaining("with 48 of 64 removable channels gone");
        assertThat(measured).hasSize(1);
        assertThat(of(uniform(8), least).kept()).containsExactly(8, 8);
    }

    @Test
    void of_noShareOfTheOldLatency_isRefused() {
        for (double target : new double[] {0, 1, Double.NaN}) {
            assertThatThrownBy(() -> of(uniform(1), target)).hasMessageContaining("expected: between 0 and 1");
        }
        assertThat(measured).isEmpty();
    }

    @Test
    void kept_inTurns_endsWithTheNumbersThatWereMeasured() {
        LatencyShare share = of(uniform(1), 0.3);

        assertThat(share.kept(0)).isEqualTo(share.whole());
        assertThat(share.kept(1)).isEqualTo(share.kept());
        Network half = PRUNING.removed(PRUNING.allBut(share.kept(0.5), FilterCriterion.L1));
        FilterPruning rest = FilterPruning.of(half, Sketch.shapes(half), 1);
        assertThat(macs(half) / macs(NETWORK)).isBetween(0.31, 0.8);
        Network end = rest.removed(rest.allBut(share.kept(1), FilterCriterion.L1));
        assertThat(macs(end) / macs(NETWORK)).isEqualTo(share.found().ratio());
    }
}
