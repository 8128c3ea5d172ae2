package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.plan.RandomItems;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

        Network smaller = pruning.reconstructed(chosen, items(network, 3), fitted -> done.incrementAndGet());

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

            Network smaller = pruning.reconstructed(chosen, items(network, 3), fitted -> {});

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

        Network same = pruning.reconstructed(Set.of(), items(network, 3), fitted -> {});

        assertThat(same).isEqualTo(pruning.removed(Set.of()));
    }

    @Test
    void reconstructed_ofOneItem_isANetworkOfNumbers() {
        Network network = chain(true);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        Network smaller = pruning.reconstructed(
                pruning.uniform(0.5, FilterCriterion.L1, 1), items(network, 3).subList(0, 1), fitted -> {});

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
                chosen, List.of(Map.of("x", Tensor.of(infinite, new long[] {1, 4, 9, 9}))), fitted -> {});

        assertThat(smaller).isEqualTo(pruning.removed(chosen));
    }

    @Test
    void reconstructed_whereOneItemIsNoNumber_isFittedToTheOthers() {
        Network network = chain(false);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        Set<Integer> chosen = pruning.uniform(0.5, FilterCriterion.L1, 1);
        List<Map<String, Tensor>> items = new ArrayList<>(items(network, 3));
        items.add(Map.of("x", Tensor.of(filled(4 * 81, Float.NaN), new long[] {1, 4, 9, 9})));
        List<Boolean> fitted = new ArrayList<>();

        Network smaller = pruning.reconstructed(chosen, items, fitted::add);

        assertThat(fitted).hasSize(pruning.reconstructions()).contains(true);
        Reference reference = Reference.of(network, items(network, 2));
        assertThat(reference.difference(smaller).signalToNoise())
                .isGreaterThan(reference.difference(pruning.removed(chosen)).signalToNoise() + 1);
        for (LinearNode layer : linear(network)) {
            Optional<Curvature[]> curvature =
                    Curvatures.of(network, Sketch.shapes(network), items).of(layer);
            for (Curvature group : curvature.orElseThrow()) {
                assertThat(Arrays.stream(group.diagonal()).sum()).isFinite().isPositive();
            }
        }
    }

    private static List<LinearNode> linear(Network network) {
        Patch wiring = Patch.of(network, Sketch.shapes(network));
        return network.nodes().stream()
                .flatMap(node -> QuantizationPlan.layer(wiring, Sketch.shapes(network), node).stream())
                .toList();
    }

    /** The normalisation is over the second of three axes, the products' channels are on the last. */
    @Test
    void reconstructed_beforeANormOfAnotherAxis_leavesItsMean() {
        Network network = Sketch.opset(17)
                .input("x", -1, 6, 8)
                .weight("w1", 8, 10)
                .node("MatMul x w1 -> a")
                .node("Relu a -> b")
                .weight("w2", 10, 6)
                .node("MatMul b w2 -> c")
                .norm("n", 6)
                .node("BatchNormalization c n.scale n.bias n.mean n.variance -> y")
                .output("y", -1, 6, 6)
                .network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        Set<Integer> chosen = pruning.uniform(0.5, FilterCriterion.L1, 1);

        Network smaller = pruning.reconstructed(chosen, items(network, 3), fitted -> {});

        assertThat(Sketch.floats(smaller, "n.mean")).containsExactly(Sketch.floats(network, "n.mean"));
        assertThat(Sketch.floats(smaller, "w2")).isNotEqualTo(Sketch.floats(pruning.removed(chosen), "w2"));
    }

    @Test
    void reconstructed_behindRowsThatValuesChoose_leavesTheLayer() {
        Network network = Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w1", 8, 3, 3, 3)
                .node("Conv x w1 -> a")
                .node("Relu a -> b")
                .weight("w2", 6, 8, 1, 1)
                .node("Conv b w2 -> c")
                .node("Transpose c -> d", Map.of("perm", Sketch.ints(0L, 2L, 3L, 1L)))
                .constant("rows", -1, 6)
                .node("Reshape d rows -> e")
                .weight("ask", 6, 1)
                .node("MatMul e ask -> f")
                .node("Relu f -> g")
                .constant("flat", -1)
                .node("Reshape g flat -> h")
                .node("NonZero h -> i")
                .node("Flatten i -> j", Map.of("axis", Sketch.of(2L)))
                .constant("one", -1)
                .node("Reshape j one -> k")
                .node("Gather e k -> l", Map.of("axis", Sketch.of(0L)))
                .weight("w3", 6, 4)
                .node("MatMul l w3 -> y")
                .output("y", -1, 4)
                .network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        Set<Integer> chosen = pruning.uniform(0.5, FilterCriterion.L1, 1);

        Network smaller = pruning.reconstructed(chosen, items(network, 3), fitted -> {});

        Network plain = pruning.removed(chosen);
        assertThat(Sketch.floats(smaller, "w3")).containsExactly(Sketch.floats(plain, "w3"));
    }

    @Test
    void reconstructed_withoutItems_isRefused() {
        Network network = chain(false);
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        assertThatThrownBy(() -> pruning.reconstructed(Set.of(), List.of(), fitted -> {}))
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
