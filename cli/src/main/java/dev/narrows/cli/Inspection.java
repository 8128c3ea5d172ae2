package dev.narrows.cli;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.PeakMemory;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a network costs and where it can be cut.
 *
 * @param macs multiply-accumulates for one item
 * @param parameters see {@link Costs.NodeCost#parameters}
 * @param weightBytes their bytes
 * @param peakBytes the most bytes of inputs, activations and outputs that are alive at once for one item, with nodes
 *     run in the file's order and nothing fused or done in place: an upper bound of what the runtime needs
 * @param inputBytes the inputs' bytes for one item
 * @param rows the candidate cuts in topological order
 */
record Inspection(
        Network network,
        Shapes shapes,
        long macs,
        long parameters,
        long weightBytes,
        long peakBytes,
        long inputBytes,
        List<Row> rows) {

    /**
     * One cut.
     *
     * @param share of the network's multiply-accumulates that lies upstream, 0 to 1
     * @param narrowest whether it lies between fusions and is narrower than the input and all such cuts before it
     */
    record Row(Cut cut, double share, boolean narrowest) {}

    static Inspection of(Network network, Shapes shapes, int maxTensors) {
        long macs = 0;
        long parameters = 0;
        for (Costs.NodeCost cost : Costs.of(network, shapes)) {
            macs += cost.macs();
            parameters += cost.parameters();
        }
        long weightBytes = 0;
        for (ConstantTensor weight : network.initializers().values()) {
            weightBytes += weight.data().remaining();
        }
        long inputBytes = 0;
        for (ValueInfo input : network.inputs()) {
            inputBytes += sizeBytes(shapes, input.name());
        }
        List<Row> rows = new ArrayList<>();
        long least = inputBytes;
        for (Cut cut : Cuts.candidates(network, shapes, maxTensors)) {
            boolean narrowest = cut.fusionBoundary() && cut.widthBytes() < least;
            rows.add(new Row(cut, macs == 0 ? 0 : (double) cut.upstreamMacs() / macs, narrowest));
            least = narrowest ? cut.widthBytes() : least;
        }
        return new Inspection(
                network, shapes, macs, parameters, weightBytes, PeakMemory.bytes(network, shapes), inputBytes, rows);
    }

    /** The cuts worth a line: the narrowest so far, then the narrowest at fusion boundaries; in topological order. */
    List<Row> best(int count) {
        Set<Row> kept = new HashSet<>();
        rows.stream()
                .sorted(Comparator.comparing((Row row) -> !row.narrowest)
                        .thenComparing(row -> !row.cut.fusionBoundary())
                        .thenComparing(row -> row.cut.widthBytes()))
                .limit(count)
                .forEach(kept::add);
        return rows.stream().filter(kept::contains).toList();
    }

    private static long sizeBytes(Shapes shapes, String value) {
        return shapes.of(value).map(Shapes.Shape::sizeBytes).orElse(0L);
    }
}
