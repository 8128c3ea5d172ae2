package dev.narrows.shrink;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Dynamic quantisation to bytes: weights are bytes in the file, and each layer's input is put on a grid of 256 steps anew
 * in every run, from its least to its largest value. Nothing is calibrated; what is between layers stays float32.
 */
public final class DynamicInt8 {

    /**
     * Below, finding the input's range costs more than bytes save: with 64 × 10 weights a product took 1.14 times as long as
     * in float32, with 512 × 512 0.7 times.
     */
    private static final long LEAST_WEIGHTS = 1 << 14;

    private DynamicInt8() {}

    /**
     * The network with its matrix products and LSTMs on bytes.
     *
     * @param weightBits 8, or 7 where products of two bytes saturate in their sums of 16 bits ({@link Int8Options})
     * @param convolutions whether convolutions are, too: the runtime's kernel for them (ConvInteger) took 1.1 to 2.6 times as
     *     long as the one for float32 wherever it was measured, so this only makes the file smaller
     * @param wanted which nodes may be
     * @throws UnsupportedException if there is no layer for it, or convolutions are asked for before opset 11
     */
    public static Network quantized(
            Network network, Shapes shapes, int weightBits, boolean convolutions, Predicate<Node> wanted) {
        if (convolutions && network.opset() < DynamicProducts.FIRST_OPSET) {
            throw new UnsupportedException("opset: " + network.opset() + " (expected: " + DynamicProducts.FIRST_OPSET
                    + " or newer for convolutions, the first with DynamicQuantizeLinear), network \"" + network.name()
                    + "\"");
        }
        Int8Options options = Int8Options.DEFAULT.withWeightBits(weightBits); // checks them
        Patch patch = Patch.of(network, shapes);
        for (int index = 0; index < network.nodes().size(); index++) {
            Node node = network.nodes().get(index);
            if (!wanted.test(node)) {
                continue;
            }
            Optional<List<Node>> nodes = node.is("LSTM")
                    ? DynamicLstm.nodes(patch, node, options.weightLimit())
                    : QuantizationPlan.layer(patch, shapes, node)
                            .filter(layer -> layer.weight().elements() >= LEAST_WEIGHTS)
                            .flatMap(layer -> nodes(patch, layer, options, convolutions));
            if (nodes.isPresent()) {
                patch.replace(index, nodes.get().toArray(Node[]::new));
            }
        }
        if (patch.changes() == 0) {
            throw new UnsupportedException(
                    "layers: none for dynamic quantisation (expected: LSTM, or Gemm or MatMul with "
                            + LEAST_WEIGHTS + " weights or more, float32 ones that the file holds"
                            + (convolutions ? ", or Conv" : "; convolutions only if asked for") + "), network \""
                            + network.name()
                            + "\"");
        }
        Network quantized = Imports.microsoft(patch.apply());
        Validator.check(quantized);
        return quantized;
    }

    private static Optional<List<Node>> nodes(
            Patch patch, LinearNode layer, Int8Options options, boolean convolutions) {
        if (layer.node().is("Conv")) {
            return convolutions ? Optional.of(DynamicProducts.convolution(patch, layer)) : Optional.empty();
        }
        return Optional.of(DynamicProducts.product(patch, layer, options.weightLimit()));
    }
}
