package dev.narrows.train;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.ValueInfo;
import java.util.List;
import java.util.Map;

/** Where a classifier's logits are: losses want them from before the last Softmax. */
final class Logits {

    private Logits() {}

    /** The value with the logits behind each output, in their order: what goes into its Softmax, or the output itself. */
    static List<String> of(Network network) {
        Map<String, Integer> producers = network.producers();
        return network.outputs().stream()
                .map(ValueInfo::name)
                .map(output -> {
                    Integer producer = producers.get(output);
                    if (producer == null) {
                        throw new IncompatibleException(
                                "output: \"" + output + "\" is an input or a constant (expected: computed)");
                    }
                    Node node = network.nodes().get(producer);
                    return node.is("Softmax") ? node.inputs().get(0) : output;
                })
                .toList();
    }
}
