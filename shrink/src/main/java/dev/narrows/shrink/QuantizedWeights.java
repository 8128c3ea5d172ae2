package dev.narrows.shrink;

import dev.narrows.graph.LinearNode;

/**
 * A layer's weights as signed bytes, symmetric, with a scale for each channel of the output.
 *
 * @param values in the weights' order
 * @param scales of each channel
 * @param axis of the weights that counts channels
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, compared never
record QuantizedWeights(byte[] values, float[] scales, int axis) {

    /** The largest magnitude of a bias on its grid: a quarter of what 32 bits hold, so that sums have room. */
    private static final double MOST_OF_A_BIAS = 1 << 29;

    /**
     * The bytes of a layer.
     *
     * @param limit the largest magnitude of a byte
     * @param bias of each channel: where weights are so small that it would not fit its grid, theirs is made coarser
     * @param inputScale of the layer's input
     * @throws dev.narrows.errors.InvalidException if a weight is no finite number
     */
    static QuantizedWeights of(LinearNode layer, int limit, double[] bias, float inputScale, WeightRounding rounding) {
        float[] weights = layer.weight().requireFinite().floats();
        float[] scales = new float[layer.channels()];
        for (int i = 0; i < weights.length; i++) {
            int channel = layer.channelOf(i);
            scales[channel] = Math.max(scales[channel], Math.abs(weights[i]) / limit);
        }
        for (int channel = 0; channel < scales.length; channel++) {
            float forBias = (float) (Math.abs(bias[channel]) / (inputScale * MOST_OF_A_BIAS));
            float least = Math.max(forBias, Float.MIN_NORMAL);
            scales[channel] = scales[channel] > 0 || forBias > 0 ? Math.max(scales[channel], least) : 1;
        }
        return new QuantizedWeights(rounding.bytes(layer, scales, limit), scales, axis(layer));
    }

    /** The bytes of a layer whose bias is on no grid. */
    static QuantizedWeights of(LinearNode layer, int limit) {
        return of(layer, limit, new double[layer.channels()], 1, WeightRounding.NEAREST);
    }

    /** The axis of the weights that counts output channels. */
    static int axis(LinearNode layer) {
        if (layer.node().is("Conv")) {
            return 0;
        }
        boolean transposed = layer.node().is("Gemm") && layer.node().intAttribute("transB", 0) == 1;
        return transposed ? 0 : 1;
    }

    /**
     * How far the mean of each output channel is from what it was, by the error of the weights on inputs of the given
     * means; to be added to the bias (Nagel et al. 2019, there from the statistics of batch normalisations).
     *
     * @param means of the input's channels; places at the edges, where padding is read, count as all others
     */
    double[] meanError(LinearNode layer, double[] means) {
        float[] weights = layer.weight().floats();
        double[] error = new double[scales.length];
        InputChannels inputs = InputChannels.of(layer);
        for (int i = 0; i < weights.length; i++) {
            int channel = layer.channelOf(i);
            error[channel] += (weights[i] - (double) values[i] * scales[channel]) * means[inputs.of(i)];
        }
        return error;
    }
}
