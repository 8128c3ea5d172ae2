package dev.narrows.graph;

import java.util.List;
import java.util.Set;

/**
 * A set of tensors that separates the inputs' side of a network from the outputs' side. Upstream-closed: whatever an
 * upstream node needs is made upstream.
 *
 * @param tensors the values that cross, in the order in which they are made: what is read downstream, and the network's
 *     outputs that are made upstream; constants never cross
 * @param upstream indices into {@link Network#nodes} of the nodes on the inputs' side, the constant ones that they
 *     need included; nodes that no output needs lie on neither side
 * @param widthBytes bytes of the tensors for one item
 * @param fusionBoundary whether no group of operators that the runtime would fuse into one ({@link Fusions}) lies on
 *     both sides
 * @param upstreamMacs multiply-accumulates upstream, for one item
 */
public record Cut(
        List<String> tensors, Set<Integer> upstream, long widthBytes, boolean fusionBoundary, long upstreamMacs) {

    public Cut {
        tensors = List.copyOf(tensors);
        upstream = NodeSet.copyOf(upstream);
    }

    /** Its tensors' names joined by {@code +}. */
    public String name() {
        return String.join("+", tensors);
    }

    /** Whether everything upstream of this cut is upstream of {@code other} too. */
    public boolean precedes(Cut other) {
        return other.upstream.containsAll(upstream);
    }
}
