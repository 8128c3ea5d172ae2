package dev.narrows.shrink;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.FreshNames;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OpsetImport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network of opset 7, 8 or 9 as one of opset 10, the first in which there are layers of bytes. From 7 to 10 most
 * operators only took on more types; Slice got its ends as inputs, and what else changed its form is refused.
 */
final class OpsetRaising {

    static final long BYTES = 10;

    private OpsetRaising() {}

    /**
     * The same network, of opset 10 if it was older.
     *
     * @throws UnsupportedException if it has an operator whose form changed on the way
     */
    static Network toBytes(Network network) {
        if (network.opset() >= BYTES) {
            return network;
        }
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        FreshNames names = FreshNames.of(network);
        List<Node> nodes = new ArrayList<>();
        for (Node node : network.nodes()) {
            require(node);
            nodes.add(node.is("Slice") ? slice(node, initializers, names) : raised(node));
        }
        List<OpsetImport> opsets = network.opsets().stream()
                .map(opset -> opset.isOnnx() ? new OpsetImport(opset.domain(), BYTES) : opset)
                .toList();
        return network.rewired(nodes, initializers).withOpsets(opsets);
    }

    private static void require(Node node) {
        boolean changed = node.is("Upsample")
                || node.is("TopK")
                || node.is("Scan")
                || (node.is("Dropout") && node.outputs().size() > 1)
                || (node.is("BatchNormalization")
                        && (node.intAttribute("spatial", 1) == 0
                                || node.outputs().size() > 1))
                || !node.subgraphs().isEmpty();
        if (changed) {
            throw new UnsupportedException("operator: " + node.opType()
                    + " changed its form up to opset 10, the first that has layers of bytes (expected: a network of opset "
                    + "10 or newer), node \"" + node.label() + "\"");
        }
    }

    private static Node raised(Node node) {
        if (!node.is("BatchNormalization")) {
            return node;
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove("spatial");
        return node.withAttributes(attributes);
    }

    private static Node slice(Node node, Map<String, ConstantTensor> initializers, FreshNames names) {
        List<String> inputs = new ArrayList<>(List.of(node.inputs().get(0)));
        for (String part : List.of("starts", "ends", "axes")) {
            Optional<List<Long>> values = node.intsAttribute(part);
            if (values.isPresent()) {
                String name = names.like(node.outputs().get(0) + "." + part);
                initializers.put(name, ConstantTensor.of(name, values.get()));
                inputs.add(name);
            }
        }
        return node.withInputs(inputs).withAttributes(Map.of());
    }
}
