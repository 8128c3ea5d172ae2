package dev.narrows.shrink;

import dev.narrows.graph.ElementType;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which nodes of a network compute with bytes, and which values are bytes between them.
 *
 * @param layers nodes with weights, by index
 * @param others nodes without weights that the runtime has byte kernels for, or that only move elements
 * @param values activations that are put on a grid
 * @param sameGrid values that take the grid of another, as what lies between them only moves elements: what a Reshape
 *     makes its input's, and what nothing but a Concat reads that Concat's, so that it need not put it on another
 */
record QuantizationPlan(
        Map<Integer, LinearNode> layers, Set<Integer> others, Set<String> values, Map<String, String> sameGrid) {

    /** Operators that ONNX Runtime's CPU provider computes on bytes between a DequantizeLinear and a QuantizeLinear. */
    private static final Set<String> COMPUTING =
            Set.of("Add", "Mul", "AveragePool", "GlobalAveragePool", "Concat", "LeakyRelu", "Sigmoid", "Softmax");

    /** Operators that it applies to bytes as they are, if both grids are the same. */
    private static final Set<String> MOVING = Set.of(
            "MaxPool",
            "Reshape",
            "Transpose",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "Slice",
            "Split",
            "DepthToSpace",
            "SpaceToDepth",
            "Resize",
            "Upsample");

    /** Activations whose work is done by the ends of the grid behind them. */
    static final Set<String> CLIPPING = Set.of("Relu", "Clip");

    QuantizationPlan {
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
        others = Set.copyOf(others);
        values = Collections.unmodifiableSet(new LinkedHashSet<>(values));
        sameGrid = Map.copyOf(sameGrid);
    }

    /**
     * Plans a network.
     *
     * @param wanted which nodes with weights may be quantised
     */
    static QuantizationPlan of(Network network, Shapes shapes, Predicate<Node> wanted) {
        return new Making(network, shapes, wanted).make();
    }

    /** Whether a node can be a layer of bytes: float32 weights that the file holds, and kernels for it in the runtime. */
    static Optional<LinearNode> layer(Patch patch, Shapes shapes, Node node) {
        boolean kernels = node.is("Conv")
                || node.is("MatMul")
                || (node.is("Gemm")
                        && node.floatAttribute("alpha", 1) == 1
                        && node.floatAttribute("beta", 1) == 1
                        && node.intAttribute("transA", 0) == 0);
        return kernels
                ? LinearNode.of(patch, shapes, node)
                        .filter(linear -> !patch.network()
                                .initializers()
                                .containsKey(node.inputs().get(0)))
                : Optional.empty();
    }

    private static final class Making {
        private final Network network;
        private final Shapes shapes;
        private final Predicate<Node> wanted;
        private final Patch wiring;
        private final Set<String> outputs = new HashSet<>();
        private final Set<String> constants;
        private final Map<Integer, LinearNode> layers = new LinkedHashMap<>();
        private final Set<Integer> others = new LinkedHashSet<>();
        private final Set<String> values = new LinkedHashSet<>();
        private final Map<String, String> sameGrid = new LinkedHashMap<>();
        private final Set<String> captured = new HashSet<>();

        Making(Network network, Shapes shapes, Predicate<Node> wanted) {
            this.network = network;
            this.shapes = shapes;
            this.wanted = wanted;
            wiring = Patch.of(network, shapes);
            network.outputs().forEach(output -> outputs.add(output.name()));
            constants = network.constantNames();
            network.nodes().forEach(node -> node.subgraphs().forEach(part -> captured.addAll(part.captured())));
        }

        QuantizationPlan make() {
            List<Node> nodes = network.nodes();
            Set<String> wantedBytes = leadingToLayers();
            for (int i = 0; i < nodes.size(); i++) {
                Node node = nodes.get(i);
                Optional<LinearNode> layer = wanted.test(node) ? layer(wiring, shapes, node) : Optional.empty();
                if (layer.isPresent() && isActivation(node.inputs().get(0))) {
                    layers.put(i, layer.get());
                    values.add(node.inputs().get(0));
                    made(node, node.outputs().get(0));
                } else if (isFollower(node, wantedBytes)) {
                    others.add(i);
                    values.addAll(activations(node));
                    node.outputs().stream().filter(output -> !output.isEmpty()).forEach(output -> made(node, output));
                    if (MOVING.contains(node.opType())) {
                        node.outputs()
                                .forEach(output ->
                                        sameGrid.put(output, node.inputs().get(0)));
                    }
                }
            }
            values.removeIf(value -> !isActivation(value));
            others.forEach(index -> joinGrids(nodes.get(index)));
            return new QuantizationPlan(layers, others, values, sameGrid);
        }

        /** What a node on bytes makes is bytes too, unless only a clipping activation reads it, or it is the answer. */
        private void made(Node node, String output) {
            boolean answer = outputs.contains(output) && (node.is("Gemm") || node.is("MatMul"));
            boolean clipped = wiring.isOnlyRead(output)
                    && CLIPPING.contains(
                            network.nodes().get(wiring.users(output).get(0)).opType());
            if (clipped) {
                int reader = wiring.users(output).get(0);
                Node activation = network.nodes().get(reader);
                if (activation.isOnnx()
                        && constants.containsAll(activation
                                .inputs()
                                .subList(1, activation.inputs().size()))) {
                    others.add(reader);
                    made(activation, activation.outputs().get(0));
                    return;
                }
            }
            if (!answer) {
                values.add(output);
            }
        }

        /** The values that a layer of bytes reads, or that something on the way to one does. */
        private Set<String> leadingToLayers() {
            Set<String> leading = new HashSet<>();
            for (int i = network.nodes().size() - 1; i >= 0; i--) {
                Node node = network.nodes().get(i);
                if (wanted.test(node) && layer(wiring, shapes, node).isPresent()) {
                    leading.add(node.inputs().get(0));
                }
                if (node.outputs().stream().anyMatch(leading::contains)) {
                    leading.addAll(node.inputs());
                }
            }
            return leading;
        }

        /**
         * Lets what a Concat joins be on its grid from the start, where nothing else reads it. What a Relu makes only among
         * its like, and what a Clip makes not: a grid that reaches beyond their ends would not do their work.
         */
        private void joinGrids(Node node) {
            if (!node.is("Concat") || !values.contains(node.outputs().get(0))) {
                return;
            }
            boolean allPositive = node.inputs().stream().allMatch(input -> isMadeBy(input, "Relu"));
            for (String input : node.inputs()) {
                boolean own = wiring.isOnlyRead(input) && values.contains(input) && !sameGrid.containsKey(input);
                if (own && !isMadeBy(input, "Clip") && (allPositive || !isMadeBy(input, "Relu"))) {
                    sameGrid.put(input, node.outputs().get(0));
                }
            }
        }

        private boolean isMadeBy(String value, String operator) {
            return wiring.producer(value)
                    .filter(index -> network.nodes().get(index).is(operator))
                    .isPresent();
        }

        /**
         * Whether a node without weights is worth doing on bytes: there is a kernel, its inputs are bytes already, and a
         * layer of bytes comes behind it. What makes the answer of the last layers is little work, often joins what is of
         * different ranges, and computes with floats; but for what only moves elements.
         */
        private boolean isFollower(Node node, Set<String> wantedBytes) {
            boolean kernel = node.isOnnx()
                    && (COMPUTING.contains(node.opType()) || MOVING.contains(node.opType()))
                    && node.subgraphs().isEmpty();
            boolean behind =
                    MOVING.contains(node.opType()) || node.outputs().stream().anyMatch(wantedBytes::contains);
            if (!kernel || !behind) {
                return false;
            }
            List<String> read = activations(node);
            int needed = MOVING.contains(node.opType()) ? 1 : node.inputs().size();
            return read.size() >= needed && !read.isEmpty() && values.containsAll(read);
        }

        private List<String> activations(Node node) {
            List<String> found = new ArrayList<>();
            for (String input : node.inputs()) {
                if (isActivation(input)) {
                    found.add(input);
                }
            }
            return found;
        }

        private boolean isActivation(String value) {
            return !value.isEmpty()
                    && !constants.contains(value)
                    && !captured.contains(value)
                    && shapes.of(value)
                            .filter(shape -> shape.element() == ElementType.FLOAT)
                            .isPresent();
        }
    }
}
