package dev.narrows.shrink;

import dev.narrows.graph.LinearNode;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Rounds the weights of layers with regard to their outputs; where a layer has no {@link Curvature}, to the nearest. */
final class LayerRounding implements WeightRounding {

    private final Rounding rounding;
    private final Curvatures curvatures;
    private final Map<Key, byte[]> done = new HashMap<>();

    /** What a rounding depends on; the buffer is never written to, and equal to another by its numbers. */
    private record Key(String layer, int limit, FloatBuffer scales) {}

    LayerRounding(Rounding rounding, Curvatures curvatures) {
        this.rounding = rounding;
        this.curvatures = curvatures;
    }

    @Override
    public byte[] bytes(LinearNode layer, float[] scales, int limit) {
        if (rounding == Rounding.NEAREST) {
            return NEAREST.bytes(layer, scales, limit);
        }
        Key key = new Key(layer.node().outputs().get(0), limit, FloatBuffer.wrap(scales.clone()));
        return done.computeIfAbsent(key, asked -> {
            Optional<Curvature[]> groups = curvatures.of(layer);
            return groups.isPresent()
                    ? rounded(layer, scales, limit, groups.get())
                    : NEAREST.bytes(layer, scales, limit);
        });
    }

    private byte[] rounded(LinearNode layer, float[] scales, int limit, Curvature[] groups) {
        float[] weights = layer.weight().floats();
        byte[] bytes = new byte[weights.length];
        int size = weights.length / scales.length;
        int stride = QuantizedWeights.axis(layer) == 0 ? 1 : scales.length; // between weights of a channel
        for (int channel = 0; channel < scales.length; channel++) {
            int first = stride == 1 ? channel * size : channel;
            double[] own = new double[size];
            for (int i = 0; i < size; i++) {
                own[i] = weights[first + i * stride];
            }
            Curvature curvature = groups[channel / (scales.length / groups.length)];
            int[] levels = rounding.levels(own, new OneScale(scales[channel], limit), curvature);
            for (int i = 0; i < size; i++) {
                bytes[first + i * stride] = (byte) levels[i];
            }
        }
        return bytes;
    }

    /** The grid of a channel whose weights share a step, about 0. */
    private record OneScale(float scale, int limit) implements LevelGrid {
        @Override
        public int lowest() {
            return -limit;
        }

        @Override
        public int highest() {
            return limit;
        }

        @Override
        public double step(int weight) {
            return scale;
        }

        @Override
        public int zero(int weight) {
            return 0;
        }
    }
}
