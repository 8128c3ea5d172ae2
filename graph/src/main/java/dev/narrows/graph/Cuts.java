package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Dataflow.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cuts of a network.
 *
 * <p>What crosses: the network's inputs that are read late, what nodes made of them, and the network's outputs that are
 * made early. Constants (initializers, and whatever depends on no network input) never cross: each side has its own.
 */
public final class Cuts {

    /** The most tensors that a candidate cut has, by default. */
    public static final int DEFAULT_MAX_TENSORS = 8;

    private Cuts() {}

    /**
     * Every candidate cut in topological order: each single tensor that separates the inputs from the outputs, and for
     * each other tensor the narrowest cut that it is part of (in bytes for one item; of equally narrow ones the one with
     * the fewest tensors, then with the fewest inside a fusion, then with the fewest nodes upstream), if that has at
     * most {@code maxTensors} tensors. Cuts that a value of unknown width would cross (one
     * without a steady place in {@code shapes}) are no candidates.
     */
    public static List<Cut> candidates(Network network, Shapes shapes, int maxTensors) {
        if (maxTensors < 1) {
            throw new InvalidException("tensors: " + maxTensors + " (expected: 1 or more)");
        }
        Dataflow dataflow = Dataflow.of(network);
        Fusions fusions = Fusions.of(dataflow);
        CutMaker maker = new CutMaker(dataflow, fusions, shapes);
        long[] widths = maker.widths();
        MinimumCut minimum = new MinimumCut(dataflow, widths, fusions.interior());
        Descent descent = new Descent(dataflow);
        Map<List<String>, Cut> found = new LinkedHashMap<>();
        for (Value value : dataflow.values()) {
            if (value.producer() == Dataflow.INPUT || widths[value.index()] < 0) {
                continue;
            }
            narrowest(value, dataflow, descent, minimum, widths)
                    .map(maker::cut)
                    .filter(cut -> cut.tensors().size() <= maxTensors)
                    .ifPresent(cut -> found.putIfAbsent(cut.tensors(), cut));
        }
        List<Cut> cuts = new ArrayList<>(found.values());
        cuts.sort(Comparator.<Cut>comparingInt(cut -> cut.upstream().size()).thenComparing(Cut::name));
        return cuts;
    }

    /** The upstream steps of the narrowest cut that {@code value} crosses. */
    private static Optional<BitSet> narrowest(
            Value value, Dataflow dataflow, Descent descent, MinimumCut minimum, long[] widths) {
        BitSet source = (BitSet) dataflow.before(value.producer()).clone();
        source.set(value.producer());
        BitSet best = null;
        long bestWidth = Long.MAX_VALUE;
        int bestTensors = Integer.MAX_VALUE;
        for (int end : descent.lastReaders(value, source)) {
            BitSet candidate = minimum.between(source, descent.from(end)).orElse(null);
            if (candidate == null) {
                continue;
            }
            List<Value> crossing = dataflow.crossing(candidate);
            long width = crossing.stream()
                    .mapToLong(tensor -> widths[tensor.index()])
                    .sum();
            if (width < bestWidth || (width == bestWidth && crossing.size() < bestTensors)) {
                best = candidate;
                bestWidth = width;
                bestTensors = crossing.size();
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * The cut that lies right after the named tensors: upstream is what they need and no more; every tensor that
     * crosses is part of it, those that were not named included.
     *
     * @throws dev.narrows.errors.InvalidException if a name is no value of the network or a constant (with the nearest
     *     names), if a named tensor does not cross because all its readers lie upstream of the others, if a tensor of
     *     unknown width crosses, or if nothing is left on one side
     */
    public static Cut at(Network network, Shapes shapes, List<String> tensors) {
        Dataflow dataflow = Dataflow.of(network);
        BitSet upstream = new BitSet();
        for (String tensor : tensors) {
            Value value = dataflow.value(tensor);
            if (value == null) {
                throw new InvalidException(notFlowing(network, dataflow, tensor));
            }
            if (value.producer() != Dataflow.INPUT) {
                upstream.or(dataflow.before(value.producer()));
                upstream.set(value.producer());
            }
        }
        String place = ", cut \"" + String.join("+", tensors) + "\"";
        BitSet downstream = dataflow.steps();
        downstream.andNot(upstream);
        if (upstream.isEmpty() || downstream.isEmpty()) {
            throw new InvalidException("nodes " + (upstream.isEmpty() ? "upstream" : "downstream")
                    + ": 0 (expected: 1 or more on each side)" + place);
        }
        CutMaker maker = new CutMaker(dataflow, Fusions.of(dataflow), shapes);
        long[] widths = maker.widths();
        for (Value value : dataflow.crossing(upstream)) {
            if (widths[value.index()] < 0) {
                throw new InvalidException(
                        "width: unknown (expected: a tensor with the same shape for every item), tensor \""
                                + value.name() + "\"" + place);
            }
        }
        Cut cut = maker.cut(upstream);
        for (String tensor : tensors) {
            if (!cut.tensors().contains(tensor)) {
                throw new InvalidException("tensor: \"" + tensor
                        + "\" (expected: one that is read downstream; all its readers lie upstream of the others)"
                        + place);
            }
        }
        return cut;
    }

    private static String notFlowing(Network network, Dataflow dataflow, String tensor) {
        if (network.initializers().containsKey(tensor)) {
            return "tensor: \"" + tensor + "\" (expected: one that depends on an input; this is an initializer)";
        }
        if (dataflow.isMade(tensor)) {
            return "tensor: \"" + tensor
                    + "\" (expected: one that depends on an input and that an output needs; this one does not)";
        }
        List<String> nearest = Spelling.nearest(
                tensor, dataflow.values().stream().map(Value::name).toList(), 3);
        return "tensor: \"" + tensor + "\" (expected: a value of the network; nearest: \""
                + String.join("\", \"", nearest) + "\")";
    }
}
