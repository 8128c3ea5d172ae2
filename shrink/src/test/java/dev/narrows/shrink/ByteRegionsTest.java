package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.RandomItems;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ByteRegionsTest {

    /** Two convolutions with work to do, and a depthwise one with little between activations that have no byte kernel. */
    private static Network network() {
        return Sketch.opset(17)
                .input("x", 1, 8, 8, 8)
                .weight("w1", 8, 8, 3, 3)
                .weight("w2", 8, 1, 1, 1)
                .weight("w3", 16, 8, 3, 3)
                .node("Conv x w1 -> a", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L)))
                .node("Tanh a -> b")
                .node("Conv b w2 -> c", Map.of("group", Sketch.of(8L)))
                .node("Tanh c -> d")
                .node("Conv d w3 -> y", Map.of("pads", Sketch.ints(1L, 1L, 1L, 1L)))
                .output("y", 1, 16, 8, 8)
                .network();
    }

    private static List<String> weights(List<Node> layers) {
        return layers.stream().map(node -> node.inputs().get(1)).toList();
    }

    @Test
    void notWorthTheirBorders_ofALayerWithLittleWorkAmongFloats_isThatLayer() {
        Network network = network();
        Shapes shapes = Sketch.shapes(network);

        List<Node> found = ByteRegions.notWorthTheirBorders(
                network, QuantizationPlan.of(network, shapes, node -> true), Costs.of(network, shapes));

        assertThat(weights(found)).containsExactly("w2");
    }

    @Test
    void mixedPrecision_thatKeepsALayer_keepsIslandsToo() {
        Network network = network();
        List<Map<String, Tensor>> items = RandomItems.of(network, Sketch.shapes(network), 8, 5);
        Int8 int8 = Int8.calibrated(network, Sketch.shapes(network), items);
        List<Int8.Sensitivity> alone = int8.sensitivities(Int8Options.DEFAULT, Reference.of(network, items), () -> {});

        MixedPrecision mixed = MixedPrecision.of(
                int8,
                Int8Options.DEFAULT,
                node -> true,
                alone,
                changed -> changed.initializers().containsKey("w1"));

        assertThat(weights(mixed.kept().stream().map(Int8.Sensitivity::layer).toList()))
                .containsExactlyInAnyOrder("w1", "w2");
        Kernels kernels = Kernels.of(mixed.network(), items.get(0), 2);
        assertThat(kernels.integerLayers()).isOne();
        assertThat(kernels.floatLayers()).isEqualTo(2);
    }
}
