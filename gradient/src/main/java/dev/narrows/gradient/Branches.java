package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Node;
import dev.narrows.graph.Subgraph;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The branches of a network's {@code If} nodes, and what they hold: constants, as a file keeps a branch as it was read.
 * What a branch reads from around it learns. Owns the constants' native memory until closed.
 */
final class Branches implements AutoCloseable {

    static final String IF = "If";

    private final Map<Subgraph, Map<String, Tensor>> constants = new IdentityHashMap<>();

    /** Loads the constants of all branches, nested ones too. */
    Branches(List<Node> nodes) {
        try (PointerScope scope = new PointerScope()) {
            load(nodes);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void load(List<Node> nodes) {
        for (Node node : nodes) {
            if (!node.is(IF)) {
                continue;
            }
            for (Subgraph branch : node.subgraphs()) {
                Map<String, Tensor> held = new LinkedHashMap<>();
                constants.put(branch, held);
                branch.constants().forEach((name, constant) -> {
                    Tensor tensor = Torch.of(constant);
                    tensor.retainReference(); // ours, beyond the scope
                    held.put(name, tensor);
                });
                load(branch.nodes());
            }
        }
    }

    /**
     * The branch that a condition takes.
     *
     * @param condition of one element, bool
     * @throws InvalidException if it has more, or the node has no such branch
     */
    static Subgraph taken(Node node, Tensor condition, String place) {
        if (condition.numel() != 1) {
            throw new InvalidException("condition: " + condition.numel() + " elements (expected: 1), " + place);
        }
        String name = Torch.longs(condition)[0] != 0 ? "then_branch" : "else_branch";
        if (node.attributes().get(name) instanceof Attribute.GraphValue branch) {
            return branch.value();
        }
        throw new InvalidException(name + ": missing (expected: a graph), " + place);
    }

    /** What a branch holds itself, by name. */
    Map<String, Tensor> constants(Subgraph branch) {
        return constants.getOrDefault(branch, Collections.emptyMap());
    }

    @Override
    public void close() {
        constants.values().forEach(held -> held.values().forEach(Tensor::close));
    }
}
