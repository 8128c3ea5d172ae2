package dev.narrows.shrink;

import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;

/** One kind of change that leaves what a network computes as it is. */
public interface Pass {

    /** Such as {@code no-ops}. */
    String name();

    /**
     * The changes of this kind that can be made at once; more may be possible when they are made.
     *
     * @param shapes of the network's values
     */
    Patch patch(Network network, Shapes shapes);
}
