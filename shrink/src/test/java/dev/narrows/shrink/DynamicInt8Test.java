package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DynamicInt8Test {

    private static Network quantized(Network network, boolean convolutions, Predicate<Node> wanted) {
        return DynamicInt8.quantized(network, Sketch.shapes(network), 7, convolutions, wanted);
    }

    private static Kernels kernels(Network network) {
        return Kernels.of(network, Sketch.reference(network).items().get(0), 1);
    }

    /** Gemms of either kind, with and without bias, and a MatMul. */
    private static Network products(long opset) {
        return Sketch.opset(opset)
                .input("x", -1, 128)
                .weight("w1", 160, 128)
                .weight("b1", 160)
                .weight("w2", 160, 128)
                .weight("b2", 128)
                .weight("w3", 128, 130)
                .node("Gemm x w1 b1 -> a", Map.of("transB", Sketch.of(1L)))
                .node("Tanh a -> b")
                .node("Gemm b w2 b2 -> c")
                .node("Tanh c -> d")
                .node("MatMul d w3 -> y")
                .output("y", -1, 130)
                .network();
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 10, 11, 13, 21})
    void quantized_anyOpset_runsProductsOnBytes(long opset) {
        Network network = products(opset);

        Network quantized = quantized(network, false, node -> true);

        assertThat(kernels(quantized).byOperator().keySet()).containsExactly("DynamicQuantizeMatMul", "Tanh");
        assertThat(kernels(quantized).integerLayers()).isEqualTo(3);
        // three layers, each with weights rounded to 63 steps of either sign and inputs to 256, and tanh near its ends
        assertThat(Sketch.reference(network).difference(quantized).mean()).isLessThan(0.05);
        assertThat(quantized.opset()).isEqualTo(opset);
        assertThat(quantized.inputs()).isEqualTo(network.inputs());
        assertThat(quantized.outputs()).isEqualTo(network.outputs());
        assertThat(quantized.metadata()).isEqualTo(network.metadata());
        assertThat(quantized.initializers()).doesNotContainKeys("w1", "w2", "w3");
        assertThat(Footprint.of(quantized, Sketch.shapes(quantized)).macs())
                .isEqualTo(Footprint.of(network, Sketch.shapes(network)).macs());
    }

    @Test
    void quantized_withAKeptLayer_leavesItInFloat32() {
        Network network = products(17);

        Network quantized = quantized(network, false, node -> !node.is("MatMul"));

        assertThat(kernels(quantized).floatLayers()).isOne();
        assertThat(quantized.initializers().get("w3"))
                .isEqualTo(network.initializers().get("w3"));
    }

    @ParameterizedTest
    @CsvSource({"forward, 1", "bidirectional, 2"})
    void quantized_ofAnLstm_runsOnBytes(String direction, long directions) {
        Network network = Sketch.opset(14)
                .input("x", 6, 1, 12)
                .weight("w", -0.5, 0.5, directions, 64, 12)
                .weight("r", -0.5, 0.5, directions, 64, 16)
                .weight("b", directions, 128)
                .node(
                        "LSTM x w r b -> a last",
                        Map.of("hidden_size", Sketch.of(16L), "direction", new Attribute.Text(direction, false)))
                .node("Add a last -> y")
                .output("y", 6, directions, 1, 16)
                .network();

        Network quantized = quantized(network, false, node -> true);

        assertThat(kernels(quantized).byOperator())
                .containsKey("DynamicQuantizeLSTM")
                .doesNotContainKey("LSTM");
        assertThat(Sketch.reference(network).difference(quantized).mean())
                .isLessThan(0.03)
                .isPositive();
        assertThat(Footprint.of(quantized, Sketch.shapes(quantized)).macs())
                .isEqualTo(Footprint.of(network, Sketch.shapes(network)).macs());
    }

    @Test
    void quantized_ofConvolutions_leavesThemUnlessAskedFor() {
        Network network = Sketch.opset(13)
                .input("x", -1, 32, 6, 6)
                .weight("w1", 64, 32, 3, 3)
                .weight("b1", 64)
                .weight("w2", 64, 32, 3, 3)
                .weight("w3", 64, 1024)
                .weight("b3", 64)
                .node("Conv x w1 b1 -> a", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L)))
                .node("Relu a -> b")
                .node("Conv b w2 -> c", Map.of("group", Sketch.of(2L)))
                .node("Flatten c -> d")
                .node("Gemm d w3 b3 -> y", Map.of("transB", Sketch.of(1L)))
                .output("y", -1, 64)
                .network();

        Network products = quantized(network, false, node -> true);
        Network all = quantized(network, true, node -> true);

        assertThat(products.initializers()).containsKeys("w1", "w2");
        assertThat(kernels(products).integerLayers()).isOne();
        assertThat(kernels(all).byOperator().get("ConvInteger"))
                .extracting(Kernels.Kernel::count)
                .isEqualTo(2.0);
        assertThat(kernels(all).floatLayers()).isZero();
        assertThat(Sketch.reference(network).difference(products).mean()).isLessThan(0.02);
        assertThat(Sketch.reference(network).difference(all).mean()).isLessThan(0.03);
    }

    @Test
    void quantized_ofConvolutionsBeforeTheirOpset_isRefused() {
        assertThatThrownBy(() -> quantized(products(10), true, node -> true))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("opset: 10 (expected: 11");
    }

    @Test
    void quantized_ofSmallLayersAlone_isRefused() {
        Network network = Sketch.opset(17)
                .input("x", -1, 8)
                .weight("w", 8, 8)
                .node("MatMul x w -> y")
                .output("y", -1, 8)
                .network();

        assertThatThrownBy(() -> quantized(network, false, node -> true))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("layers: none");
    }

    @Test
    void quantized_ofAZooNetwork_answersNearlyTheSame() {
        Network network = Zoo.build(Architecture.parse("mlp"), new InputShape.Image(3, 16, 16), 10, 1);

        Network quantized = quantized(network, false, node -> true);

        assertThat(kernels(quantized).integerLayers()).isPositive();
        assertThat(Sketch.reference(network).difference(quantized).mean()).isLessThan(0.03);
    }
}
