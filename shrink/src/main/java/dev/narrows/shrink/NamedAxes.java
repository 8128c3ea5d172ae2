package dev.narrows.shrink;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;

/**
 * Pad and Resize of named axes (opset 18). Beside convolutions of bytes ONNX Runtime moves them into its own layout of
 * images and loses the names on the way: version 1.29 then fails to load the network or to run it.
 */
final class NamedAxes {

    private static final int AXES_OF_PAD = 3;

    private NamedAxes() {}

    /** @throws UnsupportedException if a node names axes, and a convolution is to compute with bytes */
    static void refuse(Network network, QuantizationPlan plan) {
        if (plan.layers().values().stream().noneMatch(layer -> layer.node().is("Conv"))) {
            return;
        }
        for (Node node : network.nodes()) {
            boolean pad = node.is("Pad")
                    && node.inputs().size() > AXES_OF_PAD
                    && !node.inputs().get(AXES_OF_PAD).isEmpty();
            boolean resize = node.is("Resize") && node.attributes().containsKey("axes");
            if (pad || resize) {
                throw new UnsupportedException("operator: " + node.opType()
                        + " names its axes, which the runtime loses beside convolutions of bytes (expected: one for all "
                        + "axes), node \"" + node.label() + "\"");
            }
        }
    }
}
