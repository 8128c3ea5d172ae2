package dev.narrows.shrink;

import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;

/** Leaves out the nodes and initializers that no output needs. */
final class Unused implements Pass {

    @Override
    public String name() {
        return "unused";
    }

    @Override
    public Patch patch(Network network, Shapes shapes) {
        Patch patch = Patch.of(network, shapes);
        patch.dropUnused();
        return patch;
    }
}
