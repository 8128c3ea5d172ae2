package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import dev.narrows.shrink.HostileNetworks.Hostile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of the {@link HostileNetworks} is changed rightly, or refused with words that say why. */
class HostileNetworksTest {

    /** Of answers, relative to the largest: sums in another order in float32; in float16 two roundings of its 2⁻¹¹. */
    private static final double TOLERANCE = 1e-4;

    private static final double HALF_TOLERANCE = 2e-3;

    /** Of a network of bytes, mean error: two layers on grids of 127 and 256 steps. */
    private static final double BYTES_TOLERANCE = 0.05;

    static List<Hostile> all() {
        return HostileNetworks.all();
    }

    private static Shapes shapes(Hostile hostile, Network network) {
        return NetworkShapes.infer(network, hostile.shape(0));
    }

    /** Items of all lengths that the file allows. */
    private static List<Map<String, Tensor>> items(Hostile hostile) {
        List<Map<String, Tensor>> items = new ArrayList<>();
        for (int which = 0; which < Math.max(1, hostile.lengths().size()); which++) {
            Shapes shapes = NetworkShapes.infer(hostile.network(), hostile.shape(which));
            items.addAll(RandomItems.of(hostile.network(), shapes, 4, which));
        }
        return items;
    }

    private static Network fused(Hostile hostile) {
        Network network = hostile.network();
        return Fusing.run(network, shapes(hostile, network), Reference.of(network, items(hostile)), Fusing.passes())
                .network();
    }

    private static void assertSameOutside(Network changed, Network network) {
        assertThat(changed.inputs()).isEqualTo(network.inputs());
        assertThat(changed.outputs()).isEqualTo(network.outputs());
        assertThat(changed.metadata()).isEqualTo(network.metadata());
        assertThat(changed.extra().model()).isEqualTo(network.extra().model());
    }

    @ParameterizedTest
    @MethodSource("all")
    void fused_hostileNetwork_answersAsBefore(Hostile hostile) {
        Network fused = fused(hostile);

        assertThat(Reference.of(hostile.network(), items(hostile))
                        .difference(fused)
                        .largest())
                .isLessThanOrEqualTo(TOLERANCE);
        assertSameOutside(fused, hostile.network());
        assertThat(fused.opsets()).isEqualTo(hostile.network().opsets());
    }

