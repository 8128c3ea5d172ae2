package dev.narrows.graph;

import java.util.List;
import java.util.Map;

/** A network cut into a chain of sub-networks. */
public final class Segments {

    private Segments() {}

    /**
     * The chain.
     *
     * @param segments n + 1 valid networks for n cuts, in order
     * @param cuts n + 2 lists of names: the inputs, the tensors alive at each cut, the outputs
     * @param shared initializers that more than one segment holds
     */
    public record Chain(List<Network> segments, List<List<String>> cuts, Map<String, ConstantTensor> shared) {}

    /**
     * Cuts a network.
     *
     * @param cuts in order; each must precede the next
     * @throws dev.narrows.errors.IncompatibleException if two cuts cross each other
     */
    public static Chain split(Network network, Shapes shapes, List<Cut> cuts) {
        throw new UnsupportedOperationException();
    }
}
