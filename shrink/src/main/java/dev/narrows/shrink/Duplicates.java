package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes once what is computed twice, and keeps once what is held twice: nodes with the same operator, attributes and
 * inputs, initializers with the same elements. Merging the ends of two equal subgraphs takes a patch for each layer.
 */
final class Duplicates implements Pass {

    /** What makes two nodes equal. */
    private record Work(String opType, List<String> inputs, Map<String, Attribute> attributes, int outputs) {}

    /** What makes two initializers equal. */
    private record Elements(ElementType type, List<Long> dims, ByteBuffer data) {}

    @Override
    public String name() {
        return "duplicates";
    }

    @Override
    public Patch patch(Network network, Shapes shapes) {
        Patch patch = Patch.of(network, shapes);
        Map<Elements, String> held = new HashMap<>();
        for (ConstantTensor tensor : network.initializers().values()) {
            if (tensor.type() != ElementType.STRING) {
                Elements elements = new Elements(tensor.type(), tensor.dims(), tensor.data());
                String same = held.putIfAbsent(elements, tensor.name());
                if (same != null) {
                    patch.redirect(tensor.name(), same);
                }
            }
        }
        Map<Work, Node> done = new HashMap<>();
        for (Node node : network.nodes()) {
            boolean chance = node.isRandom() || node.is("Dropout"); // one may be in training
            if (!node.isOnnx() || chance || !node.subgraphs().isEmpty()) {
                continue;
            }
            Work work = new Work(
                    node.opType(),
                    node.inputs(),
                    node.attributes(),
                    node.outputs().size());
            Node same = done.putIfAbsent(work, node);
            if (same != null && same.outputs().indexOf("") < 0) {
                for (int i = 0; i < node.outputs().size(); i++) {
                    if (!node.outputs().get(i).isEmpty()) {
                        patch.redirect(node.outputs().get(i), same.outputs().get(i));
                    }
                }
            }
        }
        return patch;
    }
}
