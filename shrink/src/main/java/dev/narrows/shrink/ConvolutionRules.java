package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What convolutions do to channels. */
final class ConvolutionRules {

    private ConvolutionRules() {}

    static void apply(ChannelGraph graph, int index, Node node) {
        String input = node.inputs().get(0);
        String weight = node.inputs().get(1);
        boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        Optional<ChannelGraph.Held> held = graph.weight(weight);
        // weights or a bias that others read too would have to lose the same places for all
        boolean alone = graph.isSliceable(weight)
                && graph.users(weight) == 1
                && (!biased || graph.isSliceable(node.inputs().get(2)));
        int groups = (int) node.intAttribute("group", 1);
        boolean transposed = node.is("ConvTranspose");
        if (!alone || held.isEmpty() || (transposed && groups > 1)) {
            ChannelRules.freeze(graph, node);
            return;
        }
        List<Long> dims = held.get().tensor().dims();
        int in = Math.toIntExact(transposed ? dims.get(0) : dims.get(1) * groups);
        int out = Math.toIntExact(transposed ? dims.get(1) : dims.get(0));
        int[] inputs = graph.of(input)
                .filter(own -> own.axis() == 1)
                .map(Channels::ids)
                .orElse(ChannelGraph.frozen(in));
        if (graph.of(input).filter(own -> own.axis() != 1).isPresent()) {
            graph.freeze(input);
        }
        String weights = held.get().tensor().name();
        if (groups == in && groups > 1) {
            depthwise(graph, index, node, inputs, out / in, biased);
            return;
        }
        int[] outputs = graph.classes().add(out);
        joinAcrossGroups(graph, inputs, groups);
        joinAcrossGroups(graph, outputs, groups);
        graph.put(node.outputs().get(0), new Channels(1, outputs));
        int outAxis = transposed ? 1 : 0;
        int perGroup = in / groups;
        graph.make(new ChannelGraph.Maker(index, weights, outAxis, outputs));
        List<int[]> read = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            read.add(Arrays.copyOfRange(inputs, group * perGroup, (group + 1) * perGroup));
        }
        graph.read(new ChannelGraph.Reader(index, weights, 1 - outAxis, read));
        graph.edit(removal -> {
            removal.slice(index, 1, outAxis, removal.kept(outputs));
            removal.slice(index, 1, 1 - outAxis, removal.kept(Arrays.copyOf(inputs, perGroup)));
            if (biased) {
                removal.slice(index, 2, 0, removal.kept(outputs));
            }
        });
    }

    /** Each channel by itself: what it makes goes with what it reads. */
    private static void depthwise(
            ChannelGraph graph, int index, Node node, int[] inputs, int multiplier, boolean biased) {
        int[] outputs = new int[inputs.length * multiplier];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = inputs[i / multiplier];
        }
        graph.put(node.outputs().get(0), new Channels(1, outputs));
        graph.edit(removal -> {
            int[] kept = removal.kept(outputs);
            removal.slice(index, 1, 0, kept);
            if (biased) {
                removal.slice(index, 2, 0, kept);
            }
            removal.attribute(index, "group", new Attribute.IntValue(removal.kept(inputs).length));
        });
    }

    /** Each group must keep as many as the others: those at the same place go together. */
    private static void joinAcrossGroups(ChannelGraph graph, int[] ids, int groups) {
        int each = ids.length / groups;
        for (int i = each; i < ids.length; i++) {
            graph.classes().join(ids[i], ids[i % each]);
        }
    }
}
