package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconstructionTest {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    private static List<Map<String, Tensor>> items(Network network, long seed) {
        return RandomItems.of(network, Sketch.shapes(network), 60, seed);
    }

    /** Half of the channels are the other half, doubled. */
    private static Network doubled(Network network, String weight, String bias) {
        Map<String, ConstantTensor> held = new HashMap<>(network.initializers());
        for (String name : List.of(weight, bias)) {
            ConstantTensor tensor = Objects.requireNonNull(held.get(name));
            float[] values = tensor.floats().clone();
            int half = values.length / 2;
            for (int i = 0; i < half; i++) {
                values[half + i] = 2 * values[i];
            }
            held.put(name, ConstantTensor.of(name, tensor.dims(), values));
        }
        return network.withInitializers(held);
    }

    @Test
    void reconstructed_ofChannelsThatRepeatOthers_answersAsBefore() {
        Network network = doubled(
                Sketch.opset(17)
                        .input("x", -1, 3, 8, 8)
                        .weight("w1", 12, 3, 3, 3)
                        .weight("b1", 12)
                        .node("Conv x w1 b1 -> a", PADDED)
                        .node("Relu a -> b")
                        .weight("w2", 5, 12, 3, 3)
                        .node("Conv b w2 -> y", PADDED)
                        .output("y", -1, 5, 8, 8)
                        .network(),
                "w1",
                "b1");
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        Set<Integer> chosen = pruning.uniform(0.5, FilterCriterion.L1, 1); // the weaker half
        Reference reference = Reference.of(network, items(network, 2));
        AtomicInteger done = new AtomicInteger();

        Network smaller = pruning.reconstructed(chosen, items(network, 3), done::incrementAndGet);

        assertThat(Sketch.dims(smaller, "w2")).containsExactly(5L, 6L, 3L, 3L);
        assertThat(reference.difference(smaller).signalToNoise()).isGreaterThan(40);
        assertThat(reference.difference(pruning.removed(chosen)).signalToNoise())
                .isLessThan(15);
        assertThat(done).hasValue(pruning.reconstructions());
    }

    /** Of several kinds of layers, so that a value is low for much of what is read by the next. */
    private static Network chain(boolean normalised) {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 4, 9, 9)
                .weight("w1", 16, 4, 3, 3)
                .node("Conv x w1 -> a", PADDED);
        if (normalised) {
            sketch.weight("scale", 16)
                    .weight("shift", 16)
                    .weight("mean", 16)
                    .constant("variance", filled(16, 0.5f), 16)
                    .node("BatchNormalization a scale shift mean variance -> n");
        } else {
            sketch.node("Identity a -> n");
        }
        return sketch.node("Relu n -> r")
                .weight("w2", 12, 8, 3, 3)
                .weight("b2", 12)
                .node("Conv r w2 b2 -> c", Map.of("group", Sketch.of(2L), "strides", Sketch.ints(2L, 2L)))
                .node("Relu c -> d")
                .node("Flatten d -> f")
                .weight("w3", 192, 20)
                .weight("b3", 20)
                .node("Gemm f w3 b3 -> g")
                .node("Relu g -> h")
                .weight("w4", 20, 7)
                .node("MatMul h w4 -> y")
                .output("y", -1, 7)
                .network();
    }

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reconstructed_ofGroupsProductsAndNorms_answersNearerThanWithoutIt(boolean normalised) {
        Network network = chain(normalised);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        Reference reference = Reference.of(network, items(network, 2));
        for (double share : new double[] {0.2, 0.5}) {
            Set<Integer> chosen = pruning.uniform(share, FilterCriterion.L2, 1);

            Network smaller = pruning.reconstructed(chosen, items(network, 3), () -> {});

            Network plain = pruning.removed(chosen);
            assertThat(smaller.nodes()).isEqualTo(plain.nodes());
            for (String name : plain.initializers().keySet()) {
                assertThat(Sketch.dims(smaller, name)).isEqualTo(Sketch.dims(plain, name));
            }
            assertThat(reference.difference(smaller).signalToNoise())
                    .isGreaterThan(reference.difference(plain).signalToNoise() + 1);
        }
    }

    @Test
    void reconstructed_ofNothing_isTheNetwork() {
        Network network = chain(true);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        Network same = pruning.reconstructed(Set.of(), items(network, 3), () -> {});

        assertThat(same).isEqualTo(pruning.removed(Set.of()));
    }

    @Test
    void reconstructed_ofOneItem_isANetworkOfNumbers() {
        Network network = chain(true);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        Network smaller = pruning.reconstructed(
                pruning.uniform(0.5, FilterCriterion.L1, 1), items(network, 3).subList(0, 1), () -> {});

        smaller.initializers().values().stream()
                .filter(tensor -> tensor.type() == ElementType.FLOAT)
                .forEach(ConstantTensor::requireFinite);
        assertThat(Reference.of(network, items(network, 2)).difference(smaller).signalToNoise())
                .isGreaterThan(-3);
    }

    @Test
    void reconstructed_onWhatIsNoNumber_leavesTheWeightsThatStay() {
        Network network = chain(false);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        Set<Integer> chosen = pruning.uniform(0.5, FilterCriterion.L1, 1);
        float[] infinite = filled(4 * 81, Float.POSITIVE_INFINITY);

        Network smaller = pruning.reconstructed(
                chosen, List.of(Map.of("x", Tensor.of(infinite, new long[] {1, 4, 9, 9}))), () -> {});

        assertThat(smaller).isEqualTo(pruning.removed(chosen));
    }

    @Test
    void reconstructed_withoutItems_isRefused() {
        Network network = chain(false);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        assertThatThrownBy(() -> pruning.reconstructed(Set.of(), List.of(), () -> {}))
                .isInstanceOf(InvalidException.class)
                .hasMessage("items: none (expected: some, to see what layers read)");
    }

    @Test
    void reconstructions_ofAQuantisedNetwork_areNone() {
        Network network = chain(false);
        Network bytes = Int8.calibrated(network, Sketch.shapes(network), items(network, 3))
                .quantized(Int8Options.DEFAULT, node -> true);

        assertThat(FilterPruning.of(bytes, Sketch.shapes(bytes), 1).reconstructions())
                .isZero();
        assertThat(FilterPruning.of(network, Sketch.shapes(network), 1).reconstructions())
                .isPositive();
    }
}
