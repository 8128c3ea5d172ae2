package dev.narrows.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Shapes.Shape;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkShapesTest {

    private static final Dim N = new Dim.Symbol("N");
    private static final Dim T = new Dim.Symbol("T");

    private static ValueInfo value(String name, ElementType type, Dim... dims) {
        return ValueInfo.of(name, TensorType.of(type, List.of(dims)));
    }

    private static ValueInfo floats(String name, Dim... dims) {
        return value(name, ElementType.FLOAT, dims);
    }

    private static Node node(String op, String in, String out, Map<String, Attribute> attributes) {
        return Node.of("", op, List.of(in.split(" ", -1)), List.of(out.split(" ", -1)), attributes);
    }

    private static Node node(String op, String in, String out) {
        return node(op, in, out, Map.of());
    }

    private static ConstantTensor longs(String name, long... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            data.putLong(value);
        }
        return new ConstantTensor(name, ElementType.INT64, List.of((long) values.length), data.flip(), List.of(), "");
    }

    private static Network network(
            List<ValueInfo> inputs, List<ValueInfo> outputs, List<Node> nodes, ConstantTensor... weights) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
        for (ConstantTensor weight : weights) {
            initializers.put(weight.name(), weight);
        }
        return new Network(
                "test",
                8,
                List.of(new OpsetImport("", 17)),
                inputs,
                outputs,
                nodes,
                initializers,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    private static Shape shape(Shapes shapes, String name) {
        return shapes.of(name).orElseThrow();
    }

    @Test
    void infer_barista_knowsEveryValueAndItsBatch() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shape(shapes, "code")).isEqualTo(new Shape(ElementType.FLOAT, List.of(1L, 4L, 10L, 25L), true));
        assertThat(shape(shapes, "pcm")).isEqualTo(new Shape(ElementType.FLOAT, List.of(1L, 32_000L), true));
        assertThat(shapes.unsteady()).isEmpty();
        assertThat(network.nodes())
                .allSatisfy(node -> assertThat(shapes.types().keySet())
                        .containsAll(node.outputs().stream()
                                .filter(name -> !name.isEmpty())
                                .toList()));
    }

    @Test
    void infer_freeBatch_tellsWhatCountsItems() {
        Network network = network(
                List.of(floats("x", N, Dim.of(6))),
                List.of(floats("y", N, Dim.of(3), Dim.of(2))),
                List.of(
                        node("Reshape", "x to", "y"),
                        node("Shape", "x", "s"),
                        node("Transpose", "y", "t", Map.of("perm", new Attribute.Ints(List.of(1L, 0L, 2L)))),
                        node("Reshape", "y flat", "f")),
                longs("to", -1, 3, 2),
                longs("flat", -1, 2));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shape(shapes, "y")).isEqualTo(new Shape(ElementType.FLOAT, List.of(1L, 3L, 2L), true));
        assertThat(shape(shapes, "s")).isEqualTo(new Shape(ElementType.INT64, List.of(2L), false));
        assertThat(shape(shapes, "to")).isEqualTo(new Shape(ElementType.INT64, List.of(3L), false));
        assertThat(shapes.unsteady()).containsExactlyInAnyOrder("t", "f");
        assertThat(shape(shapes, "t").dims()).containsExactly(3L, 1L, 2L);
    }

    @Test
    void infer_batchThatTheGraphFixes_isNotFree() {
        Network network = network(
                List.of(floats("x", N, Dim.of(6))),
                List.of(floats("y", Dim.of(1), Dim.of(6))),
                List.of(node("Reshape", "x to", "y")),
                longs("to", 1, -1));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shape(shapes, "x").batchAxis()).isFalse();
        assertThat(shape(shapes, "y").batchAxis()).isFalse();
        assertThat(shapes.unsteady()).isEmpty();
    }

    @Test
    void infer_batchOfAnotherInputElsewhere_isNotFree() {
        Network network = network(
                List.of(floats("x", N, Dim.of(4)), floats("state", Dim.of(2), N, Dim.of(4))),
                List.of(floats("y", Dim.of(2), N, Dim.of(4))),
                List.of(node("Add", "x state", "y")));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shape(shapes, "y")).isEqualTo(new Shape(ElementType.FLOAT, List.of(2L, 1L, 4L), false));
        assertThat(shape(shapes, "x").batchAxis()).isFalse();
    }

    @Test
    void infer_freeLength_isDemanded() {
        Network network =
                network(List.of(floats("x", N, T)), List.of(floats("y", N, T)), List.of(node("Exp", "x", "y")));
        assertThatThrownBy(() -> NetworkShapes.infer(network, Map.of()))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("axis 1 \"T\"")
                .hasMessageContaining("--shape x=1,?")
                .hasMessageContaining("input \"x\"");
        Shapes shapes = NetworkShapes.infer(network, Map.of("x", List.of(-1L, 5L)));
        assertThat(shape(shapes, "y")).isEqualTo(new Shape(ElementType.FLOAT, List.of(1L, 5L), true));
    }

    @Test
    void infer_wrongGivenShape_isRefused() {
        Network network = network(
                List.of(floats("x", N, Dim.of(4))), List.of(floats("y", N, Dim.of(4))), List.of(node("Exp", "x", "y")));
        assertThatThrownBy(() -> NetworkShapes.infer(network, Map.of("x", List.of(1L, 5L))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("shape: [1, 5] (expected: to fit [N, 4]), input \"x\"");
        assertThatThrownBy(() -> NetworkShapes.infer(network, Map.of("q", List.of(1L))))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("input: \"q\" (expected: one of [x])");
    }

    @Test
    void infer_shapeThatDependsOnData_isUnsteady() {
        Network network = network(
                List.of(floats("x", Dim.of(8))),
                List.of(floats("y", Dim.of(8)), value("n", ElementType.INT64, Dim.of(1), new Dim.Unknown())),
                List.of(
                        node("Exp", "x", "y"),
                        node("Relu", "x", "r"),
                        node("NonZero", "r", "n"),
                        node("Mul", "n n", "m")));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shapes.unsteady()).contains("n", "m").doesNotContain("r", "y");
        assertThat(shapes.steady("n")).isEmpty();
    }

    @Test
    void infer_sequence_isLeftOut() {
        Network network = network(
                List.of(floats("x", Dim.of(4))),
                List.of(floats("y", Dim.of(4))),
                List.of(
                        node("SplitToSequence", "x", "parts", Map.of("axis", new Attribute.IntValue(0))),
                        node("Identity", "parts", "same"),
                        node("ConcatFromSequence", "same", "y", Map.of("axis", new Attribute.IntValue(0)))));
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shapes.of("parts")).isEmpty();
        assertThat(shapes.of("same")).isEmpty();
        assertThat(shape(shapes, "y").dims()).containsExactly(4L);
    }

    @Test
    void infer_samples_standForRandomItems() {
        Network network = network(
                List.of(floats("x", Dim.of(4)), value("i", ElementType.INT64, Dim.of(1))),
                List.of(floats("y", Dim.of(1))),
                List.of(node("Slice", "x i end", "y")),
                longs("end", 4));
        Shapes shapes = NetworkShapes.infer(network, Map.of(), Map.of("i", Tensor.of(new long[] {3}, 1)));
        assertThat(shape(shapes, "y").dims()).containsExactly(1L);
    }

    @Test
    void infer_networkThatCannotRunOnRandomItems_fallsBackOnWhatTheRuntimeInfers() {
        Network network = network(
                List.of(floats("x", N, Dim.of(4)), value("to", ElementType.INT64, Dim.of(3))),
                List.of(floats("y")),
                List.of(node("Exp", "x", "e"), node("Reshape", "e to", "y")));
        // random lengths of 0 and 1 do not multiply to 4
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        assertThat(shape(shapes, "e").dims()).containsExactly(1L, 4L);
        assertThat(shapes.of("y")).isEmpty();
    }

    @Test
    void infer_unknownOperator_isUnsupported() {
        Network network = network(
                List.of(floats("x", Dim.of(4))), List.of(floats("y", Dim.of(4))), List.of(node("NoSuch", "x", "y")));
        assertThatThrownBy(() -> NetworkShapes.infer(network, Map.of())).isInstanceOf(UnsupportedException.class);
    }

    @Test
    void pinned_lengths_followTheirNames() {
        Network network = network(
                List.of(floats("x", N, T), floats("state", Dim.of(2), N, new Dim.Unknown())),
                List.of(floats("y", N, T)),
                List.of(node("Exp", "x", "y")));
        Network pinned = NetworkShapes.pinned(network, Map.of("x", List.of(1L, -1L), "state", List.of(2L, -1L, 8L)));
        assertThat(pinned.inputs().get(0).type()).contains(TensorType.of(ElementType.FLOAT, List.of(Dim.of(1), T)));
        assertThat(pinned.inputs().get(1).type())
                .contains(TensorType.of(ElementType.FLOAT, List.of(Dim.of(2), Dim.of(1), Dim.of(8))));
    }
}
