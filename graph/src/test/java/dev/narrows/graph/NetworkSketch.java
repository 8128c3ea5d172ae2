package dev.narrows.graph;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Networks for tests, drawn node by node. All values are float unless said otherwise; shapes are given with them. */
final class NetworkSketch {

    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
    private final Map<String, Shapes.Shape> shapes = new LinkedHashMap<>();

    NetworkSketch input(String name, long... dims) {
        shape(name, dims);
        inputs.add(ValueInfo.of(name, type(dims)));
        return this;
    }

    /** An input whose axis 0 has a name and counts items. */
    NetworkSketch batchInput(String name, String batch, long... dims) {
        List<Dim> axes = new ArrayList<>(type(dims).shape().orElseThrow());
        axes.set(0, new Dim.Symbol(batch));
        shapes.put(name, new Shapes.Shape(ElementType.FLOAT, boxed(dims), true));
        inputs.add(ValueInfo.of(name, TensorType.of(ElementType.FLOAT, axes)));
        return this;
    }

    NetworkSketch weight(String name, long... dims) {
        long elements = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        initializers.put(
                name,
                new ConstantTensor(
                        name,
                        ElementType.FLOAT,
                        boxed(dims),
                        ByteBuffer.allocate(Math.toIntExact(elements * 4)),
                        List.of(),
                        ""));
        return this;
    }

    /** {@code "Add a b -> c"}; the outputs' shapes are those given last, or (1, 4). */
    NetworkSketch node(String text, Attribute... attributes) {
        String[] sides = text.split(" *-> *", -1);
        String[] left = sides[0].split(" ", -1);
        Map<String, Attribute> named = new LinkedHashMap<>();
        for (int i = 0; i < attributes.length; i++) {
            named.put("a" + i, attributes[i]);
        }
        List<String> made = List.of(sides[1].split(" ", -1));
        nodes.add(Node.of("", left[0], List.of(left).subList(1, left.length), made, named));
        made.forEach(name -> shapes.putIfAbsent(name, new Shapes.Shape(ElementType.FLOAT, List.of(1L, 4L), false)));
        return this;
    }

    NetworkSketch node(Node node) {
        nodes.add(node);
        return this;
    }

    NetworkSketch shape(String name, long... dims) {
        shapes.put(name, new Shapes.Shape(ElementType.FLOAT, boxed(dims), false));
        return this;
    }

    NetworkSketch batchShape(String name, long... dims) {
        shapes.put(name, new Shapes.Shape(ElementType.FLOAT, boxed(dims), true));
        return this;
    }

    NetworkSketch noShape(String name) {
        shapes.remove(name);
        return this;
    }

    NetworkSketch output(String... names) {
        for (String name : names) {
            Shapes.Shape shape = shapes.getOrDefault(name, new Shapes.Shape(ElementType.FLOAT, List.of(1L, 4L), false));
            outputs.add(ValueInfo.of(
                    name,
                    TensorType.of(
                            shape.element(), shape.dims().stream().map(Dim::of).toList())));
        }
        return this;
    }

    Network network() {
        return new Network(
                "sketch",
                8,
                List.of(new OpsetImport("", 17)),
                inputs,
                outputs,
                nodes,
                initializers,
                Map.of(),
                Map.of("author", "test"),
                Network.Extras.NONE);
    }

    Shapes shapes() {
        return new Shapes(shapes);
    }

    private static List<Long> boxed(long... dims) {
        return Arrays.stream(dims).boxed().toList();
    }

    private static TensorType type(long... dims) {
        return TensorType.of(
                ElementType.FLOAT, Arrays.stream(dims).mapToObj(Dim::of).toList());
    }
}
