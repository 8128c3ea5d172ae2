package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Nodes that are put together, and tensors that the file holds for them, under names that begin alike. */
final class NodeChain {

    private final Patch patch;
    private final String prefix;
    private final Map<List<Float>, String> tables; // that the file holds already
    private final List<Node> nodes = new ArrayList<>();

    /** @param prefix that all names begin with */
    NodeChain(Patch patch, String prefix) {
        this(patch, prefix, new HashMap<>());
    }

    /** @param tables by their numbers, of other chains of the same patch; theirs are used again, new ones are added */
    NodeChain(Patch patch, String prefix, Map<List<Float>, String> tables) {
        this.patch = patch;
        this.prefix = prefix;
        this.tables = tables;
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
                new ConstantTensor(patch.freshName(prefix + "." + part), type, dims, data, List.of(), "");
        patch.put(tensor);
        return tensor.name();
    }

    String hold(String part, List<Long> dims, float... values) {
        String name = patch.freshName(prefix + "." + part);
        patch.put(ConstantTensor.of(name, dims, values));
        return name;
    }

    String hold(String part, List<Long> values) {
        String name = patch.freshName(prefix + "." + part);
        patch.put(ConstantTensor.of(name, values));
        return name;
    }

    /** A node of ONNX's own; its output. */
    String make(String operator, String part, Map<String, Attribute> attributes, String... inputs) {
        String output = patch.freshName(prefix + "." + part);
        nodes.add(Node.of("", operator, List.of(inputs), List.of(output), attributes));
        return output;
    }

    /** A node of ONNX's own with several outputs. */
    List<String> makeAll(String operator, List<String> inputs, String... parts) {
        List<String> outputs = Stream.of(parts)
                .map(part -> patch.freshName(prefix + "." + part))
                .toList();
        nodes.add(Node.of("", operator, inputs, outputs, Map.of()));
        return outputs;
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
        List<Float> numbers = new ArrayList<>();
        for (float number : table) {
            numbers.add(number);
        }
        String rows = tables.computeIfAbsent(numbers, key -> hold("table", dims, table));
        return make("Gather", "looked_up", Map.of(), rows, cast(bytes, "indices", ElementType.INT32));
    }
}
