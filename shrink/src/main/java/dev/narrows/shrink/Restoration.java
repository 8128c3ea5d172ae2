package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The nodes that bring one weight back to float32. They depend on no input, so that the runtime computes them once, when it
 * loads the network; a DequantizeLinear, which says the same in one node, it would run for every item.
 */
final class Restoration {

    private final Patch patch;
    private final String weight;
    private final List<Node> nodes = new ArrayList<>();

    /** @param weight that all names begin with */
    Restoration(Patch patch, String weight) {
        this.patch = patch;
        this.weight = weight;
    }

    /** Those made so far. */
    List<Node> nodes() {
        return List.copyOf(nodes);
    }

    long opset() {
        return patch.network().opset();
    }

    /** A tensor that the file holds; its name. */
    String hold(String part, ElementType type, List<Long> dims, ByteBuffer data) {
        ConstantTensor tensor =
                new ConstantTensor(patch.freshName(weight + "." + part), type, dims, data, List.of(), "");
        patch.put(tensor);
        return tensor.name();
    }

    String hold(String part, List<Long> dims, float... values) {
        String name = patch.freshName(weight + "." + part);
        patch.put(ConstantTensor.of(name, dims, values));
        return name;
    }

    String hold(String part, List<Long> values) {
        String name = patch.freshName(weight + "." + part);
        patch.put(ConstantTensor.of(name, values));
        return name;
    }

    /** A node of ONNX's own; its output. */
    String make(String operator, String part, Map<String, Attribute> attributes, String... inputs) {
        String output = patch.freshName(weight + "." + part);
        nodes.add(Node.of("", operator, List.of(inputs), List.of(output), attributes));
        return output;
    }

    String cast(String value, String part, ElementType to) {
        return make("Cast", part, Map.of("to", new Attribute.IntValue(to.number())), value);
    }

    String reshape(String value, String part, List<Long> dims) {
        return make("Reshape", part, Map.of(), value, hold(part + ".shape", dims));
    }

    /** A table of 256 rows looked up by bytes: codes of types that the opset has no words for. */
    String lookUp(String bytes, int width, float... table) {
        List<Long> dims = width == 1 ? List.of(256L) : List.of(256L, (long) width);
        String rows = hold("table", dims, table);
        return make("Gather", "looked_up", Map.of(), rows, cast(bytes, "indices", ElementType.INT32));
    }
}
