package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The weights of a layer: of a Conv, ConvTranspose, Gemm or MatMul, biases apart.
 *
 * @param node the first node that has them
 * @param weight (out, in, …) or as its node has it, f32
 */
public record LayerWeight(Node node, ConstantTensor weight) {

    /** What the node is called. */
    public String name() {
        return node.label();
    }

    /**
     * Those of a network that the file holds, in the nodes' order, each once.
     *
     * @param wanted which nodes
     * @throws InvalidException if there are none, or one is no finite number
     */
    static List<LayerWeight> of(Network network, Shapes shapes, Predicate<Node> wanted) {
        Patch wiring = Patch.of(network, shapes);
        Map<String, LayerWeight> found = new LinkedHashMap<>();
        for (Node node : network.nodes()) {
            if (wanted.test(node)) {
                LinearNode.of(wiring, shapes, node)
                        .map(layer -> new LayerWeight(node, layer.weight().requireFinite()))
                        .ifPresent(layer -> found.putIfAbsent(layer.weight().name(), layer));
            }
        }
        if (found.isEmpty()) {
            throw new InvalidException("weights: none that can be changed (expected: float32 weights of Conv, "
                    + "ConvTranspose, Gemm or MatMul that the file holds)");
        }
        return new ArrayList<>(found.values());
    }
}
