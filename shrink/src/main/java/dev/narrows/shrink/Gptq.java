package dev.narrows.shrink;

import dev.narrows.graph.LinearNode;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Rounds a layer's weights one after the other, and lets those not yet rounded make up for the error on the layer's
 * output (GPTQ, Frantar et al. 2022, after Optimal Brain Surgeon). With H = X·Xᵀ of what the weights meet and U the
 * upper Cholesky factor of its inverse, the error of weight i over Uᵢᵢ is taken from each later weight j Uᵢⱼ times.
 * Weights whose inputs are largest come first, as the paper's later code has it; O(n³) for n weights of a channel, once
 * for all channels of a group.
 *
 * <p>Layers without {@link SecondMoments} are rounded to the nearest.
 */
final class Gptq implements WeightRounding {

    /** Added to the diagonal of H, of its mean: the paper's. */
    private static final double DAMPING = 0.01;

    /**
     * One group of a layer.
     *
     * @param order of its weights, the first to be rounded first
     * @param upper rows of U in that order; row i starts at the diagonal
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, compared never
    private record Group(int[] order, float[][] upper) {}

    /** What a rounding depends on; the buffer is never written to, and equal to another by its numbers. */
    private record Key(String layer, int limit, FloatBuffer scales) {}

    private final Supplier<Map<String, Group[]>> groups;
    private final Map<Key, byte[]> done = new HashMap<>();

    private Gptq(Supplier<Map<String, Group[]>> groups) {
        this.groups = groups;
    }

    /**
     * A rounding by what layers' inputs are like.
     *
     * @param moments hands on each layer's, when the first layer is rounded
     */
    static Gptq of(Consumer<SecondMoments.Reader> moments) {
        Map<String, Group[]> found = new HashMap<>();
        boolean[] read = new boolean[1];
        return new Gptq(() -> {
            if (!read[0]) {
                read[0] = true;
                moments.accept((layer, sums) -> found.put(
                        name(layer), Arrays.stream(sums).map(Gptq::group).toArray(Group[]::new)));
            }
            return found;
        });
    }

    private static String name(LinearNode layer) {
        return layer.node().outputs().get(0);
    }

    @Override
    public byte[] bytes(LinearNode layer, float[] scales, int limit) {
        Key key = new Key(name(layer), limit, FloatBuffer.wrap(scales.clone()));
        return done.computeIfAbsent(
                key,
                asked -> Optional.ofNullable(groups.get().get(asked.layer()))
                        .map(held -> rounded(layer, scales, limit, held))
                        .orElseGet(() -> NEAREST.bytes(layer, scales, limit)));
    }

    private static byte[] rounded(LinearNode layer, float[] scales, int limit, Group[] groups) {
        float[] weights = layer.weight().floats();
        byte[] bytes = new byte[weights.length];
        int size = weights.length / scales.length;
        int stride = QuantizedWeights.axis(layer) == 0 ? 1 : scales.length; // between weights of a channel
        for (int channel = 0; channel < scales.length; channel++) {
            int first = stride == 1 ? channel * size : channel;
            Group group = groups[channel / (scales.length / groups.length)];
            double[] left = new double[size]; // in the order of rounding
            for (int i = 0; i < size; i++) {
                left[i] = weights[first + group.order()[i] * stride];
            }
            for (int i = 0; i < size; i++) {
                byte rounded = WeightRounding.nearest(left[i], scales[channel], limit);
                bytes[first + group.order()[i] * stride] = rounded;
                float[] row = group.upper()[i];
                double error = (left[i] - (double) rounded * scales[channel]) / row[0];
                for (int j = 1; j < row.length; j++) {
                    left[i + j] -= error * row[j];
                }
            }
        }
        return bytes;
    }

    /**
     * The factor of H's inverse. With H's axes turned round, H = L·Lᵀ; L⁻¹ turned round again is U.
     *
     * @param moments H
     */
    private static Group group(double[][] moments) {
        int size = moments.length;
        double mean = 0;
        for (int i = 0; i < size; i++) {
            mean += moments[i][i] / size;
        }
        int[] order = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -moments[i][i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double damping = mean > 0 ? DAMPING * mean : 1;
        double[][] lower = new double[size][];
        for (int i = 0; i < size; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                lower[i][j] = moments[order[size - 1 - i]][order[size - 1 - j]] + (i == j ? damping : 0);
            }
        }
        factor(lower);
        invert(lower);
        float[][] upper = new float[size][];
        for (int i = 0; i < size; i++) {
            double[] row = lower[size - 1 - i];
            upper[i] = new float[row.length];
            for (int j = 0; j < row.length; j++) {
                upper[i][j] = (float) row[row.length - 1 - j];
            }
        }
        return new Group(order, upper);
    }

    /** Cholesky's, in place. */
    private static void factor(double[][] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= matrix[i][k] * matrix[j][k];
                }
                matrix[i][j] = i == j ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / matrix[j][j];
            }
        }
    }

    /** Of a lower triangle, in place, row by row: row i becomes (eᵢ - Σ Lᵢₖ · row k) / Lᵢᵢ. */
    private static void invert(double[][] lower) {
        for (int i = 0; i < lower.length; i++) {
            double[] row = new double[i + 1];
            for (int k = 0; k < i; k++) {
                double factor = lower[i][k];
                double[] above = lower[k];
                for (int j = 0; j <= k; j++) {
                    row[j] -= factor * above[j];
                }
            }
            row[i] = 1;
            for (int j = 0; j <= i; j++) {
                row[j] /= lower[i][i];
            }
            lower[i] = row;
        }
    }
}
