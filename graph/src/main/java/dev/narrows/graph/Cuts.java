package dev.narrows.graph;

import java.util.List;

/** The cuts of a network. */
public final class Cuts {

    /** The most tensors that a candidate cut has, by default. */
    public static final int DEFAULT_MAX_TENSORS = 8;

    private Cuts() {}

    /**
     * Every candidate cut in topological order: each single tensor that separates the inputs from the outputs, and for
     * each other tensor the narrowest cut that it is part of, with at most {@code maxTensors} tensors.
     */
    public static List<Cut> candidates(Network network, Shapes shapes, int maxTensors) {
        throw new UnsupportedOperationException();
    }

    /**
     * The cut that lies right after the named tensors: upstream is what they need and no more; every tensor that
     * crosses is part of it, those that were not named included.
     *
     * @throws dev.narrows.errors.InvalidException if a name is no value of the network or a constant (with the nearest
     *     names), or if nothing is left on one side
     */
    public static Cut at(Network network, Shapes shapes, List<String> tensors) {
        throw new UnsupportedOperationException();
    }
}
