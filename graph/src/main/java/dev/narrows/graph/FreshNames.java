package dev.narrows.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names for new values of a network: none that a value of it has, nor one of the graphs inside it, which may not name
 * anything as the graph around them does. Each is given once.
 */
public final class FreshNames {

    private final Set<String> taken = new HashSet<>();

    private FreshNames() {}

    public static FreshNames of(Network network) {
        FreshNames names = new FreshNames();
        network.inputs().forEach(input -> names.taken.add(input.name()));
        names.taken.addAll(network.initializers().keySet());
        names.taken.addAll(Residue.sparseNames(network));
        names.take(network.nodes());
        return names;
    }

    private void take(List<Node> nodes) {
        for (Node node : nodes) {
            taken.addAll(node.outputs());
            for (Subgraph subgraph : node.subgraphs()) {
                subgraph.inputs().forEach(input -> taken.add(input.name()));
                subgraph.initializers().forEach(tensor -> taken.add(tensor.name()));
                taken.addAll(SparseChecks.names(subgraph));
                take(subgraph.nodes());
            }
        }
    }

    /** {@code wish}, or that with a number behind it. */
    public String like(String wish) {
        String name = wish;
        for (int number = 2; !taken.add(name); number++) {
            name = wish + "_" + number;
        }
        return name;
    }
}
