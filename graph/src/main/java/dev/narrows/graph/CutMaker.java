package dev.narrows.graph;

import dev.narrows.graph.Dataflow.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Makes cuts from their upstream steps. */
final class CutMaker {

    private final Dataflow dataflow;
    private final Fusions fusions;
    private final List<Costs.NodeCost> costs;
    private final long[] widths;

    CutMaker(Dataflow dataflow, Fusions fusions, Shapes shapes) {
        this.dataflow = dataflow;
        this.fusions = fusions;
        this.costs = Costs.of(dataflow.network(), shapes);
        this.widths = new long[dataflow.values().size()];
        Arrays.setAll(widths, index -> width(dataflow.values().get(index), shapes));
    }

    private static long width(Value value, Shapes shapes) {
        return shapes.steady(value.name())
                .filter(shape -> shape.element().bits() > 0)
                .map(Shapes.Shape::sizeBytes)
                .orElse(-1L);
    }

    /** Bytes for one item of each value that flows, by its index; -1 where it is unknown. */
    long[] widths() {
        return widths.clone();
    }

    Cut cut(BitSet upstream) {
        long width = 0;
        List<String> tensors = new ArrayList<>();
        for (Value value : dataflow.crossing(upstream)) {
            width += widths[value.index()];
            tensors.add(value.name());
        }
        BitSet all = dataflow.constantsFor(upstream);
        all.or(upstream);
        long macs = all.stream().mapToLong(node -> costs.get(node).macs()).sum();
        return new Cut(tensors, NodeSet.of(all), width, !fusions.isSplitBy(upstream), macs);
    }
}
