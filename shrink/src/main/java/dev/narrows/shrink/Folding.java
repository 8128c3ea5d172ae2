package dev.narrows.shrink;

import dev.narrows.graph.AffineFolding;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;

/** Folds batch normalisations, and scales and biases of channels, into the linear nodes before them. */
final class Folding implements Pass {

    @Override
    public String name() {
        return "folding";
    }

    @Override
    public Patch patch(Network network, Shapes shapes) {
        Patch patch = Patch.of(network, shapes);
        AffineFolding.fold(patch, shapes, node -> true);
        return patch;
    }
}
