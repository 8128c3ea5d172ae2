package dev.narrows.wire.codec;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.util.List;
import java.util.Random;

/**
 * Codes like those of trained bottlenecks, from a seed: whole numbers, most of them the channel's commonest. Each channel
 * has its own distribution, two-sided geometric around its own level, so that what the source costs is known exactly.
 *
 * @param bytes what an item costs, its entropy, about
 */
record SparseCodes(int channels, int side, int levels, double bytes) {

    TensorSpec spec() {
        return new TensorSpec("code", DType.FLOAT32, List.of(-1L, (long) channels, (long) side, (long) side));
    }

    /** The probabilities of a channel's levels: some channels cost much, most little, as rate training makes them. */
    private double[][] shares() {
        double low = 0;
        double high = 0.97;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (entropyBits(shares(middle)) / 8 < bytes) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return shares(low);
    }

    private double[][] shares(double ratio) {
        double[][] shares = new double[channels][levels];
        for (int channel = 0; channel < channels; channel++) {
            double own = ratio * (0.4 + 0.6 * channel / Math.max(1, channels - 1));
            int centre = (levels / 2 + channel) % levels;
            double sum = 0;
            for (int level = 0; level < levels; level++) {
                shares[channel][level] = StrictMath.pow(own, Math.abs(level - centre));
                sum += shares[channel][level];
            }
            for (int level = 0; level < levels; level++) {
                shares[channel][level] /= sum;
            }
        }
        return shares;
    }

    /** The bits that an item costs on average. */
    private double entropyBits(double[][] shares) {
        double bits = 0;
        for (double[] channel : shares) {
            for (double share : channel) {
                bits -= share > 0 ? share * Logarithms.log2(share) : 0;
            }
        }
        return bits * side * side;
    }

    /** The bits of {@code items} under their source: what no code can be shorter than on average. */
    double bits(Tensor items) {
        double[][] shares = shares();
        float[] values = items.toFloats();
        double bits = 0;
        for (int i = 0; i < values.length; i++) {
            bits -= Logarithms.log2(shares[i / side / side % channels][(int) values[i]]);
        }
        return bits;
    }

    Tensor items(int items, long seed) {
        Random random = new Random(seed);
        double[][] shares = shares();
        float[] values = new float[items * channels * side * side];
        for (int i = 0; i < values.length; i++) {
            double[] channel = shares[i / side / side % channels];
            double at = random.nextDouble();
            int level = 0;
            while (level < levels - 1 && at >= channel[level]) {
                at -= channel[level++];
            }
            values[i] = level;
        }
        return Tensor.of(values, items, channels, side, side);
    }
}
