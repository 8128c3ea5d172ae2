package dev.narrows.graph;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Folds what scales and shifts each channel by itself into the linear node before it: {@code s (Wx + b) + t} is linear
 * with weights {@code s W} and bias {@code s b + t}. Of a batch normalisation {@code s = γ / √(σ² + ε)} and
 * {@code t = β − μ s}. The network computes the same, up to rounding, with fewer nodes.
 *
 * <p>Folded is a BatchNormalization, an Add, Sub, Mul or Div by numbers that the file holds, if it alone reads a
 * {@link LinearNode} whose weights nobody else reads. Others stay.
 */
public final class AffineFolding {

    private AffineFolding() {}

    /** Puts every fold into a patch that can be made at once; of several in a row, one. */
    public static void fold(Patch patch, Shapes shapes, Predicate<Node> wanted) {
        Network network = patch.network();
        for (int i = 0; i < network.nodes().size(); i++) {
            Node node = network.nodes().get(i);
            if (patch.isFree(i) && wanted.test(node)) {
                fold(patch, shapes, i, node);
            }
        }
    }

    private static void fold(Patch patch, Shapes shapes, int index, Node node) {
        for (String input : node.inputs()) {
            Optional<Integer> before = patch.isOnlyRead(input) ? patch.producer(input) : Optional.empty();
            if (before.isEmpty()) {
                continue;
            }
            Optional<LinearNode> linear =
                    LinearNode.of(patch, shapes, patch.network().nodes().get(before.get()));
            Optional<PerChannel> after = linear.flatMap(
                    found -> PerChannel.of(patch, node, input, found.rank(), found.axis(), found.channels()));
            if (after.isPresent() && after.get().input().equals(input)) {
                String bias = biasName(patch, linear.get(), node);
                linear.get()
                        .followedBy(patch, after.get(), node.outputs().get(0), bias)
                        .ifPresent(both -> patch.merge(before.get(), index, both));
                return;
            }
        }
    }

    /** What the sum was shifted by, as before; else the node's own bias. */
    private static String biasName(Patch patch, LinearNode linear, Node after) {
        if (after.is("BatchNormalization")) {
            return after.inputs().get(2);
        }
        return linear.node().inputs().size() > 2
                        && !linear.node().inputs().get(2).isEmpty()
                ? linear.node().inputs().get(2)
                : patch.freshName(linear.weight().name() + ".bias");
    }
}
