package dev.narrows.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a network computes and holds, from shapes alone.
 *
 * <p>A multiply-accumulate is one product added to a sum. Counted are the products that the operator's definition
 * needs, whatever algorithm computes them, those with padding included: convolution, each output element × (input
 * channels of its group × kernel size); transposed convolution, each input element × (output channels of its group ×
 * kernel size); matrix product, output elements × inner length; LSTM, GRU and RNN, steps × batch × directions × gates ×
 * hidden × (input + hidden); Einsum, the product of the lengths of all its labels, once for each operand after the
 * first; Attention, the products of queries with keys and of weights with values. Quantised operators count as their
 * float ones. Biases, activations, poolings, element-wise operators count 0, and so does what lies inside the subgraphs of
 * If, Loop and Scan, in local functions and in operators of unknown domains.
 */
public final class Costs {

    private Costs() {}

    /**
     * One node's cost for one item.
     *
     * @param macs multiply-accumulate operations (convolutions, matrix products, recurrent layers); 0 for others
     * @param parameters elements of the initializers it reads (of tensors that Constant nodes hold too), of bytes with several
     *     numbers each the numbers; a weight that several nodes read counts at the first
     * @param outputBytes bytes of what it makes, as far as shapes are known
     */
    public record NodeCost(long macs, long parameters, long outputBytes) {}

    /** The cost of each node, in the network's order. */
    public static List<NodeCost> of(Network network, Shapes shapes) {
        KnownDims dims = new KnownDims(network, shapes);
        Map<String, Long> packed = PackedLevels.of(network);
        Set<String> counted = new HashSet<>();
        List<NodeCost> costs = new ArrayList<>();
        for (Node node : network.nodes()) {
            long parameters = 0;
            for (String use : node.uses()) {
                if (dims.isHeld(use) && counted.add(use)) {
                    long elements = dims.of(use).map(Macs::product).orElse(0L);
                    parameters += packed.getOrDefault(use, elements);
                }
            }
            long bytes = 0;
            for (String output : node.outputs()) {
                bytes += shapes.of(output).map(Shapes.Shape::sizeBytes).orElse(0L);
            }
            costs.add(new NodeCost(Macs.of(node, dims), parameters, bytes));
        }
        return costs;
    }
}