    @ParameterizedTest
    @MethodSource("all")
    void quantized_hostileNetwork_answersAlmostAsBeforeOrIsRefused(Hostile hostile) {
        Network fused = fused(hostile);
        Shapes shapes = shapes(hostile, fused);
        if (hostile.layers() == 0) {
            assertThatThrownBy(() -> Int8.calibrated(fused, shapes, items(hostile)))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageMatching(
                            "layers: none that can be quantised(, the network is quantised already)? \\(expected: Conv, Gemm or MatMul with float32.*"
                                    + "|operator: (Pad|Resize) names its axes.* \\(expected: one for all axes\\).*");
            return;
        }

        Int8 int8 = Int8.calibrated(fused, shapes, items(hostile));
        Network quantized = int8.quantized(Int8Options.DEFAULT.withWeightBits(7), node -> true);

        assertThat(int8.layers()).hasSize(hostile.layers());
        assertThat(Reference.of(hostile.network(), items(hostile))
                        .difference(quantized)
                        .mean())
                .isLessThan(BYTES_TOLERANCE);
        assertSameOutside(quantized, hostile.network());
        assertThat(quantized.opset()).isEqualTo(Math.max(10, hostile.network().opset()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void filtersOf_hostileNetwork_areRemovedAsIfMaskedOrStay(Hostile hostile) {
        Network network = hostile.network();
        FilterPruning pruning = FilterPruning.of(network, shapes(hostile, network), 1);

        assertThat(pruning.removable()).isEqualTo(hostile.removable());

        Set<Integer> chosen = pruning.uniform(1, FilterCriterion.L1, 1); // down to one of each layer
        assertThat(chosen).hasSize(Math.max(0, hostile.removable() - 1));
        Network removed = pruning.removed(chosen);
        boolean half = network.inputs().get(0).type().orElseThrow().element() == ElementType.FLOAT16;
        assertThat(Reference.of(pruning.masked(chosen), items(hostile))
                        .difference(removed)
                        .largest())
                .isLessThanOrEqualTo(half ? HALF_TOLERANCE : TOLERANCE);
        assertSameOutside(removed, network);
        assertThat(removed.opsets()).isEqualTo(network.opsets());
    }

    @ParameterizedTest
    @MethodSource("all")
    void weightsOf_hostileNetwork_areSetTo0OrRefused(Hostile hostile) {
        Network network = hostile.network();
        Shapes shapes = shapes(hostile, network);
        if (!hostile.prunable()) {
            assertThatThrownBy(() -> WeightPruning.of(network, shapes, node -> true))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("none that can be changed (expected: float32 weights");
            return;
        }

        WeightPruning pruning = WeightPruning.of(network, shapes, node -> true);
        Network pruned = pruning.pruned(WeightPruning.Method.GLOBAL_WEIGHT, 1.25, Map.of(), 1);

        long zeros = 0;
        for (ConstantTensor tensor : pruned.initializers().values()) {
            if (tensor.type() == ElementType.FLOAT) {
                for (float value : tensor.floats()) {
                    zeros += value == 0 ? 1 : 0;
                }
            }
        }
        assertThat(zeros).isBetween(pruning.parameters() / 5 - 1, pruning.parameters() / 5 + 2);
        assertThat(Reference.of(network, items(hostile)).difference(pruned).largest())
                .isFinite();
        assertSameOutside(pruned, network);
        assertThat(pruned.opsets()).isEqualTo(network.opsets());
    }

    @Test
    void fused_quantisedNetwork_stillRunsOnBytes() {
        Network quantized = HostileNetworks.quantized();
        List<Map<String, Tensor>> items = RandomItems.of(quantized, Sketch.shapes(quantized), 2, 1);

        Network fused = Fusing.run(quantized, Sketch.shapes(quantized), Reference.of(quantized, items), Fusing.passes())
                .network();

        assertThat(Kernels.of(fused, items.get(0), 2).integerLayers()).isEqualTo(2);
        assertThat(Kernels.of(fused, items.get(0), 2).floatLayers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void weights_thatAreNoNumbers_areRefusedWhereTheyAreCompared(float odd) {
        Network plain = HostileNetworks.plain(17);
        float[] values = Sketch.floats(plain, "w");
        values[5] = odd;
        ConstantTensor weight = ConstantTensor.of("w", Sketch.dims(plain, "w"), values);
        Network network = plain.withInitializers(with(plain.initializers(), weight));
        Shapes shapes = Sketch.shapes(network);
        String text = "weight: " + odd + " (expected: finite numbers), tensor \"w\"";

        assertThatThrownBy(() -> Int8.calibrated(network, shapes, RandomItems.of(network, shapes, 2, 1))
                        .quantized(Int8Options.DEFAULT, node -> true))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(text);
        assertThatThrownBy(() -> FilterPruning.of(network, shapes, 1).uniform(0.5, FilterCriterion.L1, 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(text);
        assertThatThrownBy(() -> WeightPruning.of(network, shapes, node -> true))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(text);
        Network fused = Fusing.run(network, shapes, Sketch.reference(network), Fusing.passes())
                .network();
        assertThat(Sketch.reference(network).difference(fused).largest()).isZero();
    }

    private static Map<String, ConstantTensor> with(Map<String, ConstantTensor> all, ConstantTensor tensor) {
        Map<String, ConstantTensor> changed = new LinkedHashMap<>(all);
        changed.put(tensor.name(), tensor);
        return changed;
    }

    @Test
    void filters_ofUnsignedBytes_areChosenByWhatTheyStandFor() {
        Network signed = HostileNetworks.quantized();
        Map<String, ConstantTensor> shifted = new LinkedHashMap<>(signed.initializers());
        for (String name : List.of("w.quantized", "w.zero")) {
            ConstantTensor held = Objects.requireNonNull(shifted.get(name));
            ByteBuffer bytes = ByteBuffer.allocate(held.data().remaining());
            held.data().duplicate().get(bytes.array());
            for (int i = 0; i < bytes.capacity(); i++) {
                bytes.put(i, (byte) (bytes.get(i) + 128));
            }
            shifted.put(name, new ConstantTensor(name, ElementType.UINT8, held.dims(), bytes, List.of(), ""));
        }
        Network unsigned = signed.withInitializers(shifted);
        FilterPruning first = FilterPruning.of(signed, Sketch.shapes(signed), 1);
        FilterPruning second = FilterPruning.of(unsigned, Sketch.shapes(unsigned), 1);

        Set<Integer> chosen = second.uniform(0.5, FilterCriterion.L1, 1);

        assertThat(chosen).isEqualTo(first.uniform(0.5, FilterCriterion.L1, 1)).hasSize(4);
        assertThat(Sketch.reference(first.removed(chosen))
                        .difference(second.removed(chosen))
                        .largest())
                .isLessThan(0.02); // the same numbers, by other kernels: a step of the grid
    }

    @Test
    void shapes_ofANetworkThatAnswersWithASequence_areRefused() {
        Network plain = HostileNetworks.plain(17);
        Network network = Messages.edited(plain, model -> {
            model.getGraphBuilder().addNode(Messages.node("SequenceConstruct r r -> s"));
            model.getGraphBuilder()
                    .addOutputBuilder()
                    .setName("s")
                    .getTypeBuilder()
                    .getSequenceTypeBuilder()
                    .getElemTypeBuilder()
                    .getTensorTypeBuilder()
                    .setElemType(Messages.FLOAT);
        });

        assertThatThrownBy(() -> Sketch.shapes(network))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("(expected: a tensor)")
                .hasMessageContaining("output \"s\"");
    }
}
