package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.plan.RandomItems;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class QuantizationPlanTest {

    private static final Int8Options SEVEN = Int8Options.DEFAULT.withWeightBits(7); // exact on every processor
    private static final Map<String, Attribute> CHANNELS = Map.of("axis", Sketch.of(1L));

    private static List<Map<String, Tensor>> items(Network network) {
        return RandomItems.of(network, Sketch.shapes(network), 8, 5);
    }

    private static Network quantized(Network network) {
        return Int8.calibrated(network, Sketch.shapes(network), items(network)).quantized(SEVEN, node -> true);
    }

    private static QuantizationPlan plan(Network network) {
        return QuantizationPlan.of(network, Sketch.shapes(network), node -> true);
    }

    @Test
    void plan_ofWhatComesBehindTheLastLayer_leavesItInFloats() {
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 6, 6)
                .weight("w", 4, 3, 1, 1)
                .weight("v", -90.0, 90.0, 4, 3, 1, 1)
                .node("Conv x w -> a")
                .node("Sigmoid a -> b")
                .node("Conv x v -> c")
                .node("Concat b c -> y", CHANNELS) // from 0 to 1 beside hundreds
                .output("y", 1, 8, 6, 6)
                .network();

        Network quantized = quantized(network);

        assertThat(plan(network).values()).containsExactlyInAnyOrder("x", "a", "c");
        Kernels kernels = Kernels.of(quantized, items(network).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(2);
        assertThat(kernels.byOperator()).containsKeys("Sigmoid", "Concat");
    }

    @Test
    void plan_ofAConcatOfRelus_letsThemShareItsGrid() {
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 6, 6)
                .weight("w", 4, 3, 1, 1)
                .weight("v", -9.0, 9.0, 4, 3, 1, 1)
                .weight("u", 2, 8, 1, 1)
                .node("Conv x w -> a")
                .node("Relu a -> b")
                .node("Conv x v -> c")
                .node("Relu c -> d")
                .node("Concat b d -> e", CHANNELS)
                .node("Conv e u -> y")
                .output("y", 1, 2, 6, 6)
                .network();

        Network quantized = quantized(network);

        assertThat(plan(network).sameGrid()).containsOnly(Map.entry("b", "e"), Map.entry("d", "e"));
        float[] scale = Sketch.floats(quantized, "e.scale");
        assertThat(Sketch.floats(quantized, "b.scale")).isEqualTo(scale);
        assertThat(Sketch.floats(quantized, "d.scale")).isEqualTo(scale);
        Kernels kernels = Kernels.of(quantized, items(network).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(3);
        assertThat(kernels.byOperator()).doesNotContainKeys("Relu", "Concat");
        assertThat(Reference.of(network, items(network)).difference(quantized).mean())
                .isLessThan(0.05);
    }

    @Test
    void plan_ofAConcatOfAReluAndWhatIsNegative_keepsTheRelusOwnGrid() {
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 6, 6)
                .weight("w", 4, 3, 1, 1)
                .weight("v", 4, 3, 1, 1)
                .weight("u", 2, 8, 1, 1)
                .node("Conv x w -> a")
                .node("Relu a -> b")
                .node("Conv x v -> c")
                .node("Concat b c -> e", CHANNELS)
                .node("Conv e u -> y")
                .output("y", 1, 2, 6, 6)
                .network();

        assertThat(plan(network).sameGrid()).containsOnly(Map.entry("c", "e"));
        assertThat(Kernels.of(quantized(network), items(network).get(0), 2).byOperator())
                .doesNotContainKeys("Relu", "Conv", "Concat");
    }

    @Test
    void range_ofWhatASiluReads_doesNotReachWhereItIsFlat() {
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 6, 6)
                .weight("w", -30.0, 30.0, 4, 3, 1, 1)
                .weight("u", 2, 4, 1, 1)
                .node("Conv x w -> a")
                .node("Sigmoid a -> s")
                .node("Mul a s -> b")
                .node("Conv b u -> y")
                .output("y", 1, 2, 6, 6)
                .network();
        Calibration seen = Calibration.of(network, plan(network), items(network));

        Range wide = seen.range("a", CalibrationMethod.MINMAX, ActivationGrid.UNSIGNED);
        Range range = seen.range(
                "a",
                CalibrationMethod.MINMAX,
                Objects.requireNonNull(
                        SaturatingReaders.of(network, Sketch.shapes(network)).get("a")));

        assertThat(wide.low()).isLessThan(-20);
        assertThat(range.low()).isBetween(-12.0, -2.0); // SiLU is within 0.0001 of 0 at -12, and least at -1.28
        assertThat(range.high()).isCloseTo(wide.high(), within(0.05 * wide.high()));
        assertThat(SaturatingReaders.of(network, Sketch.shapes(network))).containsOnlyKeys("a");
    }

    @Test
    void quantized_ofAnOldNetworkWithAPooling_poolsBytes() {
        Network network = Sketch.opset(7)
                .input("x", 1, 3, 8, 8)
                .weight("w", 16, 3, 3, 3)
                .weight("v", 4, 16, 3, 3)
                .node(
                        "Pad x -> p",
                        Map.of("pads", Sketch.ints(0L, 0L, 1L, 1L, 0L, 0L, 1L, 1L), "value", Sketch.of(0.5f)))
                .node("Conv p w -> a")
                .node("Clip a -> b", Map.of("min", Sketch.of(0f), "max", Sketch.of(2f)))
                .node("MaxPool b -> c", Map.of("kernel_shape", Sketch.ints(2L, 2L), "strides", Sketch.ints(2L, 2L)))
                .node("Conv c v -> y")
                .output("y", 1, 4, 2, 2)
                .network();

        Network quantized = quantized(network);

        assertThat(quantized.opset()).isEqualTo(12);
        Kernels kernels = Kernels.of(quantized, items(network).get(0), 2);
        assertThat(kernels.integerLayers()).isEqualTo(2);
        assertThat(kernels.byOperator().get("DequantizeLinear"))
                .isNotNull()
                .satisfies(kernel -> assertThat(kernel.count()).isOne()); // of the answer, and none around the pooling
        assertThat(Reference.of(network, items(network)).difference(quantized).mean())
                .isLessThan(0.05);
    }

    @Test
    void quantized_ofAnOldNetworkWithAPoolingAndAResize_staysOfItsOpset() {
        Network network = Sketch.opset(10)
                .input("x", 1, 3, 8, 8)
                .weight("w", 4, 3, 1, 1)
                .constant("scales", new float[] {1, 1, 2, 2}, 4)
                .node("Conv x w -> a")
                .node("MaxPool a -> b", Map.of("kernel_shape", Sketch.ints(2L, 2L), "strides", Sketch.ints(2L, 2L)))
                .node("Resize b scales -> y")
                .output("y", 1, 4, 8, 8)
                .network();

        Network quantized = quantized(network);

        assertThat(quantized.opset()).isEqualTo(10);
        assertThat(Reference.of(network, items(network)).difference(quantized).mean())
                .isLessThan(0.05);
    }
}
