package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FusingTest {

    private static Network fused(Network network) {
        Fusing.Result result = Fusing.run(network, Sketch.shapes(network), Sketch.reference(network), Fusing.passes());
        assertThat(result.steps()).allMatch(Fusing.Step::taken);
        // not only what the steps say
        assertThat(Sketch.reference(network).difference(result.network()).largest())
                .isLessThanOrEqualTo(Fusing.TOLERANCE);
        assertThat(result.network().inputs()).isEqualTo(network.inputs());
        assertThat(result.network().outputs()).isEqualTo(network.outputs());
        assertThat(result.network().opsets()).isEqualTo(network.opsets());
        assertThat(result.network().metadata()).isEqualTo(network.metadata());
        return result.network();
    }

    private static List<String> operatorsOfFused(Sketch sketch) {
        return Sketch.operators(fused(sketch.network()));
    }

    private static Sketch image() {
        return Sketch.opset(17).input("x", 1, 3, 8, 8).weight("w", 4, 3, 3, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Conv x w -> a", "Conv x w b -> a"})
    void batchNorm_behindConv_isFolded(String conv) {
        Sketch sketch = image().weight("b", 4)
                .norm("n", 4)
                .node(conv)
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> y")
                .output("y", 1, 4, 6, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv");
    }

    @Test
    void batchNorm_behindConvTranspose_isFolded() {
        Sketch sketch = Sketch.opset(17)
                .input("x", 1, 3, 4, 4)
                .weight("w", 3, 5, 2, 2)
                .norm("n", 5)
                .node("ConvTranspose x w -> a", Map.of("strides", Sketch.ints(2L, 2L)))
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> y")
                .output("y", 1, 5, 8, 8);

        assertThat(operatorsOfFused(sketch)).containsExactly("ConvTranspose");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void batchNorm_behindGemm_isFoldedWithItsFactors(int transposed) {
        Sketch sketch = Sketch.opset(17).input("x", -1, 6);
        sketch = transposed == 1 ? sketch.weight("w", 4, 6) : sketch.weight("w", 6, 4);
        sketch.weight("b", 4)
                .norm("n", 4)
                .node(
                        "Gemm x w b -> a",
                        Map.of("alpha", Sketch.of(0.5f), "beta", Sketch.of(2f), "transB", Sketch.of((long) transposed)))
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> y")
                .output("y", -1, 4);

        assertThat(operatorsOfFused(sketch)).containsExactly("Gemm");
    }

    @Test
    void batchNorm_behindMatMulOfAMatrix_makesAGemm() {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 6)
                .weight("w", 6, 4)
                .norm("n", 4)
                .node("MatMul x w -> a")
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> y")
                .output("y", -1, 4);

        assertThat(operatorsOfFused(sketch)).containsExactly("Gemm");
    }

    @Test
    void batchNorm_ofSharedParameters_isFoldedForEachUser() {
        Sketch sketch = image().weight("v", 4, 3, 3, 3)
                .norm("n", 4)
                .node("Conv x w -> a")
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> c")
                .node("Conv x v -> b")
                .node("BatchNormalization b n.scale n.bias n.mean n.variance -> d")
                .node("Mul c d -> y")
                .output("y", 1, 4, 6, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv", "Conv", "Mul");
    }

    @Test
    void batchNorm_behindSharedWeights_stays() {
        Sketch sketch = image().input("z", 1, 3, 8, 8)
                .norm("n", 4)
                .node("Conv x w -> a")
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> c")
                .node("Conv z w -> b")
                .node("Mul c b -> y")
                .output("y", 1, 4, 6, 6);

        assertThat(operatorsOfFused(sketch)).containsExactlyInAnyOrder("Conv", "BatchNormalization", "Conv", "Mul");
    }

    @Test
    void batchNorm_behindAConvThatIsAnOutputToo_stays() {
        Sketch sketch = image().norm("n", 4)
                .node("Conv x w -> a")
                .node("BatchNormalization a n.scale n.bias n.mean n.variance -> y")
                .output("a", 1, 4, 6, 6)
                .output("y", 1, 4, 6, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv", "BatchNormalization");
    }

    @Test
    void scalesAndShifts_behindConv_areFolded() {
        Sketch sketch = image().weight("s", 4, 1, 1)
                .weight("t", 1, 4, 1, 1)
                .weight("u", 1)
                .weight("d", 0.5, 2, 4, 1, 1)
                .node("Conv x w -> a")
                .node("Mul s a -> b")
                .node("Add b t -> c")
                .node("Sub u c -> d1")
                .node("Div d1 d -> y")
                .output("y", 1, 4, 6, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv");
    }

    @Test
    void scales_ofPlacesAndNotOfChannels_stay() {
        Sketch sketch = image().weight("s", 6, 6)
                .node("Conv x w -> a")
                .node("Mul a s -> y")
                .output("y", 1, 4, 6, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv", "Mul");
    }

    @Test
    void gemms_aroundAWideMiddle_areMerged() {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 5)
                .weight("w1", 5, 40)
                .weight("b1", 40)
                .weight("w2", 6, 40)
                .weight("b2", 6)
                .node("Gemm x w1 b1 -> a", Map.of("alpha", Sketch.of(0.5f), "beta", Sketch.of(3f)))
                .node("Gemm a w2 b2 -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("Gemm");
    }

    @Test
    void gemms_aroundANarrowMiddle_stayAsTheySaveWork() {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 20)
                .weight("w1", 20, 2)
                .weight("b1", 2)
                .weight("w2", 2, 30)
                .weight("b2", 30)
                .node("Gemm x w1 b1 -> a")
                .node("Gemm a w2 b2 -> y")
                .output("y", -1, 30);

        assertThat(operatorsOfFused(sketch)).containsExactly("Gemm", "Gemm");
    }

    @Test
    void matMuls_ofManyAxes_areMerged() {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 3, 5)
                .weight("w1", 5, 40)
                .weight("w2", 40, 6)
                .node("MatMul x w1 -> a")
                .node("MatMul a w2 -> y")
                .output("y", -1, 3, 6);

        assertThat(operatorsOfFused(sketch)).containsExactly("MatMul");
    }

    @Test
    void convs_theSecondOfKernelOne_areMerged() {
        Sketch sketch = Sketch.opset(17)
                .input("x", 1, 3, 9, 9)
                .weight("w1", 30, 3, 3, 3)
                .weight("b1", 30)
                .weight("w2", 4, 30, 1, 1)
                .weight("b2", 4)
                .node("Conv x w1 b1 -> a", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L), "strides", Sketch.ints(2L, 1L)))
                .node("Conv a w2 b2 -> y", Map.of("strides", Sketch.ints(2L, 2L)))
                .output("y", 1, 4, 3, 5);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv");
    }

    @Test
    void convs_withAnActivationBetween_stay() {
        Sketch sketch = Sketch.opset(17)
                .input("x", 1, 3, 9, 9)
                .weight("w1", 30, 3, 3, 3)
                .weight("w2", 4, 30, 1, 1)
                .node("Conv x w1 -> a")
                .node("Relu a -> b")
                .node("Conv b w2 -> y")
                .output("y", 1, 4, 7, 7);

        assertThat(operatorsOfFused(sketch)).containsExactly("Conv", "Relu", "Conv");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Identity a -> b",
                "Dropout a -> b",
                "Add a zero -> b",
                "Mul one a -> b",
                "Div a one -> b",
                "Pow a one -> b",
                "Reshape a shape -> b",
                "Concat a -> b",
                "Sum a -> b",
                "Clip a -> b",
                "Relu a -> b",
                "Pad a pads -> b",
                "Transpose a -> b",
                "Cast a -> b"
            })
    void nodes_thatChangeNothing_areLeftOut(String node) {
        Map<String, Attribute> attributes = node.startsWith("Concat")
                ? Map.of("axis", Sketch.of(1L))
                : node.startsWith("Transpose")
                        ? Map.of("perm", Sketch.ints(0L, 1L, 2L))
                        : node.startsWith("Cast") ? Map.of("to", Sketch.of(1L)) : Map.of();
        Sketch sketch = Sketch.opset(17)
                .input("x", 1, 3, 4)
                .constant("zero", new float[] {0}, 1)
                .constant("one", new float[] {1})
                .constant("shape", 1, 3, -1)
                .constant("pads", 0, 0, 0, 0, 0, 0)
                .node("Relu x -> a")
                .node(node, attributes)
                .node("Tanh b -> y")
                .output("y", 1, 3, 4);

        assertThat(operatorsOfFused(sketch)).containsExactly("Relu", "Tanh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Add a wide -> b", "Mul a two -> b", "Reshape a shape -> b"})
    void nodes_thatLookAlikeButDoSomething_stay(String node) {
        Sketch sketch = Sketch.opset(17)
                .input("x", 1, 3, 1)
                .constant("wide", new float[4], 1, 1, 4)
                .constant("two", new float[] {2}, 1)
                .constant("shape", 3, 1, 1)
                .node("Tanh x -> a")
                .node(node)
                .node("Exp b -> y")
                .output(
                        "y",
                        node.startsWith("Reshape") ? 3 : 1,
                        node.startsWith("Reshape") ? 1 : 3,
                        node.contains("wide") ? 4 : 1);

        assertThat(operatorsOfFused(sketch)).hasSize(3);
    }

    @Test
    void reshape_thatKeepsOneItemsShapeAlone_staysForABatch() {
        Sketch sketch = Sketch.opset(17)
                .input("x", -1, 3, 4)
                .constant("shape", 1, -1, 4)
                .node("Relu x -> a")
                .node("Reshape a shape -> b")
                .node("Tanh b -> y")
                .output("y", 1, -1, 4);

        assertThat(operatorsOfFused(sketch)).containsExactly("Relu", "Reshape", "Tanh");
    }

    @Test
    void noOp_thatMakesAnOutput_leavesTheOutputItsName() {
        Network fused = fused(Sketch.opset(17)
                .input("x", 1, 4)
                .node("Relu x -> a")
                .node("Tanh a -> b")
                .node("Identity a -> y")
                .output("y", 1, 4)
                .output("b", 1, 4)
                .network());

        assertThat(Sketch.operators(fused)).containsExactly("Relu", "Tanh");
    }

    @Test
    void noOp_betweenInputAndOutput_stays() {
        Sketch sketch =
                Sketch.opset(17).input("x", 1, 4).node("Identity x -> y").output("y", 1, 4);

        assertThat(operatorsOfFused(sketch)).containsExactly("Identity");
    }

    @Test
    void transposes_thatUndoEachOther_areLeftOut() {
        Sketch sketch = Sketch.opset(17)
                .input("x", 2, 3, 4)
                .node("Relu x -> a")
                .node("Transpose a -> b", Map.of("perm", Sketch.ints(1L, 2L, 0L)))
                .node("Transpose b -> c", Map.of("perm", Sketch.ints(2L, 0L, 1L)))
                .node("Tanh c -> y")
                .output("y", 2, 3, 4);

        assertThat(operatorsOfFused(sketch)).containsExactly("Relu", "Tanh");
    }

    @Test
    void equalSubgraphs_areComputedOnce() {
        Network fused = fused(Sketch.opset(17)
                .input("x", 1, 4)
                .weight("w", 4, 4)
                .node("MatMul x w -> a")
                .node("Relu a -> b")
                .node("MatMul x w -> c")
                .node("Relu c -> d")
                .node("Mul b d -> y")
                .output("y", 1, 4)
                .network());

        assertThat(Sketch.operators(fused)).containsExactly("MatMul", "Relu", "Mul");
    }

    @Test
    void equalInitializers_areHeldOnce() {
        Network fused = fused(Sketch.opset(17)
                .input("x", 1, 2)
                .constant("v", new float[] {3, 4}, 2)
                .constant("w", new float[] {3, 4}, 2)
                .node("Tanh x -> a")
                .node("Mul a v -> b")
                .node("Tanh b -> c")
                .node("Div c w -> y")
                .output("y", 1, 2)
                .network());

        assertThat(fused.initializers()).hasSize(1);
    }

    @Test
    void whatNoOutputNeeds_isLeftOut() {
        Network fused = fused(Sketch.opset(17)
                .input("x", 1, 2)
                .weight("unread", 7)
                .node("Tanh x -> y")
                .node("Relu x -> a")
                .node("Exp a -> b")
                .output("y", 1, 2)
                .network());

        assertThat(Sketch.operators(fused)).containsExactly("Tanh");
        assertThat(fused.initializers()).isEmpty();
    }

    @Test
    void constants_areComputedBeforehand() {
        Network fused = fused(Sketch.opset(17)
                .input("x", 1, 2)
                .weight("w", 0.5, 2, 2)
                .node("Sqrt w -> a")
                .node("Exp a -> b")
                .node("Tanh x -> c")
                .node("Mul c b -> y")
                .output("y", 1, 2)
                .network());

        assertThat(Sketch.operators(fused)).containsExactly("Tanh", "Mul");
        assertThat(fused.initializers().keySet()).containsExactly("b");
    }

    @Test
    void constants_thatAreLargerThanWhatMakesThem_stayComputed() {
        Sketch sketch = Sketch.opset(17)
                .input("x", 1, 2000)
                .constant("length", 2000)
                .node("ConstantOfShape length -> w")
                .node("Add x w -> y")
                .output("y", 1, 2000);

        assertThat(operatorsOfFused(sketch)).containsExactly("ConstantOfShape", "Add");
    }

    /** {@code y = x · w} of two numbers, fused by a pass that puts other numbers in the place of {@code w}. */
    private static Fusing.Step fusedWith(float... weights) {
        Network network = Sketch.opset(17)
                .input("x", 1, 2)
                .weight("w", 2)
                .node("Mul x w -> y")
                .output("y", 1, 2)
                .network();
        Pass pass = new Pass() {
            @Override
            public String name() {
                return "wrong";
            }

            @Override
            public Patch patch(Network given, Shapes shapes) {
                Patch patch = Patch.of(given, shapes);
                if (given.equals(network)) {
                    patch.replace(0, given.nodes().get(0));
                    patch.put(ConstantTensor.of("w", List.of((long) weights.length), weights));
                }
                return patch;
            }
        };
        Fusing.Result result = Fusing.run(network, Sketch.shapes(network), Sketch.reference(network), List.of(pass));
        assertThat(result.network()).isSameAs(network);
        assertThat(result.steps()).hasSize(1);
        return result.steps().get(0);
    }

    @Test
    void patch_thatChangesTheAnswers_isNotTaken() {
        Fusing.Step step = fusedWith(1, 1);

        assertThat(step.taken()).isFalse();
        assertThat(step.failure()).isEmpty();
    }

    @Test
    void patch_thatDoesNotRun_isNotTaken() {
        Fusing.Step step = fusedWith(1, 1, 1);

        assertThat(step.taken()).isFalse();
        assertThat(step.failure()).isNotEmpty();
    }

    @Test
    void manyEqualInitializers_areHeldOnceInOnePatch() {
        Sketch sketch = Sketch.opset(17).input("x", 1, 2).node("Tanh x -> v0");
        for (int i = 0; i < 40; i++) {
            sketch.constant("w" + i, new float[] {3, 4}, 2)
                    .node((i % 2 == 0 ? "Mul" : "Div") + " v" + i + " w" + i + " -> v" + (i + 1));
        }
        Network network = sketch.output("v40", 1, 2).network();

        Patch patch = new Duplicates().patch(network, Sketch.shapes(network));

        assertThat(patch.changes()).isEqualTo(39);
        assertThat(patch.apply().initializers()).hasSize(1);
    }

    @Test
    void equalInitializers_thatNobodyReads_areNoChange() {
        Network network = Sketch.opset(17)
                .input("x", 1, 2)
                .constant("v", new float[] {3, 4}, 2)
                .constant("w", new float[] {3, 4}, 2)
                .node("Tanh x -> y")
                .output("y", 1, 2)
                .network();

        assertThat(new Duplicates().patch(network, Sketch.shapes(network)).changes())
                .isZero();
    }
}
