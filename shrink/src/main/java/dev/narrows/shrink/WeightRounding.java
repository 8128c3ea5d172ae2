package dev.narrows.shrink;

import dev.narrows.graph.LinearNode;

/** Puts a layer's weights onto a grid for each channel of its output. */
interface WeightRounding {

    /** Each weight to the nearest step. */
    WeightRounding NEAREST = (layer, scales, limit) -> {
        float[] weights = layer.weight().floats();
        byte[] bytes = new byte[weights.length];
        for (int i = 0; i < weights.length; i++) {
            bytes[i] = nearest(weights[i], scales[layer.channelOf(i)], limit);
        }
        return bytes;
    };

    /**
     * The bytes, in the weights' order.
     *
     * @param scales of each channel
     * @param limit the largest magnitude of a byte
     */
    byte[] bytes(LinearNode layer, float[] scales, int limit);

    static byte nearest(double weight, float scale, int limit) {
        return (byte) Math.max(-limit, Math.min(limit, Math.rint(weight / scale)));
    }
}
