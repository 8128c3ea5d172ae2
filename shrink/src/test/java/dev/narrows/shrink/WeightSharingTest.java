package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class WeightSharingTest {

    private static final Network NETWORK = Sketch.opset(17)
            .input("x", 1, 3, 8, 8)
            .weight("w1", 16, 3, 3, 3)
            .weight("b1", 16)
            .weight("w2", 16 * 36, 10)
            .node("Conv x w1 b1 -> a")
            .node("Relu a -> b")
            .node("Flatten b -> c")
            .node("MatMul c w2 -> y")
            .output("y", 1, 10)
            .network();

    private static WeightSharing sharing(Network network) {
        return WeightSharing.of(network, Sketch.shapes(network), node -> true);
    }

    private static Set<Float> values(Network network, String weight) {
        Set<Float> values = new TreeSet<>();
        for (float value : Sketch.floats(network, weight)) {
            values.add(value);
        }
        return values;
    }

    private static Network pruned() {
        return WeightPruning.of(NETWORK, Sketch.shapes(NETWORK), node -> true)
                .pruned(WeightPruning.Method.LAYER_WEIGHT, 3, Map.of(), 0);
    }

    @Test
    void shared_withBits_hasSoManyValuesAnd0WhereItWas() {
        Network pruned = pruned();

        Network shared = sharing(pruned).shared(layer -> layer.node().is("Conv") ? 3 : 4);

        assertThat(values(shared, "w1")).hasSize(8).contains(0f);
        assertThat(values(shared, "w2")).hasSize(16).contains(0f);
        assertThat(shared.initializers().get("b1"))
                .isEqualTo(pruned.initializers().get("b1"));
        float[] before = Sketch.floats(pruned, "w2");
        float[] after = Sketch.floats(shared, "w2");
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i] == 0).isEqualTo(before[i] == 0);
            assertThat(Math.abs(after[i] - before[i])).isLessThan(0.15f); // 15 values over [-1, -0.7] and [0.7, 1]
        }
    }

    @Test
    void shared_with0Bits_leavesTheLayerAndThe0sOfOthersLoseTheirSigns() {
        float[] weights = {0f, -0f, 1, 2, 3, 4};
        Network network = Sketch.opset(17)
                .input("x", 1, 3)
                .weight("w", 3, 2)
                .node("MatMul x w -> y")
                .output("y", 1, 2)
                .network();
        network = network.withInitializers(Map.of("w", ConstantTensor.of("w", List.of(3L, 2L), weights)));

        assertThat(Sketch.floats(sharing(network).shared(layer -> 0), "w")).isEqualTo(weights);
        float[] shared = Sketch.floats(sharing(network).shared(layer -> 1), "w");
        assertThat(shared).containsExactly(0f, 0f, 2.5f, 2.5f, 2.5f, 2.5f);
        assertThat(Float.floatToRawIntBits(shared[1])).isZero();
    }

    @Test
    void shared_withMoreBits_answersMoreLikeTheNetwork() {
        Reference reference = Reference.of(NETWORK, RandomItems.of(NETWORK, Sketch.shapes(NETWORK), 8, 1));
        double last = 0;
        for (int bits : new int[] {2, 4, 6, 8}) {
            // ONNX Runtime runs both
            double now =
                    reference.difference(sharing(NETWORK).shared(layer -> bits)).signalToNoise();
            assertThat(now).isGreaterThan(last + 6); // two bits more: theory says 12 dB
            last = now;
        }
        assertThat(last).isGreaterThan(40); // 255 values over a range: 48 dB in theory
    }

    @Test
    void shared_wrongBits_saysWhatIsExpected() {
        assertThatThrownBy(() -> sharing(NETWORK).shared(layer -> 9))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("bits: 9 (expected: 0 to 8)");
    }

    @Test
    void of_aNetworkWithoutWeights_isRefused() {
        Network none = Sketch.opset(17)
                .input("x", 1, 3)
                .node("Relu x -> y")
                .output("y", 1, 3)
                .network();

        assertThatThrownBy(() -> sharing(none))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("weights: none that can be changed");
    }

    @Test
    void least_forANoise_givesMoreBitsToTheLayerThatNeedsThem() {
        // the first layer's weights decide over the second's, which are tiny
        Network network = Sketch.opset(17)
                .input("x", 1, 40)
                .weight("large", -1.0, 1.0, 40, 20)
                .weight("tiny", -0.001, 0.001, 40, 20)
                .node("MatMul x large -> a")
                .node("MatMul x tiny -> b")
                .node("Add a b -> y")
                .output("y", 1, 20)
                .network();
        Reference reference = Reference.of(network, RandomItems.of(network, Sketch.shapes(network), 8, 1));
        int[] runs = new int[1];
        WeightSharing sharing = sharing(network);
        BitAllocation allocation = BitAllocation.of(sharing, reference, () -> runs[0]++);

        Map<String, Integer> bits = allocation
                .least(changed -> reference.difference(changed).signalToNoise() >= 30)
                .orElseThrow();

        assertThat(runs[0]).isEqualTo(BitAllocation.runs(sharing)).isEqualTo(14);
        assertThat(bits)
                .containsEntry("tiny", 2)
                .hasEntrySatisfying("large", own -> assertThat(own).isBetween(5, 7));
        assertThat(reference.difference(allocation.shared(bits)).signalToNoise())
                .isGreaterThanOrEqualTo(30);
        assertThat(allocation.least(changed -> false)).isEmpty();
        assertThat(allocation.least(changed -> true).orElseThrow().values()).containsOnly(2);
    }
}
