package dev.narrows.graph;

import java.util.Map;
import java.util.function.Predicate;

/** Folds batch normalisations into the convolutions and matrix products before them, as {@link AffineFolding} does. */
public final class BatchNormFolding {

    private static final Shapes NONE = new Shapes(Map.of());

    private BatchNormFolding() {}

    /** The network with every batch normalisation folded that can be. Weights that nobody reads any more are left out. */
    public static Network fold(Network network) {
        return fold(network, norm -> true);
    }

    /** Folds only those that are {@code wanted}. */
    public static Network fold(Network network, Predicate<Node> wanted) {
        Network folded = network;
        while (true) {
            Patch patch = Patch.of(folded, NONE);
            AffineFolding.fold(patch, NONE, node -> node.is("BatchNormalization") && wanted.test(node));
            if (patch.changes() == 0) {
                return folded;
            }
            folded = patch.apply();
        }
    }
}
