package dev.narrows.graph;

import java.util.List;

/** What a network computes and holds, from shapes alone. */
public final class Costs {

    private Costs() {}

    /**
     * One node's cost for one item.
     *
     * @param macs multiply-accumulate operations (convolutions, matrix products, recurrent layers); 0 for others
     * @param parameters elements of the initializers it reads; a weight that several nodes read counts at the first
     * @param outputBytes bytes of what it makes
     */
    public record NodeCost(long macs, long parameters, long outputBytes) {}

    /** The cost of each node, in the network's order. */
    public static List<NodeCost> of(Network network, Shapes shapes) {
        throw new UnsupportedOperationException();
    }
}
