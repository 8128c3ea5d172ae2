package dev.narrows.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The axes of every value of which they are known: from the runtime, from initializers, from Constant nodes. */
final class KnownDims {

    private final Shapes shapes;
    private final Map<String, List<Long>> held = new HashMap<>();

    KnownDims(Network network, Shapes shapes) {
        this.shapes = shapes;
        network.constants().forEach((name, tensor) -> held.put(name, tensor.dims()));
    }

    /** Whether the file holds the value's elements. */
    boolean isHeld(String value) {
        return held.containsKey(value);
    }

    /** The axes for one item. */
    Optional<List<Long>> of(String value) {
        List<Long> dims = held.get(value);
        return dims != null ? Optional.of(dims) : shapes.of(value).map(Shapes.Shape::dims);
    }

    /** The axes of a node's input, if it is there. */
    Optional<List<Long>> input(Node node, int index) {
        return index < node.inputs().size() ? of(node.inputs().get(index)) : Optional.empty();
    }

    /** The axes of a node's output, if it is wanted. */
    Optional<List<Long>> output(Node node, int index) {
        return index < node.outputs().size() ? of(node.outputs().get(index)) : Optional.empty();
    }
}
