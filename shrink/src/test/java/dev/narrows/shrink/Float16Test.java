package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.plan.RandomItems;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Float16Test {

    private static final Map<String, Attribute> PADDED = Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L));

    private static Network computed(Network network, Predicate<Node> wanted) {
        Shapes shapes = Sketch.shapes(network);
        return Float16.computed(network, shapes, RandomItems.of(network, shapes, 4, 5), wanted);
    }

    private static Network computed(Network network) {
        return computed(network, node -> true);
    }

    private static double meanError(Network network, Network changed) {
        return Sketch.reference(network).difference(changed).mean();
    }

    /** The types that the values of a network have in the runtime. */
    private static ElementType type(Network network, String value) {
        return Sketch.shapes(network).of(value).orElseThrow().element();
    }

    private static long casts(Network network) {
        return network.nodes().stream().filter(node -> node.is("Cast")).count();
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 9, 10, 13, 17, 21})
    void computed_anyOpset_castsAtTheBordersOnly(long opset) {
        Network network = Sketch.opset(opset)
                .input("x", -1, 3, 8, 8)
                .weight("w1", 8, 3, 3, 3)
                .weight("b1", 8)
                .weight("w2", 8, 8, 3, 3)
                .weight("w3", 8, 10)
                .weight("b3", 10)
                .node("Conv x w1 b1 -> a", PADDED)
                .node("Relu a -> b")
                .node("Conv b w2 -> c", PADDED)
                .node("Add b c -> d")
                .node("MaxPool d -> e", Map.of("kernel_shape", Sketch.ints(2L, 2L)))
                .node("GlobalAveragePool e -> f")
                .node("Flatten f -> g")
                .node("Gemm g w3 b3 -> y")
                .output("y", -1, 10)
                .network();

        Network computed = computed(network);

        assertThat(casts(computed)).isEqualTo(2);
        assertThat(computed.inputs()).isEqualTo(network.inputs());
        assertThat(computed.outputs()).isEqualTo(network.outputs());
        assertThat(computed.opsets()).isEqualTo(network.opsets());
        assertThat(computed.metadata()).isEqualTo(network.metadata());
        assertThat(computed.initializers().values())
                .hasSameSizeAs(network.initializers().values())
                .allMatch(tensor -> tensor.type() == ElementType.FLOAT16);
        assertThat(type(computed, "d")).isEqualTo(ElementType.FLOAT16);
        // 2⁻¹¹ of a weight and of each layer's values at most
        assertThat(meanError(network, computed)).isLessThan(0.002).isPositive();
        assertThat(OnnxReader.read(OnnxWriter.write(computed), OnnxReader.ExternalData.NONE))
                .isEqualTo(computed);
        assertThat(meanError(network, Widening.toFloat32(computed))).isLessThan(0.002);
    }

    @Test
    void computed_ofStatistics_leavesThemInFloat32() {
        Network network = Sketch.opset(17)
                .input("x", -1, 32)
                .weight("w", 32, 32)
                .constant("epsilon", new float[] {1e-6f}, 1)
                .constant("two", new float[] {2}, 1)
                .constant("small", new float[] {1e-4f}, 1)
                .node("MatMul x w -> a")
                .node("Mul a small -> b")
                .node("Mul b b -> square") // 1e-8: nothing in float16
                .node("ReduceMean square -> mean", Map.of("axes", Sketch.ints(1L)))
                .node("Add mean epsilon -> floored")
                .node("Sqrt floored -> deviation")
                .node("Div b deviation -> c")
                .node("MatMul c w -> y")
                .output("y", -1, 32)
                .network();

        Network computed = computed(network);

        for (String value : List.of("square", "mean", "floored", "deviation")) {
            assertThat(type(computed, value)).as(value).isEqualTo(ElementType.FLOAT);
        }
        assertThat(type(computed, "a")).isEqualTo(ElementType.FLOAT16);
        assertThat(meanError(network, computed)).isLessThan(0.005);
    }

    @Test
    void computed_ofValuesThatFloat16HasNot_leavesThemInFloat32() {
        Network network = Sketch.opset(17)
                .input("x", -1, 16)
                .weight("w", 16, 16)
                .constant("million", new float[] {1e6f}, 1)
                .constant("many", new float[] {300}, 1)
                .node("MatMul x w -> a")
                .node("Mul a million -> b")
                .node("Relu b -> c") // too large, though no constant is
                .node("Div c million -> d")
                .node("Mul d many -> e")
                .node("Mul e many -> f") // may be beyond 65,504 / 4
                .node("Tanh f -> g")
                .node("MatMul g w -> y")
                .output("y", -1, 16)
                .network();

        Network computed = computed(network);

        assertThat(type(computed, "a")).isEqualTo(ElementType.FLOAT16);
        assertThat(type(computed, "b")).isEqualTo(ElementType.FLOAT);
        assertThat(type(computed, "c")).isEqualTo(ElementType.FLOAT);
        assertThat(type(computed, "f")).isEqualTo(ElementType.FLOAT);
        assertThat(meanError(network, computed)).isLessThan(0.005);
    }

    @Test
    void computed_ofLengthsAndPositions_leavesThemInFloat32() {
        Network network = Sketch.opset(13)
                .input("x", 1, 3, 6, 6)
                .weight("w", 4, 3, 3, 3)
                .constant("roi", new float[0], 0)
                .constant("two", new float[] {2}, 1)
                .constant("from", 2)
                .constant("to", 4)
                .node("Conv x w -> a", PADDED)
                .node("Shape a -> s")
                .node("Cast s -> lengths", Map.of("to", Sketch.of(1L)))
                .node("Mul lengths two -> doubled")
                .node("Div doubled lengths -> scales") // 2 for all axes
                .constant("ones", new float[] {1, 1}, 2)
                .node("Slice scales from to -> spatial")
                .node("Concat ones spatial -> scale", Map.of("axis", Sketch.of(0L)))
                .node("Resize a roi scale -> b", Map.of("mode", new Attribute.Text("nearest", false)))
                .node("Relu b -> y")
                .output("y", 1, 4, 12, 12)
                .network();

        Network computed = computed(network);

        assertThat(type(computed, "scale")).isEqualTo(ElementType.FLOAT);
        assertThat(type(computed, "a")).isEqualTo(ElementType.FLOAT16);
        assertThat(type(computed, "b")).isEqualTo(ElementType.FLOAT16);
        assertThat(casts(computed)).isEqualTo(3); // there and back, and the one of the lengths
        assertThat(meanError(network, computed)).isLessThan(0.002);
    }

    @Test
    void computed_ofAConstantNode_castsIt() {
        Network network = Sketch.opset(13)
                .input("x", -1, 16)
                .weight("w", 16, 16)
                .node(
                        "Constant -> c",
                        Map.of("value", new Attribute.TensorValue(ConstantTensor.of("", List.of(1L), 0.3f))))
                .node("MatMul x w -> a")
                .node("Add a c -> y")
                .output("y", -1, 16)
                .network();

        Network computed = computed(network);

        assertThat(type(computed, "c")).isEqualTo(ElementType.FLOAT);
        assertThat(casts(computed)).isEqualTo(3);
        assertThat(meanError(network, computed)).isLessThan(0.002);
    }

    @Test
    void computed_ofASubgraph_leavesItAndWhatItReadsInFloat32() {
        Network network = Conditional.network();

        Network computed = computed(network);

        assertThat(type(computed, "b")).isEqualTo(ElementType.FLOAT);
        assertThat(computed.initializers().get("own"))
                .extracting(ConstantTensor::type)
                .isEqualTo(ElementType.FLOAT16);
        assertThat(computed.initializers().get("shared"))
                .extracting(ConstantTensor::type)
                .isEqualTo(ElementType.FLOAT); // and once more for the product outside
        assertThat(computed.initializers().get("shared.float16"))
                .extracting(ConstantTensor::type)
                .isEqualTo(ElementType.FLOAT16);
        assertThat(meanError(network, computed)).isLessThan(0.005);
    }

    @Test
    void computed_withAKeptNode_leavesItInFloat32() {
        Network network = Sketch.opset(13)
                .input("x", -1, 16)
                .weight("w", 16, 16)
                .weight("v", 16, 16)
                .node("MatMul x w -> a")
                .node("Tanh a -> b")
                .node("MatMul b v -> y")
                .output("y", -1, 16)
                .network();

        Network computed = computed(network, node -> !node.inputs().contains("v"));

        assertThat(computed.initializers().get("v"))
                .isEqualTo(network.initializers().get("v"));
        assertThat(casts(computed)).isEqualTo(2);
    }

    @Test
    void computed_ofRecurrentLayersAndAnEmbedding_answersNearlyTheSame() {
        Network network = Sketch.opset(14)
                .input("x", 6, 1, 12)
                .weight("w", -0.5, 0.5, 1, 64, 12)
                .weight("r", -0.5, 0.5, 1, 64, 16)
                .weight("b", 1, 128)
                .constant("token", 3)
                .weight("table", 20, 16)
                .node("LSTM x w r b -> a", Map.of("hidden_size", Sketch.of(16L)))
                .node("Gather table token -> t")
                .node("Add a t -> y")
                .output("y", 6, 1, 1, 16)
                .network();

        Network computed = computed(network);

        assertThat(type(computed, "a")).isEqualTo(ElementType.FLOAT16);
        assertThat(meanError(network, computed)).isLessThan(0.002);
    }

    @Test
    void computed_ofANetworkWithoutSuchNodes_isRefused() {
        Network network = Sketch.opset(13)
                .input("x", -1, 16)
                .node("Exp x -> y")
                .output("y", -1, 16)
                .network();

        assertThatThrownBy(() -> computed(network))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("float16");
    }

    /** Errors are of 2⁻¹¹ a layer; the logits of the untrained MLP are what is left of sums that nearly cancel out. */
    @ParameterizedTest
    @CsvSource({"cnn:width=0.25, 0.003", "resnet:depth=8, 0.003", "mlp, 0.01", "mobilenet:width=0.25, 0.003"})
    void computed_ofZooNetworks_answersNearlyTheSame(String spec, double tolerance) {
        Network network = Zoo.build(Architecture.parse(spec), new InputShape.Image(3, 16, 16), 10, 1);
        Shapes shapes = Sketch.shapes(network);
        Network fused = Fusing.run(network, shapes, Sketch.reference(network), Fusing.passes())
                .network();

        Network computed = computed(fused);

        assertThat(casts(computed)).isEqualTo(2);
        assertThat(meanError(fused, computed)).isLessThan(tolerance).isPositive();
    }

    @Test
    void computed_ofANetworkWithItsFrontEnd_keepsItsPowersInFloat32() {
        Network network = Zoo.build(Architecture.parse("dscnn"), new InputShape.Sound(16_000, 16_000), 4, 1);
        Shapes shapes = Sketch.shapes(network);
        Network fused = Fusing.run(network, shapes, Sketch.reference(network), Fusing.passes())
                .network();

        Network computed = computed(fused);

        assertThat(computed.initializers().values())
                .anyMatch(tensor -> tensor.type() == ElementType.FLOAT16)
                .anyMatch(tensor -> tensor.name().contains("frontend.")
                        && tensor.name().contains("mel")
                        && tensor.type() == ElementType.FLOAT);
        // the spectrum is rounded to 2⁻¹¹ before it is squared
        assertThat(meanError(fused, computed)).isLessThan(0.01);
    }
}
