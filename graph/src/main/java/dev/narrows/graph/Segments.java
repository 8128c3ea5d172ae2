package dev.narrows.graph;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.graph.Dataflow.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A network cut into a chain of sub-networks. */
public final class Segments {

    private Segments() {}

    /**
     * The chain. A segment takes of the cut before it what its nodes read, and gives what the cut after it has and it
     * makes; what skips a segment is in the cuts on both sides of it, and whoever runs the chain carries it past.
     *
     * @param segments n + 1 valid networks for n cuts, in order
     * @param cuts n + 2 lists of names: the inputs, the tensors alive at each cut, the outputs
     * @param shared initializers that more than one segment holds
     */
    public record Chain(List<Network> segments, List<List<String>> cuts, Map<String, ConstantTensor> shared) {

        public Chain {
            segments = List.copyOf(segments);
            cuts = cuts.stream().map(List::copyOf).toList();
            shared = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(shared));
        }
    }

    /**
     * Cuts a network. Constant nodes are repeated in each segment that needs them; nodes that no output needs are left
     * out. An output that is constant is made by the last segment.
     *
     * @param cuts in order; each must precede the next
     * @throws dev.narrows.errors.IncompatibleException if two cuts cross each other or are the same, or if a cut is
     *     none of this network
     */
    public static Chain split(Network network, Shapes shapes, List<Cut> cuts) {
        Dataflow dataflow = Dataflow.of(network);
        List<BitSet> borders = borders(dataflow, cuts);
        SegmentMaker maker = new SegmentMaker(dataflow, shapes);
        List<Network> segments = new ArrayList<>();
        List<List<String>> alive = new ArrayList<>();
        alive.add(network.inputs().stream().map(ValueInfo::name).toList());
        Map<String, ConstantTensor> shared = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (int index = 0; index <= cuts.size(); index++) {
            Network segment = maker.make(index, borders.get(index), borders.get(index + 1), index == cuts.size());
            segments.add(segment);
            alive.add(
                    index == cuts.size()
                            ? network.outputs().stream().map(ValueInfo::name).toList()
                            : cuts.get(index).tensors());
            segment.initializers().forEach((name, tensor) -> {
                if (!seen.add(name)) {
                    shared.put(name, tensor);
                }
            });
        }
        return new Chain(segments, alive, shared);
    }

    /** The steps upstream of nothing, of each cut, and of the outputs. */
    private static List<BitSet> borders(Dataflow dataflow, List<Cut> cuts) {
        List<BitSet> borders = new ArrayList<>();
        borders.add(new BitSet());
        for (int index = 0; index < cuts.size(); index++) {
            Cut cut = cuts.get(index);
            BitSet upstream = NodeSet.copyOf(cut.upstream()).toBits();
            upstream.and(dataflow.steps());
            checkOwn(dataflow, cut, upstream);
            BitSet beyond = (BitSet) borders.get(index).clone();
            beyond.andNot(upstream);
            if (!beyond.isEmpty() || upstream.equals(borders.get(index))) {
                String before =
                        index == 0 ? "the inputs" : "\"" + cuts.get(index - 1).name() + "\"";
                throw new IncompatibleException("cut: \"" + cut.name() + "\" (expected: one that lies after " + before
                        + (beyond.isEmpty()
                                ? "; nothing lies between them"
                                : "; node \""
                                        + dataflow.network()
                                                .nodes()
                                                .get(beyond.nextSetBit(0))
                                                .label()
                                        + "\" lies before that but not before this")
                        + ")");
            }
            borders.add(upstream);
        }
        BitSet all = dataflow.steps();
        if (all.equals(borders.get(cuts.size())) && !cuts.isEmpty()) {
            throw new IncompatibleException(
                    "cut: \"" + cuts.get(cuts.size() - 1).name() + "\" (expected: one with a node downstream)");
        }
        borders.add(all);
        return borders;
    }

    private static void checkOwn(Dataflow dataflow, Cut cut, BitSet upstream) {
        boolean closed = true;
        for (int step = upstream.nextSetBit(0); step >= 0; step = upstream.nextSetBit(step + 1)) {
            BitSet missing = (BitSet) dataflow.before(step).clone();
            missing.andNot(upstream);
            closed &= missing.isEmpty();
        }
        List<String> crossing =
                dataflow.crossing(upstream).stream().map(Value::name).toList();
        if (!closed || !crossing.equals(cut.tensors())) {
            throw new IncompatibleException("cut: \"" + cut.name() + "\" (expected: a cut of network \""
                    + dataflow.network().name() + "\""
                    + (closed ? ", where \"" + String.join("+", crossing) + "\" crosses" : ", closed upstream") + ")");
        }
    }
}
