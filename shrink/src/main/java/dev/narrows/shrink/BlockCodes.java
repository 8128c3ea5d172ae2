package dev.narrows.shrink;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A matrix of weights on grids of a few levels, one for each group of neighbours in a row: weight = scale × (level − zero).
 * The last group of a row may have fewer weights; the levels behind them are its zero.
 *
 * @param group how many neighbours share a scale
 * @param rows of the matrix
 * @param groups of each row
 * @param levels (rows, groups, group), from 0
 * @param scales (rows, groups); below 0 where the largest magnitude of a symmetric group is positive, so that the one level
 *     more on the negative side holds it. Numbers of float16 if {@code halfScales}
 * @param zeros (rows, groups), levels
 * @param halfScales whether float16 holds the scales without loss
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, compared never
record BlockCodes(
        BlockOptions options,
        int group,
        int rows,
        int groups,
        byte[] levels,
        float[] scales,
        byte[] zeros,
        boolean halfScales) {

    /** Shares of a group's range that are tried; what lies beyond is cut off. */
    private static final double[] RATIOS = {1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5};

    private static final double LEAST_HALF = 0x1p-13; // normal numbers of float16, with room for the ratios
    private static final double MOST_HALF = 0x1p15;

    /**
     * The grids of the least squared error among those that hold all of a group or cut off its ends; where what the weights
     * meet is known, each weight's error counts by that.
     */
    static BlockCodes of(WeightMatrix matrix, BlockOptions options, BlockRounding rounding) {
        return of(matrix, options, options.evenGroup(matrix.columns()), rounding, RATIOS);
    }

    /** The same, with all groups but a row's last of the length that the options name, as the runtime's kernel wants them. */
    static BlockCodes ofFullGroups(WeightMatrix matrix, BlockOptions options, BlockRounding rounding) {
        return of(matrix, options, options.group(), rounding, RATIOS);
    }

    static BlockCodes of(
            WeightMatrix matrix, BlockOptions options, int group, BlockRounding rounding, double... ratios) {
        return new Search(options, group, matrix, rounding, ratios).codes();
    }

    /** The weight that an element of the matrix became. */
    float weight(int row, int column) {
        int own = row * groups + column / group;
        int level = levels[own * group + column % group];
        return scales[own] * (level - zeros[own]);
    }

    /** The levels, several a byte, the first in the lowest bits. */
    ByteBuffer packedLevels() {
        return packed(levels, levels.length);
    }

    /** The zeros, each row's from a byte of its own. */
    ByteBuffer packedZeros() {
        return packed(zeros, groups);
    }

    private ByteBuffer packed(byte[] values, int run) {
        int each = 8 / options.bits();
        int bytes = (run + each - 1) / each;
        byte[] packed = new byte[values.length / run * bytes];
        for (int i = 0; i < values.length; i++) {
            int place = i % run;
            packed[i / run * bytes + place / each] |= (byte) (values[i] << (place % each * options.bits()));
        }
        return ByteBuffer.wrap(packed);
    }

    private static final class Search {
        private final BlockOptions options;
        private final int length; // of a group
        private final double[] ratios;
        private final int rows;
        private final int columns;
        private final int groups;
        private final float[] values;
        private final BlockRounding rounding;
        private final Curvature[] curvatures; // of shares of the rows; none: not known
        private final double[][] importance; // of the columns, for each share of the rows
        private final byte[] levels;
        private final float[] scales;
        private final byte[] zeros;
        private final boolean halves;

        Search(BlockOptions options, int length, WeightMatrix matrix, BlockRounding rounding, double... ratios) {
            this.options = options;
            this.length = length;
            this.ratios = ratios.clone();
            rows = matrix.rows();
            columns = matrix.columns();
            groups = (columns + length - 1) / length;
            values = matrix.values();
            this.rounding = rounding;
            curvatures = rounding.curvatures(matrix);
            importance = new double[Math.max(1, curvatures.length)][columns];
            Arrays.fill(importance[0], 1);
            for (int i = 0; i < curvatures.length; i++) {
                importance[i] = curvatures[i].diagonal();
            }
            levels = new byte[rows * groups * length];
            scales = new float[rows * groups];
            zeros = new byte[rows * groups];
            boolean fit = true;
            for (int group = 0; group < scales.length; group++) {
                double magnitude = magnitude(group) / options.highest();
                fit &= magnitude == 0 || (magnitude >= LEAST_HALF && magnitude * 2 <= MOST_HALF);
            }
            halves = fit;
        }

        BlockCodes codes() {
            for (int group = 0; group < scales.length; group++) {
                search(group);
            }
            for (int row = 0; row < rows; row++) {
                round(row);
            }
            return new BlockCodes(options, length, rows, groups, levels, scales, zeros, halves);
        }

        private int from(int group) {
            return group / groups * columns + group % groups * length;
        }

        private int to(int group) {
            return Math.min(from(group) + length, (group / groups + 1) * columns);
        }

        private double magnitude(int group) {
            double largest = 0;
            for (int i = from(group); i < to(group); i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            return largest;
        }

        private void search(int group) {
            double low = 0;
            double high = 0;
            for (int i = from(group); i < to(group); i++) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            scales[group] = 1;
            zeros[group] = (byte) options.middle();
            double least = error(group, 1, options.middle());
            for (double ratio : ratios) {
                for (double step : steps(low, high)) {
                    float scale = rounded(step * ratio);
                    int zero = options.symmetric() ? options.middle() : (int) Math.rint(-low * ratio / scale);
                    double error = scale == 0 ? least : error(group, scale, zero);
                    if (error < least) {
                        least = error;
                        scales[group] = scale;
                        zeros[group] = (byte) zero;
                    }
                }
            }
            Arrays.fill(levels, group * length, (group + 1) * length, zeros[group]);
        }

        private void round(int row) {
            double[] weights = new double[columns];
            for (int i = 0; i < columns; i++) {
                weights[i] = values[row * columns + i];
            }
            int[] rounded = rounding.levels(weights, new RowGrid(row), curvatures, row / (rows / importance.length));
            for (int i = 0; i < columns; i++) {
                levels[row * groups * length + i] = (byte) rounded[i];
            }
        }

        /** The grids of a row's groups. */
        private final class RowGrid implements LevelGrid.Scaled {
            private final int first; // group

            RowGrid(int row) {
                first = row * groups;
            }

            @Override
            public int lowest() {
                return 0;
            }

            @Override
            public int highest() {
                return options.highest();
            }

            @Override
            public double step(int weight) {
                return scales[first + weight / length];
            }

            @Override
            public int zero(int weight) {
                return zeros[first + weight / length];
            }

            @Override
            public int group() {
                return length;
            }

            @Override
            public void rescale(int group, double step) {
                boolean held = !halves || (Math.abs(step) >= LEAST_HALF / 2 && Math.abs(step) <= MOST_HALF);
                if (rounded(step) != 0 && held) {
                    scales[first + group] = rounded(step);
                }
            }
        }

        /** Scales that hold the whole group. */
        private double[] steps(double low, double high) {
            if (!options.symmetric()) {
                return new double[] {(high - low) / options.highest()};
            }
            double largest = Math.max(high, -low);
            double extreme = high > -low ? -high : -low; // the sign that puts it on the side with a level more
            return new double[] {largest / (options.middle() - 1), extreme / options.middle()};
        }

        private double error(int group, float scale, int zero) {
            double[] counts = importance[group / groups / (rows / importance.length)];
            double sum = 0;
            for (int i = from(group); i < to(group); i++) {
                double error = values[i] - (double) scale * (level(values[i], scale, zero) - zero);
                sum += error * error * counts[i % columns];
            }
            return sum;
        }

        private int level(float value, float scale, int zero) {
            return (int) Math.max(0, Math.min(options.highest(), Math.rint((double) value / scale) + zero));
        }

        /** To a number of float16 if those hold all scales, to nearest even. */
        private float rounded(double scale) {
            int bits = Float.floatToRawIntBits((float) scale);
            int half = (bits + 0xfff + ((bits >> 13) & 1)) & ~0x1fff;
            return halves ? Float.intBitsToFloat(half) : (float) scale;
        }
    }
}
