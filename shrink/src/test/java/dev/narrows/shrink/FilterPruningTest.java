package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterPruningTest {

    private static final double TOLERANCE = 1e-4; // relative: sums of fewer terms in another order
    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    /** Removes shares of the channels and holds what is left against the masked network. */
    private static Network pruned(Sketch sketch, int removable) {
        return pruned(sketch.network(), removable);
    }

    private static Network pruned(Network network, int removable) {
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        assertThat(pruning.removable()).isEqualTo(removable);
        Network last = network;
        for (double share : new double[] {0.3, 0.6}) {
            Set<Integer> chosen = pruning.uniform(share, FilterCriterion.L1, 1);
            assertThat(chosen).isNotEmpty();
            last = pruning.removed(chosen);
            Reference masked =
                    Reference.of(pruning.masked(chosen), RandomItems.of(network, Sketch.shapes(network), 3, 1));
            assertThat(masked.difference(last).largest()).isLessThan(TOLERANCE);
            assertThat(macs(last)).isLessThan(macs(network));
            assertThat(last.outputs()).isEqualTo(network.outputs());
            assertThat(last.inputs()).isEqualTo(network.inputs());
            assertThat(last.opsets()).isEqualTo(network.opsets());
            assertThat(last.metadata()).isEqualTo(network.metadata());
        }
        return last;
    }

    private static long macs(Network network) {
        return Costs.of(network, Sketch.shapes(network)).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }

    private static Sketch image(long opset) {
        return Sketch.opset(opset)
                .input("x", -1, 3, 8, 8)
                .weight("w1", 10, 3, 3, 3)
                .weight("b1", 10)
                .node("Conv x w1 b1 -> a", PADDED)
                .node("Relu a -> b");
    }

    /** Behind {@code value} of so many channels a convolution whose output is the network's. */
    private static Sketch end(Sketch sketch, String value, long channels) {
        return sketch.weight("end", 4, channels, 1, 1)
                .node("Conv " + value + " end -> y")
                .output("y", -1, 4, 8, 8);
    }

    @Test
    void removed_inARow_makesBothLayersSmaller() {
        Network pruned = pruned(end(image(17), "b", 10), 10);

        assertThat(Sketch.dims(pruned, "w1")).containsExactly(4L, 3L, 3L, 3L);
        assertThat(Sketch.dims(pruned, "b1")).containsExactly(4L);
        assertThat(Sketch.dims(pruned, "end")).containsExactly(4L, 4L, 1L, 1L);
    }

    @Test
    void removed_throughAResidualSum_goesTogether() {
        Sketch sketch = image(17)
                .weight("w2", 10, 10, 3, 3)
                .node("Conv b w2 -> c", PADDED)
                .node("Add b c -> d");

        Network pruned = pruned(end(sketch, "d", 10), 10);

        assertThat(Sketch.dims(pruned, "w2")).containsExactly(4L, 4L, 3L, 3L);
    }

    @Test
    void keeping_aLayerOfASum_leavesAllThatHangTogetherWithIt() {
        Sketch sketch = image(17)
                .weight("w2", 10, 10, 3, 3)
                .weight("w3", 6, 10, 3, 3)
                .node("Conv b w2 -> c", PADDED)
                .node("Add b c -> d")
                .node("Conv d w3 -> e", PADDED);
        Network network = end(sketch, "e", 6).network();
        FilterPruning all = FilterPruning.of(network, Sketch.shapes(network), 1);

        FilterPruning some = all.keeping(node -> node.inputs().contains("w2"));

        assertThat(all.removable()).isEqualTo(10 + 6);
        assertThat(some.removable()).isEqualTo(6);
        Network removed = some.removed(some.uniform(0.5, FilterCriterion.L1, 1));
        assertThat(dims(removed, "w1")).startsWith(10L);
        assertThat(dims(removed, "w2")).startsWith(10L);
        assertThat(dims(removed, "w3")).startsWith(3L);
    }

    private static List<Long> dims(Network network, String weight) {
        return Objects.requireNonNull(network.initializers().get(weight)).dims();
    }

    @Test
    void removed_throughABatchNorm_takesItsParameters() {
        Sketch sketch = image(17).norm("n", 10).node("BatchNormalization b n.scale n.bias n.mean n.variance -> c");

        Network pruned = pruned(end(sketch, "c", 10), 10);

        assertThat(Sketch.dims(pruned, "n.mean")).containsExactly(4L);
    }

    @Test
    void removed_throughAConcatenation_isFoundBehindTheOthers() {
        Sketch sketch = image(17)
                .weight("w2", 6, 10, 1, 1)
                .node("Conv b w2 -> c")
                .node("Concat c x b -> d", Map.of("axis", Sketch.of(-3L)));

        pruned(end(sketch, "d", 19), 16);
    }

    @Test
    void removed_throughADepthwiseConvolution_makesItNarrower() {
        Sketch sketch = image(17)
                .weight("w2", 20, 1, 3, 3)
                .weight("b2", 20)
                .node("Conv b w2 b2 -> c", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L), "group", Sketch.of(10L)))
                .node("Relu c -> d");

        Network pruned = pruned(end(sketch, "d", 20), 10);

        assertThat(pruned.nodes().get(2).intAttribute("group", 1)).isEqualTo(4);
        assertThat(Sketch.dims(pruned, "w2")).containsExactly(8L, 1L, 3L, 3L);
    }

    @Test
    void removed_aroundAGroupedConvolution_leavesGroupsEqual() {
        Sketch sketch = image(17)
                .weight("w2", 12, 5, 3, 3)
                .node("Conv b w2 -> c", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L), "group", Sketch.of(2L)))
                .node("Relu c -> d");

        Network pruned = pruned(end(sketch, "d", 12), 11); // 5 pairs before it, 6 behind it

        assertThat(Sketch.dims(pruned, "w2")).containsExactly(4L, 2L, 3L, 3L);
    }

    @Test
    void removed_throughAChannelShuffle_staysInPlace() {
        Sketch sketch = image(17)
                .constant("split", 0, 2, 5, 8, 8)
                .constant("joined", 0, -1, 8, 8)
                .node("Reshape b split -> c")
                .node("Transpose c -> d", Map.of("perm", Sketch.ints(0L, 2L, 1L, 3L, 4L)))
                .node("Reshape d joined -> e");

        pruned(end(sketch, "e", 10), 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Flatten b -> c", "Reshape b flat -> c", "Reshape b named -> c"})
    void removed_behindFlattening_takesAllPlacesOfTheChannel(String node) {
        Sketch sketch = image(17)
                .constant("flat", 0, -1)
                .constant("named", -1, 640)
                .weight("w2", 7, 640)
                .weight("b2", 7)
                .weight("w3", 7, 4)
                .node(node)
                .node("Gemm c w2 b2 -> d", Map.of("transB", Sketch.of(1L)))
                .node("Relu d -> e")
                .node("MatMul e w3 -> y")
                .output("y", -1, 4);

        Network pruned = pruned(sketch, 17);

        assertThat(Sketch.dims(pruned, "w2")).containsExactly(3L, 256L);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 17})
    void removed_beforeASplit_shortensItsParts(long opset) {
        Sketch sketch = image(opset);
        if (opset >= 13) {
            sketch.constant("lengths", 4, 6).node("Split b lengths -> c d", Map.of("axis", Sketch.of(1L)));
        } else {
            sketch.node("Split b -> c d", Map.of("axis", Sketch.of(1L), "split", Sketch.ints(4L, 6L)));
        }
        sketch.weight("w2", 6, 4, 1, 1).node("Conv c w2 -> e").node("Add d e -> f");

        pruned(end(sketch, "f", 6), 10);
    }

    @Test
    void removed_beforeASliceOfChannels_movesItsEnds() {
        Sketch sketch = image(17)
                .constant("starts", 2)
                .constant("ends", 9)
                .constant("axes", 1)
                .node("Slice b starts ends axes -> c");

        pruned(end(sketch, "c", 7), 10);
    }

    @Test
    void removed_aroundASqueezeAndExcitation_goesThroughItsProduct() {
        Sketch sketch = image(17)
                .weight("down", 4, 10, 1, 1)
                .weight("up", 10, 4, 1, 1)
                .node("GlobalAveragePool b -> p")
                .node("Conv p down -> q")
                .node("Relu q -> r")
                .node("Conv r up -> s")
                .node("Sigmoid s -> t")
                .node("Mul b t -> c");

        pruned(end(sketch, "c", 10), 14);
    }

    @Test
    void removed_withConstantsByChannel_slicesThem() {
        Sketch sketch = image(17)
                .weight("scale", 10, 1, 1)
                .weight("shift", 1, 10, 8, 8)
                .weight("slope", 10, 1, 1)
                .node("Mul scale b -> c")
                .node("Add c shift -> d")
                .node("PRelu d slope -> e");

        Network pruned = pruned(end(sketch, "e", 10), 10);

        assertThat(Sketch.dims(pruned, "shift")).containsExactly(1L, 4L, 8L, 8L);
    }

    @Test
    void removed_aroundATransposedConvolution_slicesTheOtherAxis() {
        Network pruned = pruned(
                Sketch.opset(17)
                        .input("x", -1, 3, 4, 4)
                        .weight("w1", 10, 3, 3, 3)
                        .weight("w2", 10, 6, 2, 2)
                        .weight("b2", 6)
                        .weight("w3", 4, 6, 1, 1)
                        .node("Conv x w1 -> a", PADDED)
                        .node("Relu a -> b")
                        .node("ConvTranspose b w2 b2 -> c", Map.of("strides", Sketch.ints(2L, 2L)))
                        .node("Relu c -> d")
                        .node("Conv d w3 -> y")
                        .output("y", -1, 4, 8, 8),
                16);

        assertThat(Sketch.dims(pruned, "w2")).containsExactly(4L, 2L, 2L, 2L);
    }

    @Test
    void removed_throughMeansAndTransposes_followsTheAxis() {
        Sketch sketch = image(17)
                .weight("w2", 10, 6)
                .weight("w3", 6, 4)
                .node("Transpose b -> c", Map.of("perm", Sketch.ints(0L, 2L, 3L, 1L)))
                .node("ReduceMean c -> d", Map.of("axes", Sketch.ints(1L, 2L), "keepdims", Sketch.of(0L)))
                .node("MatMul d w2 -> e")
                .node("Relu e -> f")
                .node("MatMul f w3 -> y")
                .output("y", -1, 4);

        pruned(sketch, 16);
    }

    @Test
    void removed_fromAQuantisedNetwork_slicesBytesAndGrids() {
        Sketch sketch = image(17)
                .weight("w2", 10, 10, 3, 3)
                .node("Conv b w2 -> c", PADDED)
                .node("Add b c -> d");
        Network network = end(sketch, "d", 10).network();
        Network quantized = Int8.calibrated(
                        network, Sketch.shapes(network), RandomItems.of(network, Sketch.shapes(network), 4, 1))
                .quantized(Int8Options.DEFAULT.withWeightBits(7), node -> true);

        Network pruned = pruned(quantized, 10);

        assertThat(Sketch.dims(pruned, "w2.quantized")).containsExactly(4L, 4L, 3L, 3L);
        assertThat(Sketch.dims(pruned, "w2.scale")).containsExactly(4L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LRN b -> c",
                "Softmax b -> c",
                "Identity b -> c",
                "CumSum b axis -> c",
                "MeanVarianceNormalization b -> c"
            })
    void removable_beforeWhatMixesChannels_isNothing(String node) {
        boolean known = node.startsWith("Identity");
        Map<String, Attribute> attributes = node.startsWith("Softmax")
                ? Map.of("axis", Sketch.of(1L))
                : node.startsWith("LRN") ? Map.of("size", Sketch.of(3L)) : Map.of();
        Network network = end(image(17).constant("axis", 1).node(node, attributes), "c", 10)
                .network();

        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        assertThat(pruning.removable()).isEqualTo(known ? 10 : 0);
        assertThat(pruning.channels()).isEqualTo(14);
    }

    @Test
    void removable_ofWeightsThatTwoLayersShare_isNothing() {
        Network network = end(
                        image(17)
                                .weight("w2", 10, 10, 1, 1)
                                .node("Conv b w2 -> c")
                                .node("Conv c w2 -> d"),
                        "d",
                        10)
                .network();

        assertThat(FilterPruning.of(network, Sketch.shapes(network), 1).removable())
                .isZero();
    }

    @Test
    void uniform_ofTheCriterion_takesTheLeastImportant() {
        float[] weights = new float[10 * 27];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i / 27 == 3 || i / 27 == 7 ? 0.01f : 1;
        }
        Network network = end(
                        Sketch.opset(17)
                                .input("x", -1, 3, 8, 8)
                                .constant("w1", weights, 10, 3, 3, 3)
                                .node("Conv x w1 -> a", PADDED)
                                .node("Relu a -> b"),
                        "b",
                        10)
                .network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        for (FilterCriterion criterion : new FilterCriterion[] {FilterCriterion.L1, FilterCriterion.L2}) {
            Network pruned = pruning.removed(pruning.uniform(0.2, criterion, 1));
            float[] left = Sketch.floats(pruned, "w1");
            assertThat(left).hasSize(8 * 27);
            assertThat(left).containsOnly(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"BATCH_NORM", "TAYLOR"},
            mode = EnumSource.Mode.EXCLUDE) // they ask for more than weights
    void choices_any_leaveAChannelInEachLayer(FilterCriterion criterion) {
        Network network = end(image(17), "b", 10).network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        assertThat(pruning.uniform(1, criterion, 1)).hasSize(9);
        assertThat(pruning.global(1, 1, criterion, 1)).hasSize(9);
        assertThat(pruning.global(1, 0.5, criterion, 1)).hasSize(5);
        assertThat(pruning.uniform(0, criterion, 1)).isEmpty();
        assertThatThrownBy(() -> pruning.uniform(1.2, criterion, 1)).isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> pruning.uniform(0.5, criterion, 0)).isInstanceOf(InvalidException.class);
    }

    @Test
    void choices_ofAMultiple_leaveSoMany() {
        Network network = end(image(17), "b", 10).network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        assertThat(pruning.uniform(0.3, FilterCriterion.L1, 4)).hasSize(2); // 7 are nearest to 8
        assertThat(pruning.uniform(0.9, FilterCriterion.L1, 4)).hasSize(6);
        assertThat(pruning.uniform(0.9, FilterCriterion.L1, 16)).hasSize(9); // there are not as many
        assertThat(pruning.global(0.5, 1, FilterCriterion.L1, 4)).hasSize(2); // 5 are rounded up to 8
    }

    @Test
    void removable_ofAChannelBroadcastOverOthers_isNothingThere() {
        Sketch sketch = image(17)
                .weight("w2", 1, 10, 1, 1)
                .node("Conv b w2 -> c")
                .node("Mul c x -> d")
                .node("Concat d b -> e", Map.of("axis", Sketch.of(1L)));

        pruned(end(sketch, "e", 13), 10);
    }

    @Test
    void removed_ofLayersThatHangTogether_leavesOneInEach() {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w1", -0.01, 0.01, 6, 3, 1, 1)
                .weight("w2", 6, 3, 1, 1)
                .weight("w3", -0.01, 0.01, 12, 3, 1, 1)
                .node("Conv x w1 -> a")
                .node("Conv x w2 -> b")
                .node("Concat a b -> c", Map.of("axis", Sketch.of(1L)))
                .node("Conv x w3 -> d")
                .node("Add c d -> e");
        Network network = end(sketch, "e", 12).network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);

        Network pruned = pruning.removed(pruning.uniform(0.6, FilterCriterion.L1, 1)); // of 12 in one set, 7

        assertThat(Sketch.dims(pruned, "w1").get(0)).isPositive();
        assertThat(Sketch.dims(pruned, "w2").get(0)).isPositive();
    }

    @Test
    void removable_beforeAPoolingOverChannels_isNothing() {
        Network network = Sketch.opset(17)
                .input("x", -1, 3, 16)
                .weight("w", 16, 12)
                .weight("v", 6, 4)
                .node("MatMul x w -> a")
                .node("MaxPool a -> b", Map.of("kernel_shape", Sketch.ints(2L), "strides", Sketch.ints(2L)))
                .node("MatMul b v -> y")
                .output("y", -1, 3, 4)
                .network();

        assertThat(FilterPruning.of(network, Sketch.shapes(network), 1).removable())
                .isZero();
    }

    @Test
    void removable_whoseShapeIsAskedFor_isNothing() {
        Network network = end(image(17).node("Shape b -> s").node("Reshape b s -> c"), "c", 10)
                .network();

        assertThat(FilterPruning.of(network, Sketch.shapes(network), 1).removable())
                .isZero();
    }

    @Test
    void allBut_countsOfEachSet_keepsSoManyOfEach() {
        Network network = image(13)
                .weight("w2", 10, 10, 3, 3)
                .node("Conv b w2 -> c", PADDED)
                .node("Add b c -> d")
                .weight("w3", 6, 10, 1, 1)
                .node("Conv d w3 -> e")
                .weight("w4", 2, 6, 1, 1)
                .node("Conv e w4 -> y")
                .output("y", -1, 2, 8, 8)
                .network();
        FilterPruning pruning = FilterPruning.of(network, Sketch.shapes(network), 1);
        assertThat(pruning.sets()).extracting(FilterPruning.LayerSet::channels).containsExactly(10, 6);
        assertThat(pruning.sets().get(0).layers()).hasSize(2);

        Set<Integer> chosen = pruning.allBut(List.of(7, 2), FilterCriterion.L1);
        Network left = pruning.removed(chosen);

        assertThat(FilterPruning.of(left, Sketch.shapes(left), 1).sets())
                .extracting(FilterPruning.LayerSet::channels)
                .containsExactly(7, 2);
        Reference masked = Reference.of(pruning.masked(chosen), RandomItems.of(network, Sketch.shapes(network), 3, 1));
        assertThat(masked.difference(left).largest()).isLessThan(TOLERANCE);
        assertThatThrownBy(() -> pruning.allBut(List.of(7), FilterCriterion.L1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("of 1 sets (expected: of 2");
        assertThatThrownBy(() -> pruning.allBut(List.of(0, 6), FilterCriterion.L1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("0 (expected: 1 or more)");
        assertThat(pruning.kept(chosen)).containsExactly(7, 2);
        assertThat(pruning.kept(pruning.allBut(List.of(11, 5), FilterCriterion.L1)))
                .containsExactly(10, 5);
    }
}
