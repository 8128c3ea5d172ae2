package dev.narrows.shrink;

import dev.narrows.graph.Network;
import java.nio.file.Path;

/** How a network learns again what it lost when channels were taken out of it. */
public interface Retraining {

    /**
     * The network with other weights.
     *
     * @param checkpoints a directory from which an interrupted training goes on
     */
    Network taught(Network network, int epochs, Path checkpoints);
}
