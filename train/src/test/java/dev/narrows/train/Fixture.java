package dev.narrows.train;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Small networks, made node by node, and data that they can learn. */
final class Fixture {

    private final String input;
    private final List<Long> shape;
    private final Map<String, ConstantTensor> weights = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final SplittableRandom random;

    /** @param shape of an item */
    Fixture(long seed, String input, Long... shape) {
        this.input = input;
        this.shape = List.of(shape);
        random = new SplittableRandom(seed);
    }

    /** Random weights around 0, as large as {@code scale}. */
    Fixture weight(String name, double scale, long... dims) {
        float[] values = new float[count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * scale);
        }
        return constant(name, values, dims);
    }

    Fixture filled(String name, float value, long... dims) {
        float[] values = new float[count(dims)];
        Arrays.fill(values, value);
        return constant(name, values, dims);
    }

    Fixture longs(String name, long... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(values);
        List<Long> dims = List.of((long) values.length);
        weights.put(name, new ConstantTensor(name, ElementType.INT64, dims, data, List.of(), ""));
        return this;
    }

    private Fixture constant(String name, float[] values, long... dims) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        weights.put(
                name,
                new ConstantTensor(
                        name, ElementType.FLOAT, Arrays.stream(dims).boxed().toList(), data, List.of(), ""));
        return this;
    }

    private static int count(long... dims) {
        return (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    }

    /** A node whose output is called like it. */
    Fixture node(String name, String op, String... inputs) {
        return node(name, op, Map.of(), inputs);
    }

    Fixture node(String name, String op, Map<String, Attribute> attributes, String... inputs) {
        nodes.add(Node.of(name, op, List.of(inputs), List.of(name), attributes));
        return this;
    }

    Fixture output(String name) {
        outputs.add(name);
        return this;
    }

    Network build() {
        List<Dim> dims = new ArrayList<>(List.of(new Dim.Symbol("N")));
        shape.forEach(length -> dims.add(Dim.of(length)));
        return new Network(
                "fixture",
                8,
                List.of(new OpsetImport("", 17)),
                List.of(ValueInfo.of(input, TensorType.of(ElementType.FLOAT, dims))),
                outputs.stream()
                        .map(name -> new ValueInfo(name, Optional.empty(), "", Encoded.NONE))
                        .toList(),
                nodes,
                weights,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    /** x (2) → hidden → batch normalisation → Relu → dropout → logits (2). */
    static Network perceptron(long seed, long hidden, double dropout) {
        return perceptronTo(seed, hidden, dropout).output("logits").build();
    }

    /** The same, with a Softmax behind it. */
    static Network probabilities(long seed, long hidden) {
        return perceptronTo(seed, hidden, 0)
                .node("probabilities", "Softmax", "logits")
                .output("probabilities")
                .build();
    }

    /** The same, with a second output (3), from the hidden layer. */
    static Network twoTasks(long seed, long hidden) {
        return perceptronTo(seed, hidden, 0)
                .weight("w3", 0.3, hidden, 3)
                .filled("b3", 0, 3)
                .node("ring", "Gemm", "dropped", "w3", "b3")
                .output("logits")
                .output("ring")
                .build();
    }

    /** x (2) → a map of one point → convolution → batch normalisation → Relu → dropout → logits (2). */
    static Network convolutional(long seed, long channels, double dropout) {
        return new Fixture(seed, "x", 2L)
                .longs("point", -1, 2, 1, 1)
                .weight("w1", 1.2, channels, 2, 3, 3)
                .weight("b1", 1, channels)
                .filled("scale", 1, channels)
                .filled("bias", 0, channels)
                .filled("mean", 0, channels)
                .filled("variance", 1, channels)
                .weight("w2", 0.3, channels, 2)
                .filled("b2", 0, 2)
                .filled("ratio", (float) dropout)
                .node("map", "Reshape", "x", "point")
                .node("conv", "Conv", Map.of("pads", new Attribute.Ints(List.of(1L, 1L, 1L, 1L))), "map", "w1", "b1")
                .node("normal", "BatchNormalization", "conv", "scale", "bias", "mean", "variance")
                .node("hidden", "Relu", "normal")
                .node("dropped", "Dropout", "hidden", "ratio")
                .node("flat", "Flatten", "dropped")
                .node("logits", "Gemm", "flat", "w2", "b2")
                .output("logits")
                .build();
    }

    private static Fixture perceptronTo(long seed, long hidden, double dropout) {
        return new Fixture(seed, "x", 2L)
                .weight("w1", 1.2, 2, hidden)
                .weight("b1", 1, hidden)
                .filled("scale", 1, hidden)
                .filled("bias", 0, hidden)
                .filled("mean", 0, hidden)
                .filled("variance", 1, hidden)
                .weight("w2", 0.3, hidden, 2)
                .filled("b2", 0, 2)
                .filled("ratio", (float) dropout)
                .node("linear", "Gemm", "x", "w1", "b1")
                .node("normal", "BatchNormalization", "linear", "scale", "bias", "mean", "variance")
                .node("hidden", "Relu", "normal")
                .node("dropped", "Dropout", "hidden", "ratio")
                .node("logits", "Gemm", "dropped", "w2", "b2");
    }

    /** Points of a square, and whether they lie within a circle; a second task: in which of three rings. */
    static InMemory circle(long seed, int items) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] points = new float[2 * items];
        int[] inside = new int[items];
        int[] ring = new int[items];
        for (int i = 0; i < items; i++) {
            points[2 * i] = (float) (random.nextDouble() * 4 - 2);
            points[2 * i + 1] = (float) (random.nextDouble() * 4 - 2);
            double radius = Math.hypot(points[2 * i], points[2 * i + 1]);
            inside[i] = radius < 1.5 ? 1 : 0;
            ring[i] = radius < 0.9 ? 0 : radius < 1.7 ? 1 : 2;
        }
        return InMemory.of(
                new Kind.Values(),
                Tensor.of(points, items, 2),
                List.of(
                        new Labels(Labels.TASK, List.of("outside", "inside"), inside),
                        new Labels("ring", List.of("near", "middle", "far"), ring)),
                List.of());
    }

    /** The first task alone. */
    static InMemory points(long seed, int items) {
        InMemory both = circle(seed, items);
        return labelled(both, both.labels().subList(0, 1));
    }

    /** The same items with other labels. */
    static InMemory labelled(InMemory data, List<Labels> labels) {
        float[] points = new float[2 * data.size()];
        for (int i = 0; i < data.size(); i++) {
            System.arraycopy(data.values(i), 0, points, 2 * i, 2);
        }
        return InMemory.of(data.kind(), Tensor.of(points, data.size(), 2), labels, List.of());
    }

    static Labels unknown(Labels labels) {
        int[] none = new int[labels.of().length];
        Arrays.fill(none, Labels.UNKNOWN);
        return new Labels(labels.task(), labels.classes(), none);
    }

    /** SHA-256 of the network's file. */
    static String hash(Network network) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(OnnxWriter.write(network));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
