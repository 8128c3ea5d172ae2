package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.plan.RandomItems;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Int8Test {

    private static final Int8Options SEVEN = Int8Options.DEFAULT.withWeightBits(7); // exact on every processor
    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    private static List<Map<String, Tensor>> items(Network network, int count) {
        return RandomItems.of(network, Sketch.shapes(network), count, 7);
    }

    private static Int8 calibrated(Network network) {
        return Int8.calibrated(network, Sketch.shapes(network), items(network, 16));
    }

    /** On items that were not calibrated on: a few layers on grids of 127 and 256 steps, mean error of the output. */
    private static void assertAnswersNearlyAs(Network network, Network quantized) {
        assertThat(Reference.of(network, RandomItems.of(network, Sketch.shapes(network), 8, 11))
                        .difference(quantized)
                        .mean())
                .isLessThan(0.05);
    }

    /** Two convolutions, a residual sum, a depthwise one, a concatenation, a pooling and a Gemm. */
    private static Network residual(long opset) {
        return Sketch.opset(opset)
                .input("x", -1, 3, 8, 8)
                .weight("w1", 8, 3, 3, 3)
                .weight("b1", 8)
                .weight("w2", 8, 8, 3, 3)
                .weight("w3", 8, 1, 3, 3)
                .weight("b3", 8)
                .weight("w4", 10, 16)
                .weight("b4", 10)
                .node("Conv x w1 b1 -> a", PADDED)
                .node("Relu a -> b")
                .node("Conv b w2 -> c", PADDED)
                .node("Add b c -> d")
                .node("Relu d -> e")
                .node("Conv e w3 b3 -> f", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L), "group", Sketch.of(8L)))
                .node("Concat f e -> g", Map.of("axis", Sketch.of(1L)))
                .node("GlobalAveragePool g -> h")
                .node("Flatten h -> i")
                .node("Gemm i w4 b4 -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 10)
                .network();
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 9, 10, 12, 13, 17, 21})
    void quantized_anyOpset_runsOnBytesWithNearlyTheSameAnswers(long opset) {
        Network network = residual(opset);

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        Kernels kernels = Kernels.of(quantized, items(network, 1).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(4);
        assertThat(kernels.floatLayers()).isZero();
        assertThat(kernels.byOperator()).containsKeys("QLinearAdd", "QLinearConcat", "QLinearGlobalAveragePool");
        assertThat(kernels.byOperator()).doesNotContainKeys("Relu", "Conv", "Gemm");
        assertAnswersNearlyAs(network, quantized);
        assertThat(quantized.inputs()).isEqualTo(network.inputs());
        assertThat(quantized.outputs()).isEqualTo(network.outputs());
        assertThat(quantized.metadata()).isEqualTo(network.metadata());
        assertThat(quantized.opset()).isEqualTo(Math.max(10, opset));
        assertThat(quantized.initializers().values())
                .noneMatch(tensor -> tensor.type() == ElementType.FLOAT && tensor.elements() > 16);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 9, 10, 12, 13, 17, 21})
    void quantized_signedActivations_hasSymmetricBytesAndNearlyTheSameAnswers(long opset) {
        Network network = residual(opset);

        Network quantized = calibrated(network).quantized(SEVEN.withActivations(ActivationGrid.SIGNED), node -> true);

        assertAnswersNearlyAs(network, quantized);
        assertThat(quantized.opset()).isEqualTo(Math.max(10, opset));
        assertThat(quantized.initializers().values()).noneMatch(tensor -> tensor.type() == ElementType.UINT8);
        assertThat(quantized.nodes())
                .filteredOn(node -> node.opType().equals("QuantizeLinear"))
                .isNotEmpty()
                .allSatisfy(node -> assertThat(zeroPoint(quantized, node)).isZero());
    }

    @Test
    void quantized_signedActivationsOfAChain_runsOnBytes() {
        Network network = Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w1", 8, 3, 3, 3)
                .weight("w2", 8, 8, 3, 3)
                .weight("w3", 10, 8)
                .node("Conv x w1 -> a", PADDED)
                .node("Relu a -> b")
                .node("Conv b w2 -> c", PADDED)
                .node("Relu c -> d")
                .node("GlobalAveragePool d -> e")
                .node("Flatten e -> f")
                .node("Gemm f w3 -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 10)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN.withActivations(ActivationGrid.SIGNED), node -> true);

        Kernels kernels = Kernels.of(quantized, items(network, 1).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(3);
        assertThat(kernels.floatLayers()).isZero();
        assertAnswersNearlyAs(network, quantized);
    }

    private static int zeroPoint(Network network, Node node) {
        return Objects.requireNonNull(network.initializers().get(node.inputs().get(2)))
                .data()
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Relu a -> y", "Clip a low high -> y", "Clip a low -> y", "Clip a  high -> y"})
    void quantized_signedActivations_holdsTheEndsOfAnActivation(String activation) {
        Network network = Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w", 4, 3, 3, 3)
                .constant("low", new float[] {-0.1f})
                .constant("high", new float[] {0.2f})
                .node("Conv x w -> a")
                .node(activation)
                .output("y", -1, 4, 6, 6)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN.withActivations(ActivationGrid.SIGNED), node -> true);

        assertAnswersNearlyAs(network, quantized); // what is below the ends would be far off
        assertThat(quantized.outputs()).isEqualTo(network.outputs());
    }

    @Test
    void quantized_ofAMatMul_runsOnBytes() {
        Network network = Sketch.opset(17)
                .input("x", -1, 5, 16)
                .weight("w", 16, 12)
                .weight("v", 12, 3)
                .node("MatMul x w -> a")
                .node("Tanh a -> b")
                .node("MatMul b v -> y")
                .output("y", -1, 5, 3)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        assertThat(Kernels.of(quantized, items(network, 1).get(0), 2).integerLayers())
                .isEqualTo(2);
        assertAnswersNearlyAs(network, quantized);
    }

    @Test
    void quantized_whoseAnswerIsAConvs_keepsTheOutputsName() {
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 8, 8)
                .weight("w", 4, 3, 3, 3)
                .node("Conv x w -> y")
                .output("y", 1, 4, 6, 6)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        assertAnswersNearlyAs(network, quantized);
        assertThat(Kernels.of(quantized, items(network, 1).get(0), 2).integerLayers())
                .isOne();
    }

    @Test
    void quantized_withALayerLeftOut_keepsItsWeightsAsTheyAre() {
        Network network = residual(17);

        Network quantized =
                calibrated(network).quantized(SEVEN, node -> !node.inputs().contains("w2"));

        assertThat(quantized.initializers().get("w2"))
                .isEqualTo(network.initializers().get("w2"));
        Kernels kernels = Kernels.of(quantized, items(network, 1).get(0), 2);
        assertThat(kernels.floatLayers()).isOne();
        assertThat(kernels.integerLayers()).isEqualTo(3);
    }

    @Test
    void sensitivities_ofALayerWithAnOutlier_nameItFirst() {
        float[] uneven = new float[8 * 8 * 9];
        Arrays.fill(uneven, 0.05f);
        for (int channel = 0; channel < 8; channel++) {
            uneven[channel * 72 + 3 * 9 + 4] = -20; // the others of its channel become 0
        }
        Network network = Sketch.opset(17)
                .input("x", 1, 8, 8, 8)
                .weight("w1", 8, 8, 3, 3)
                .constant("w2", uneven, 8, 8, 3, 3)
                .weight("w3", 8, 8, 3, 3)
                .node("Conv x w1 -> a", PADDED)
                .node("Conv a w2 -> b", PADDED)
                .node("Conv b w3 -> y", PADDED)
                .output("y", 1, 8, 8, 8)
                .network();
        Int8 int8 = calibrated(network);
        Reference reference = Reference.of(network, items(network, 4));
        int[] done = new int[1];

        List<Int8.Sensitivity> found = int8.sensitivities(SEVEN, reference, () -> done[0]++);

        assertThat(done[0]).isEqualTo(3);
        assertThat(found).hasSize(3);
        assertThat(found.get(0).layer().inputs()).contains("w2");
        assertThat(found).isSortedAccordingTo(Comparator.comparingDouble(Int8.Sensitivity::signalToNoise));
        double all = reference
                .difference(int8.quantized(SEVEN, node -> true, found, 0))
                .signalToNoise();
        int kept = int8.kept(
                SEVEN,
                node -> true,
                found,
                changed -> reference.difference(changed).signalToNoise() > all + 1);
        assertThat(kept).isBetween(1, 2);
        assertThat(int8.kept(SEVEN, node -> true, found, changed -> false)).isEqualTo(3);
        assertThat(int8.kept(SEVEN, node -> true, found, changed -> true)).isZero();
    }

    @Test
    void biasCorrection_ofInputsThatAreNotCentred_bringsTheMeansBack() {
        float[] small = new float[8 * 8];
        for (int i = 0; i < small.length; i++) {
            small[i] = i % 8 == 0 ? 1 : 0.0036f; // less than half a step of 1 / 63: rounded away, all the same way
        }
        Network network = Sketch.opset(17)
                .input("x", 1, 8, 6, 6)
                .constant("w", small, 8, 8, 1, 1)
                .constant("b", new float[8], 8)
                .node("Abs x -> a")
                .node("Conv a w b -> y")
                .output("y", 1, 8, 6, 6)
                .network();
        Int8 int8 = calibrated(network);
        Reference reference = Reference.of(network, items(network, 8));

        double plain = reference
                .difference(int8.quantized(
                        new Int8Options(CalibrationMethod.MINMAX, 7, false, Rounding.NEAREST, ActivationGrid.UNSIGNED),
                        node -> true))
                .signalToNoise();
        double corrected = reference
                .difference(int8.quantized(
                        new Int8Options(CalibrationMethod.MINMAX, 7, true, Rounding.NEAREST, ActivationGrid.UNSIGNED),
                        node -> true))
                .signalToNoise();

        assertThat(corrected).isGreaterThan(plain + 3);
    }

    @Test
    void calibrated_ofAnOldNetworkWithAnOperatorThatChanged_isRefused() {
        Network network = Sketch.opset(9)
                .input("x", 1, 3, 4, 4)
                .weight("w", 4, 3, 1, 1)
                .constant("scales", new float[] {1, 1, 2, 2}, 4)
                .node("Conv x w -> a")
                .node("Upsample a scales -> y", Map.of("mode", new Attribute.Text("nearest", false)))
                .output("y", 1, 4, 8, 8)
                .network();

        assertThatThrownBy(() -> calibrated(network))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("Upsample");
    }

    @Test
    void slice_ofAnOldNetwork_getsItsEndsAsInputs() {
        Network network = Sketch.opset(9)
                .input("x", 1, 3, 6, 6)
                .weight("w", 4, 3, 1, 1)
                .node(
                        "Slice x -> a",
                        Map.of(
                                "starts", Sketch.ints(1L, 0L),
                                "ends", Sketch.ints(5L, 3L),
                                "axes", Sketch.ints(2L, 3L)))
                .node("Conv a w -> y")
                .output("y", 1, 4, 4, 3)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        assertAnswersNearlyAs(network, quantized);
    }

    @Test
    void quantized_withSensitivities_leavesOutWhatIsNotWanted() {
        Network network = residual(17);
        Int8 int8 = calibrated(network);
        Reference reference = Reference.of(network, items(network, 4));
        List<Int8.Sensitivity> found = int8.sensitivities(SEVEN, reference, () -> {}).stream()
                .filter(one -> !one.layer().inputs().contains("w2"))
                .toList();

        Network quantized = int8.quantized(SEVEN, node -> !node.inputs().contains("w2"), found, 1);

        assertThat(quantized.initializers().get("w2"))
                .isEqualTo(network.initializers().get("w2"));
        assertThat(Kernels.of(quantized, items(network, 1).get(0), 2).integerLayers())
                .isEqualTo(2);
    }

    @Test
    void quantized_ofAGemmAlone_works() {
        Network network = Sketch.opset(17)
                .input("x", -1, 16)
                .weight("w", 16, 4)
                .weight("b", 4)
                .node("Gemm x w b -> y")
                .output("y", -1, 4)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        assertAnswersNearlyAs(network, quantized);
    }

    @Test
    void calibrated_withoutLayers_isRefused() {
        Network plain = Sketch.opset(17)
                .input("x", 1, 4)
                .node("Tanh x -> y")
                .output("y", 1, 4)
                .network();
        Network quantized = calibrated(residual(17)).quantized(SEVEN, node -> true);

        assertThatThrownBy(() -> calibrated(plain))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("none that can be quantised (expected: ");
        assertThatThrownBy(() -> calibrated(quantized))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("none that can be quantised, the network is quantised already (expected: ");
    }

    @Test
    void bias_ofAChannelOfTinyWeights_isKept() {
        float[] weights = new float[4 * 3];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i < 3 ? 1e-9f : i < 6 ? 0 : 0.1f * i;
        }
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 6, 6)
                .constant("w", weights, 4, 3, 1, 1)
                .constant("b", new float[] {0.1f, 0.3f, 0.2f, -0.7f}, 4)
                .node("Conv x w b -> y")
                .output("y", 1, 4, 6, 6)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        assertThat(Reference.of(network, items(network, 4))
                        .difference(quantized)
                        .largest())
                .isLessThan(0.02);
    }

    @Test
    void quantized_ofWeightsThatTwoLayersShare_givesEachItsGrid() {
        Network network = Sketch.opset(17)
                .input("x", -1, 8)
                .weight("w", 8, 5)
                .node("Gemm x w -> a")
                .node("Relu a -> b")
                .node("Gemm b w -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 8)
                .network();

        Network quantized = calibrated(network).quantized(SEVEN, node -> true);

        assertAnswersNearlyAs(network, quantized);
    }

    @Test
    void limits_ofAnswersThatAreNoNumbers_areBroken() {
        Network network = residual(17);
        Network broken = Sketch.opset(17)
                .input("x", -1, 3, 8, 8)
                .weight("w4", 10, 3)
                .constant("nan", new float[] {Float.NaN}, 1)
                .node("GlobalAveragePool x -> p")
                .node("Flatten p -> f")
                .node("Gemm f w4 -> g", Map.of("transB", Sketch.of(1L)))
                .node("Mul g nan -> y")
                .output("y", -1, 10)
                .network();

        Comparison comparison = Comparison.of(
                network,
                Sketch.shapes(network),
                broken,
                Sketch.shapes(broken),
                Evidence.random(network, Sketch.shapes(network), 1),
                0.05);

        assertThat(new Limits(1000, 1, 1).broken(comparison))
                .singleElement()
                .asString()
                .contains("numbers");
        assertThat(new Limits(1000, 1, 1)
                        .broken(Comparison.of(
                                network,
                                Sketch.shapes(network),
                                network,
                                Sketch.shapes(network),
                                Evidence.random(network, Sketch.shapes(network), 1),
                                0.05)))
                .isEmpty();
    }

    @Test
    void sensitivities_ofALayerWhoseErrorMakesNoNumbers_nameItFirst() {
        Network network = Sketch.opset(17)
                .input("x", 1, 8, 6, 6)
                .weight("w1", 8, 8, 1, 1)
                .weight("w2", 0, 1e-3, 8, 8, 1, 1)
                .constant("tiny", new float[] {1e-6f}, 1)
                .weight("w3", 8, 8, 1, 1)
                .node("Conv x w1 -> a")
                .node("Abs a -> b")
                .node("Conv b w2 -> c")
                .node("Sub c tiny -> d") // above 0, but for what is rounded to 0
                .node("Log d -> e")
                .node("Conv e w3 -> y")
                .output("y", 1, 8, 6, 6)
                .network();
        Int8 int8 = calibrated(network);
        List<Map<String, Tensor>> small = items(network, 4).stream()
                .map(item -> Map.of("x", scaled(item.get("x"), 0.01f)))
                .toList();

        List<Int8.Sensitivity> found = int8.sensitivities(SEVEN, Reference.of(network, small), () -> {});

        assertThat(found.get(0).signalToNoise()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(found.get(2).signalToNoise()).isFinite();
    }

    private static Tensor scaled(@Nullable Tensor tensor, float factor) {
        float[] values = Objects.requireNonNull(tensor).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.of(values, tensor.shape());
    }
}
