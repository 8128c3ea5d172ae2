package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightPruningTest {

    /** A layer of small weights, one of large ones, a bias. */
    private static Network network() {
        return Sketch.opset(17)
                .input("x", -1, 20)
                .weight("small", -0.1, 0.1, 20, 30)
                .weight("bias", 30)
                .weight("large", 30, 10)
                .node("Gemm x small bias -> a")
                .node("Relu a -> b")
                .node("MatMul b large -> y")
                .output("y", -1, 10)
                .network();
    }

    private static long zeros(Network network, String weight) {
        long zeros = 0;
        for (float value : Sketch.floats(network, weight)) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros;
    }

    /** Made up: other than the magnitudes, and some of it 0. */
    private static Map<String, float[]> salience(Network network) {
        Map<String, float[]> all = new HashMap<>();
        for (String name : network.initializers().keySet()) {
            float[] weights = Sketch.floats(network, name);
            float[] own = new float[weights.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = i % 7 == 0 ? 0 : Math.abs(weights[i]) * (i * 31 % 11);
            }
            all.put(name, own);
        }
        return all;
    }

    private static WeightPruning pruning(Network network) {
        return WeightPruning.of(network, Sketch.shapes(network), node -> true);
    }

    @ParameterizedTest
    @EnumSource(WeightPruning.Method.class)
    void pruned_any_leavesAsManyParametersAsTheRatioSays(WeightPruning.Method method) {
        Network network = network();
        long parameters = 600 + 30 + 300;
        assertThat(pruning(network).parameters()).isEqualTo(parameters);

        for (double ratio : new double[] {1, 2, 4, 16}) {
            Network pruned = pruning(network).pruned(method, ratio, salience(network), 1);

            long left = parameters - zeros(pruned, "small") - zeros(pruned, "large");
            assertThat((double) left).isCloseTo(parameters / ratio, within(2.0));
            assertThat(pruned.initializers().get("bias"))
                    .isEqualTo(network.initializers().get("bias"));
        }
    }

    @Test
    void pruned_byGlobalWeight_takesTheSmallLayersFirst() {
        Network pruned = pruning(network()).pruned(WeightPruning.Method.GLOBAL_WEIGHT, 2, Map.of(), 1);

        assertThat(zeros(pruned, "small")).isGreaterThan(400);
        assertThat(zeros(pruned, "large")).isLessThan(50);
    }

    @Test
    void pruned_byLayerWeight_takesTheSmallestOfEach() {
        Network network = network();

        Network pruned = pruning(network).pruned(WeightPruning.Method.LAYER_WEIGHT, 2, Map.of(), 1);

        assertThat(zeros(pruned, "small")).isEqualTo(310); // 465 of 900
        assertThat(zeros(pruned, "large")).isEqualTo(155);
        float[] before = Sketch.floats(network, "large");
        float[] after = Sketch.floats(pruned, "large");
        float largestGone = 0;
        float smallestKept = Float.MAX_VALUE;
        for (int i = 0; i < before.length; i++) {
            if (after[i] == 0) {
                largestGone = Math.max(largestGone, Math.abs(before[i]));
            } else {
                assertThat(after[i]).isEqualTo(before[i]);
                smallestKept = Math.min(smallestKept, Math.abs(before[i]));
            }
        }
        assertThat(largestGone).isLessThanOrEqualTo(smallestKept);
    }

    @ParameterizedTest
    @EnumSource(WeightPruning.Method.class)
    void pruned_again_takesWhatWasTakenFirst(WeightPruning.Method method) {
        Network network = network();
        Network once = pruning(network).pruned(method, 2, salience(network), 1);

        Network twice = pruning(once).pruned(method, 4, salience(once), 2);

        for (String weight : new String[] {"small", "large"}) {
            float[] before = Sketch.floats(once, weight);
            float[] after = Sketch.floats(twice, weight);
            for (int i = 0; i < before.length; i++) {
                assertThat(before[i] != 0 || after[i] == 0).isTrue();
            }
        }
    }

    @Test
    void pruned_byGradient_takesWhatTheLossNeedsLeast() {
        Network network = network();
        Map<String, float[]> salience = new HashMap<>();
        salience.put("small", ramp(600, 0.001f));
        salience.put("large", ramp(300, 1));

        Network global = pruning(network).pruned(WeightPruning.Method.GLOBAL_GRADIENT, 2, salience, 1);
        Network layers = pruning(network).pruned(WeightPruning.Method.LAYER_GRADIENT, 2, salience, 1);

        assertThat(zeros(global, "small")).isEqualTo(465); // of 930 parameters half are gone
        assertThat(zeros(global, "large")).isZero();
        assertThat(zeros(layers, "small")).isEqualTo(310);
        assertThat(zeros(layers, "large")).isEqualTo(155);
        float[] left = Sketch.floats(layers, "large");
        for (int i = 0; i < left.length; i++) {
            assertThat(left[i] == 0).isEqualTo(i < 155);
        }
    }

    @Test
    void pruned_byGradientWithoutSalience_isRefused() {
        assertThatThrownBy(() -> pruning(network()).pruned(WeightPruning.Method.GLOBAL_GRADIENT, 2, Map.of(), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("small");
    }

    private static float[] ramp(int count, float slope) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = slope * (i + 1);
        }
        return values;
    }

    @Test
    void pruned_byChance_followsTheSeed() {
        Network network = network();
        Map<String, ?> first = pruning(network)
                .pruned(WeightPruning.Method.RANDOM, 4, Map.of(), 1)
                .initializers();

        assertThat(pruning(network)
                        .pruned(WeightPruning.Method.RANDOM, 4, Map.of(), 1)
                        .initializers())
                .isEqualTo(first);
        assertThat(pruning(network)
                        .pruned(WeightPruning.Method.RANDOM, 4, Map.of(), 2)
                        .initializers())
                .isNotEqualTo(first);
    }

    @Test
    void pruned_beyondWhatCanBe_isRefused() {
        assertThatThrownBy(() -> pruning(network()).pruned(WeightPruning.Method.RANDOM, 40, Map.of(), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("31.0");
        assertThatThrownBy(() -> pruning(network()).pruned(WeightPruning.Method.RANDOM, 0.5, Map.of(), 1))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void of_aNetworkWithoutWeights_isRefused() {
        Network network = Sketch.opset(17)
                .input("x", 1, 4)
                .node("Tanh x -> y")
                .output("y", 1, 4)
                .network();

        assertThatThrownBy(() -> pruning(network)).isInstanceOf(InvalidException.class);
    }

    @ParameterizedTest
    @EnumSource(WeightPruning.Method.class)
    void pruned_ofEqualWeights_takesAsManyAsWasAskedFor(WeightPruning.Method method) {
        float[] same = new float[100];
        Arrays.fill(same, 0.5f);
        Network network = Sketch.opset(17)
                .input("x", 1, 10)
                .constant("w", same, 10, 10)
                .node("MatMul x w -> y")
                .output("y", 1, 10)
                .network();

        assertThat(zeros(pruning(network).pruned(method, 4, salience(network), 1), "w"))
                .isEqualTo(75);
    }
}
