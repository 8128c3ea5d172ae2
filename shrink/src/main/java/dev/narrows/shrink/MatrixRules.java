package dev.narrows.shrink;

import dev.narrows.graph.Node;
import java.util.List;
import java.util.Optional;

/** What matrix products do to channels. */
final class MatrixRules {

    private MatrixRules() {}

    static void apply(ChannelGraph graph, int index, Node node) {
        String input = node.inputs().get(0);
        String weight = node.inputs().get(1);
        boolean gemm = node.is("Gemm");
        boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        Optional<ChannelGraph.Held> held = graph.weight(weight);
        boolean alone = held.isPresent()
                && held.get().tensor().dims().size() == 2
                && graph.users(weight) == 1
                && graph.isSliceable(weight)
                && (!biased || graph.isSliceable(node.inputs().get(2)))
                && !(gemm && node.intAttribute("transA", 0) == 1);
        if (!alone) {
            ChannelRules.freeze(graph, node);
            return;
        }
        List<Long> dims = held.get().tensor().dims();
        int outAxis = gemm && node.intAttribute("transB", 0) == 1 ? 0 : 1;
        int in = Math.toIntExact(dims.get(1 - outAxis));
        int out = Math.toIntExact(dims.get(outAxis));
        int last = graph.dims(input).size() - 1;
        Optional<Channels> read = graph.of(input);
        if (read.filter(own -> own.axis() != last).isPresent()) {
            graph.freeze(input); // rows, not columns
        }
        int[] inputs = read.filter(own -> own.axis() == last).map(Channels::ids).orElse(ChannelGraph.frozen(in));
        int[] outputs = graph.classes().add(out);
        graph.put(node.outputs().get(0), new Channels(last, outputs));
        String weights = held.get().tensor().name();
        graph.make(new ChannelGraph.Maker(index, weights, outAxis, outputs));
        graph.read(new ChannelGraph.Reader(index, weights, 1 - outAxis, List.of(inputs)));
        graph.edit(removal -> {
            removal.slice(index, 1, outAxis, removal.kept(outputs));
            removal.slice(index, 1, 1 - outAxis, removal.kept(inputs));
            if (biased) {
                List<Long> bias = graph.weight(node.inputs().get(2))
                        .orElseThrow()
                        .tensor()
                        .dims();
                int axis = bias.size() - 1;
                if (axis >= 0 && bias.get(axis) == out) {
                    removal.slice(index, 2, axis, removal.kept(outputs));
                }
            }
        });
    }
}
