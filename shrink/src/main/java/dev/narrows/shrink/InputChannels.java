package dev.narrows.shrink;

import dev.narrows.graph.LinearNode;

/** Which channel of its input each weight of a Conv, Gemm or MatMul meets. */
final class InputChannels {

    private final boolean convolution;
    private final boolean transposed;
    private final int own; // input channels that an output channel reads
    private final int channels; // of the output
    private final int perChannel;
    private final int perGroup;

    private InputChannels(LinearNode layer) {
        convolution = layer.node().is("Conv");
        transposed = QuantizedWeights.axis(layer) == 0;
        channels = layer.channels();
        perChannel = Math.toIntExact(layer.weight().elements()) / channels;
        own = convolution ? Math.toIntExact(layer.weight().dims().get(1)) : perChannel;
        int groups = convolution ? Math.toIntExact(layer.node().intAttribute("group", 1)) : 1;
        perGroup = channels / groups;
    }

    static InputChannels of(LinearNode layer) {
        return new InputChannels(layer);
    }

    /** How many there are. */
    int count() {
        return channels / perGroup * own;
    }

    /** The channel that a weight meets, by its index in the tensor. */
    int of(int index) {
        if (convolution) {
            return index / perChannel / perGroup * own + index % perChannel / (perChannel / own);
        }
        return transposed ? index % perChannel : index / channels;
    }
}
