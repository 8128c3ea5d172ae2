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
import java.util.Set;

/**
 * A network of opset 7, 8 or 9 as one of opset 10, the first in which there are layers of bytes; one older than opset
 * 12 with a MaxPool as one of opset 12, the first in which it takes bytes, if that can be. On the way most operators
 * only took on more types; Slice, Clip and Pad got their numbers as inputs, and what else changed its form is refused.
 */
final class OpsetRaising {

    static final long BYTES = 10;
    private static final long POOLED_BYTES = 12;
    private static final long CLIP_TAKES_INPUTS = 11;

    /** What opsets 11 and 12 changed, and subgraphs may hold. */
    private static final Set<String> CHANGED_BY_12 = Set.of("Resize", "Scatter", "Scan", "Loop", "If", "Dropout");

    private OpsetRaising() {}

    /**
     * The same network, of opset 10 if it was older, or 12 where that lets its poolings take bytes.
     *
     * @throws UnsupportedException if it has an operator whose form changed on the way
     */
    static Network toBytes(Network network) {
        boolean pools = network.opset() < POOLED_BYTES
                && network.nodes().stream().anyMatch(node -> node.is("MaxPool"))
                && network.nodes().stream().noneMatch(OpsetRaising::isChangedBy12);
        long wanted = pools ? POOLED_BYTES : BYTES;
        return network.opset() >= wanted ? network : raised(network, wanted);
    }

    private static boolean isChangedBy12(Node node) {
        return node.isOnnx()
                && (CHANGED_BY_12.contains(node.opType()) || !node.subgraphs().isEmpty());
    }

    private static Network raised(Network network, long opset) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        FreshNames names = FreshNames.of(network);
        List<Node> nodes = new ArrayList<>();
        for (Node node : network.nodes()) {
            if (network.opset() < BYTES) {
                require(node);
            }
            nodes.add(raised(node, network.opset(), opset, initializers, names));
        }
        List<OpsetImport> opsets = network.opsets().stream()
                .map(one -> one.isOnnx() ? new OpsetImport(one.domain(), opset) : one)
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

    private static Node raised(
            Node node, long from, long to, Map<String, ConstantTensor> initializers, FreshNames names) {
        if (node.is("Slice") && from < BYTES) {
            return slice(node, initializers, names);
        }
        boolean inputs = from < CLIP_TAKES_INPUTS && to >= CLIP_TAKES_INPUTS;
        if (node.is("Clip") && inputs) {
            return with(
                    node,
                    List.of(
                            number(node, "min", -Float.MAX_VALUE, initializers, names),
                            number(node, "max", Float.MAX_VALUE, initializers, names)),
                    Set.of("min", "max"));
        }
        if (node.is("Pad") && inputs) {
            String pads = names.like(node.outputs().get(0) + ".pads");
            initializers.put(
                    pads, ConstantTensor.of(pads, node.intsAttribute("pads").orElse(List.of())));
            return with(node, List.of(pads, number(node, "value", 0, initializers, names)), Set.of("pads", "value"));
        }
        return node.is("BatchNormalization") ? with(node, List.of(), Set.of("spatial")) : node;
    }

    /** The node with more inputs and without some attributes. */
    private static Node with(Node node, List<String> more, Set<String> without) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.addAll(more);
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.keySet().removeAll(without);
        return node.withInputs(inputs).withAttributes(attributes);
    }

    private static String number(
            Node node, String attribute, float otherwise, Map<String, ConstantTensor> initializers, FreshNames names) {
        String name = names.like(node.outputs().get(0) + "." + attribute);
        initializers.put(name, ConstantTensor.of(name, List.of(), node.floatAttribute(attribute, otherwise)));
        return name;
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
