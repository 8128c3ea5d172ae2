package dev.narrows.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values of a network that depend on no input. */
final class Constants {

    private Constants() {}

    static Map<String, ConstantTensor> held(Network network) {
        return held(network.initializers(), network.nodes());
    }

    static Map<String, ConstantTensor> held(Map<String, ConstantTensor> initializers, List<Node> nodes) {
        Map<String, ConstantTensor> held = new LinkedHashMap<>(initializers);
        for (Node node : nodes) {
            if (node.is("Constant") && !node.outputs().isEmpty()) {
                String output = node.outputs().get(0);
                valueOf(node, output).ifPresent(value -> held.put(output, value));
            }
        }
        return Collections.unmodifiableMap(held);
    }

    static Set<String> names(Network network) {
        Set<String> names = new LinkedHashSet<>(network.initializers().keySet());
        names.addAll(Residue.sparseNames(network));
        for (Node node : network.nodes()) {
            if (isFunctionOfItsInputs(node) && names.containsAll(node.uses())) {
                names.addAll(node.outputs());
            }
        }
        names.remove("");
        return Collections.unmodifiableSet(names);
    }

    /* An operator that this project does not know (another domain, a local function) might be random; without inputs
     * that is all that it can be, or a constant that nobody can tell from it. */
    private static boolean isFunctionOfItsInputs(Node node) {
        if (!OpsetImport.isOnnx(node.domain())) {
            return !node.uses().isEmpty();
        }
        if (node.isRandom()) {
            return false;
        }
        for (Subgraph subgraph : node.subgraphs()) {
            for (Node inner : subgraph.nodes()) {
                if (!isFunctionOfItsInputs(inner)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What a {@code Constant} node holds; a sparse value is left alone. */
    private static Optional<ConstantTensor> valueOf(Node node, String name) {
        for (Map.Entry<String, Attribute> entry : node.attributes().entrySet()) {
            Attribute attribute = entry.getValue();
            if (attribute instanceof Attribute.TensorValue tensor) {
                return Optional.of(tensor.value().withName(name));
            } else if (attribute instanceof Attribute.IntValue value) {
                return Optional.of(ints(name, List.of(), List.of(value.value())));
            } else if (attribute instanceof Attribute.Ints values) {
                return Optional.of(ints(name, List.of((long) values.values().size()), values.values()));
            } else if (attribute instanceof Attribute.FloatValue value) {
                return Optional.of(floats(name, List.of(), List.of(value.value())));
            } else if (attribute instanceof Attribute.Floats values) {
                return Optional.of(floats(name, List.of((long) values.values().size()), values.values()));
            } else if (attribute instanceof Attribute.Text value) {
                return Optional.of(strings(name, List.of(), List.of(bytes(value))));
            } else if (attribute instanceof Attribute.Texts values) {
                List<String> strings = values.values().stream()
                        .map(value -> bytes(new Attribute.Text(value, false)))
                        .toList();
                return Optional.of(strings(name, List.of((long) strings.size()), strings));
            }
        }
        return Optional.empty();
    }

    private static ConstantTensor ints(String name, List<Long> dims, List<Long> values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(data::putLong);
        return new ConstantTensor(name, ElementType.INT64, dims, data.flip(), List.of(), "");
    }

    private static ConstantTensor floats(String name, List<Long> dims, List<Float> values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(data::putFloat);
        return new ConstantTensor(name, ElementType.FLOAT, dims, data.flip(), List.of(), "");
    }

    private static ConstantTensor strings(String name, List<Long> dims, List<String> values) {
        return new ConstantTensor(name, ElementType.STRING, dims, ByteBuffer.allocate(0), values, "");
    }

    /** A text's bytes as ConstantTensor holds them: one character for each. */
    private static String bytes(Attribute.Text text) {
        return text.binary()
                ? text.value()
                : new String(text.value().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
