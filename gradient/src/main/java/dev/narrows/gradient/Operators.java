package dev.narrows.gradient;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All operators that can be trained through, by ONNX's names. */
final class Operators {

    private static final Map<String, Kernel> KERNELS = new TreeMap<>();

    static {
        Activations.addTo(KERNELS);
        Arithmetic.addTo(KERNELS);
        Blocks.addTo(KERNELS);
        Casts.addTo(KERNELS);
        Convolutions.addTo(KERNELS);
        Fills.addTo(KERNELS);
        Gathers.addTo(KERNELS);
        Normalizations.addTo(KERNELS);
        Pads.addTo(KERNELS);
        Parts.addTo(KERNELS);
        Poolings.addTo(KERNELS);
        Products.addTo(KERNELS);
        Quantization.addTo(KERNELS);
        Rankings.addTo(KERNELS);
        Recurrent.addTo(KERNELS);
        Reductions.addTo(KERNELS);
        Resizes.addTo(KERNELS);
        Scatters.addTo(KERNELS);
        Shapes.addTo(KERNELS);
        Sums.addTo(KERNELS);
    }

    private Operators() {}

    /** The kernel of a node, if there is one. */
    static Optional<Kernel> find(Node node) {
        boolean own = node.domain().isEmpty() || node.domain().equals("ai.onnx");
        return own ? Optional.ofNullable(KERNELS.get(node.opType())) : Optional.empty();
    }

    /** The names of all operators, {@code If} included, which is no kernel's. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(KERNELS.keySet());
        names.add(Branches.IF);
        return names;
    }

    /**
     * Refuses a network before anything is trained.
     *
     * @throws UnsupportedException if it has operators that are not here; names each, with its first node
     */
    static void require(Network network) {
        List<String> missing = new ArrayList<>();
        collect(network.nodes(), network.opset(), new LinkedHashSet<>(), missing);
        if (!missing.isEmpty()) {
            throw new UnsupportedException("operators: cannot be trained through (expected: such as "
                    + "docs/training.md lists), first at " + String.join("; ", missing));
        }
    }

    private static void collect(List<Node> nodes, long opset, Set<String> seen, List<String> missing) {
        for (Node node : nodes) {
            String type = node.domain() + "/" + node.opType();
            boolean known = node.is("Constant") || node.is(Branches.IF) || find(node).isPresent();
            if (!known && seen.add(type)) {
                missing.add(Call.place(node, opset));
            }
            if (node.is(Branches.IF)) {
                node.subgraphs().forEach(branch -> collect(branch.nodes(), opset, seen, missing));
            }
        }
    }
}
