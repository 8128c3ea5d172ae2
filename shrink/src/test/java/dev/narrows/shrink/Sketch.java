package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Small networks for tests, drawn node by node, with seeded weights. */
final class Sketch {

    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private final long opset;

    private Sketch(long opset) {
        this.opset = opset;
    }

    static Sketch opset(long opset) {
        return new Sketch(opset);
    }

    Sketch input(String name, long... dims) {
        inputs.add(ValueInfo.of(name, type(dims)));
        return this;
    }

    /** Whole numbers. */
    Sketch places(String name, long... dims) {
        inputs.add(ValueInfo.of(
                name, TensorType.of(ElementType.INT64, type(dims).shape().orElseThrow())));
        return this;
    }

    Sketch output(String name, long... dims) {
        outputs.add(ValueInfo.of(name, type(dims)));
        return this;
    }

    /** Weights uniform in [-1, 1). */
    Sketch weight(String name, long... dims) {
        return weight(name, -1, 1, dims);
    }

    Sketch weight(String name, double from, double to, long... dims) {
        float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(from, to);
        }
        return constant(name, values, dims);
    }

    Sketch constant(String name, float[] values, long... dims) {
        initializers.put(name, ConstantTensor.of(name, boxed(dims), values));
        return this;
    }

    Sketch constant(String name, long... values) {
        initializers.put(name, ConstantTensor.of(name, boxed(values)));
        return this;
    }

    /** Elements of one byte each. */
    Sketch bytes(String name, ElementType type, byte[] values, long... dims) {
        initializers.put(name, new ConstantTensor(name, type, boxed(dims), ByteBuffer.wrap(values), List.of(), ""));
        return this;
    }

    /** {@code "Add a b -> c"}. */
    Sketch node(String text) {
        return node(text, Map.of());
    }

    Sketch node(String text, Map<String, Attribute> attributes) {
        String[] sides = text.split(" *-> *", -1);
        String[] left = sides[0].split(" ", -1);
        nodes.add(Node.of(
                "", left[0], List.of(left).subList(1, left.length), List.of(sides[1].split(" ", -1)), attributes));
        return this;
    }

    /** Scale, bias, mean and variance of so many channels. */
    Sketch norm(String name, long channels) {
        return weight(name + ".scale", channels)
                .weight(name + ".bias", channels)
                .weight(name + ".mean", channels)
                .weight(name + ".variance", 0.5, 2, channels);
    }

    Network network() {
        return new Network(
                "sketch",
                8,
                List.of(new OpsetImport("", opset)),
                inputs,
                outputs,
                nodes,
                initializers,
                Map.of(),
                Map.of("author", "nobody"),
                Network.Extras.NONE);
    }

    static Shapes shapes(Network network) {
        return NetworkShapes.infer(network, Map.of());
    }

    static Reference reference(Network network) {
        return Reference.of(network, RandomItems.of(network, shapes(network), 3, 1));
    }

    static Attribute ints(Long... values) {
        return new Attribute.Ints(List.of(values));
    }

    static Attribute of(long value) {
        return new Attribute.IntValue(value);
    }

    static Attribute of(float value) {
        return new Attribute.FloatValue(value);
    }

    static List<String> operators(Network network) {
        return network.nodes().stream().map(Node::opType).toList();
    }

    /** The elements of an initializer that must be there. */
    static float[] floats(Network network, String name) {
        return held(network, name).floats();
    }

    /** The lengths of an initializer that must be there. */
    static List<Long> dims(Network network, String name) {
        return held(network, name).dims();
    }

    private static ConstantTensor held(Network network, String name) {
        ConstantTensor tensor = network.initializers().get(name);
        if (tensor == null) {
            throw new AssertionError(
                    "no initializer " + name + " in " + network.initializers().keySet());
        }
        return tensor;
    }

    private static TensorType type(long... dims) {
        return TensorType.of(
                ElementType.FLOAT,
                boxed(dims).stream()
                        .map(dim -> dim < 0 ? (Dim) new Dim.Symbol("N") : new Dim.Known(dim))
                        .toList());
    }

    private static List<Long> boxed(long... dims) {
        return Arrays.stream(dims).boxed().toList();
    }
}
