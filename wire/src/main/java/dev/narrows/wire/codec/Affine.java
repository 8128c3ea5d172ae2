package dev.narrows.wire.codec;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;

/**
 * Affine quantisation of an item's elements to symbols of {@code bits} bits, with one range for the tensor or one for
 * each channel: {@code symbol = clamp(⌊(x − low) · (1 / step) + ½⌋)} and back {@code x = low + symbol · step}, every
 * operation rounded to float32. Immutable.
 */
final class Affine {

    /** A range that ends nearer to zero than this share of its span is taken to reach it. */
    private static final double NEAR_ZERO = 1.0 / 8;

    /** The smallest step; its reciprocal is finite. A range that narrow is one value. */
    private static final float MIN_STEP = 0x1p-100f;

    private static final int NO_ZERO = -1;

    /** The largest magnitude that calibration takes: with it no range overflows float32. */
    static final float MAX_VALUE = 1e38f;

    private final Layout layout;
    private final int largest;
    private final float[] low;
    private final float[] step;
    private final float[] perStep;

    /**
     * @param low the value of symbol 0: of all channels, or of each
     * @param step between the values of neighbouring symbols, more than 0: as many
     * @throws MalformedException if their number does not fit, or a value is not finite
     */
    Affine(Layout layout, int bits, float[] low, float[] step) {
        this.layout = layout;
        largest = (1 << bits) - 1;
        if (low.length != step.length || (low.length != 1 && low.length != layout.channels())) {
            throw new MalformedException(
                    "ranges: " + low.length + " and " + step.length + " (expected: 1 or " + layout.channels() + ")");
        }
        this.low = low.clone();
        this.step = step.clone();
        perStep = new float[step.length];
        for (int i = 0; i < step.length; i++) {
            perStep[i] = 1 / step[i];
            if (!finite(low[i]) || !(step[i] > 0) || !finite(perStep[i]) || !finite(low[i] + largest * step[i])) {
                throw new MalformedException("range: low " + low[i] + ", step " + step[i]
                        + " (expected: finite, step more than 0), channel " + i);
            }
        }
    }

    /**
     * The quantisation whose symbols span {@code min} to {@code max} in each range. Zero inside a range, or at its end,
     * is the value of a symbol exactly, so that what a ReLU made zero stays zero.
     */
    static Affine spanning(Layout layout, int bits, float[] min, float[] max) {
        float[] low = new float[min.length];
        float[] step = new float[min.length];
        int largest = (1 << bits) - 1;
        for (int i = 0; i < min.length; i++) {
            double near = ((double) max[i] - min[i]) * NEAR_ZERO;
            float least = min[i] > 0 && min[i] < near ? 0 : min[i];
            float most = max[i] < 0 && -max[i] < near ? 0 : max[i];
            int zero = zeroSymbol(least, most, largest);
            step[i] = Math.max(MIN_STEP, (float) stepFor(least, most, zero, largest));
            low[i] = zero == NO_ZERO ? least : 0 - zero * step[i]; // 0 - 0 and not -0
        }
        return new Affine(layout, bits, low, step);
    }

    /** The symbol for 0 that spans the range in the smallest steps; {@link #NO_ZERO} if 0 is outside. */
    private static int zeroSymbol(float min, float max, int largest) {
        if (min > 0 || max < 0) {
            return NO_ZERO;
        }
        if (min == 0 || max == 0) {
            return min == 0 ? 0 : largest;
        }
        int below = (int) (-(double) min * largest / ((double) max - min));
        below = Math.max(1, Math.min(largest - 1, below));
        int above = Math.min(largest - 1, below + 1);
        return stepFor(min, max, below, largest) <= stepFor(min, max, above, largest) ? below : above;
    }

    /** The smallest step that spans the range if symbol {@code zero} is 0. */
    private static double stepFor(float min, float max, int zero, int largest) {
        if (zero == NO_ZERO) {
            return ((double) max - min) / largest;
        }
        double down = zero == 0 ? 0 : -(double) min / zero;
        double up = zero == largest ? 0 : (double) max / (largest - zero);
        return Math.max(down, up);
    }

    private static boolean finite(float value) {
        return Math.abs(value) <= Float.MAX_VALUE; // Float.isFinite, false for NaN too
    }

    float[] low() {
        return low.clone();
    }

    float[] step() {
        return step.clone();
    }

    /**
     * The symbols of the item that starts at {@code values[from]}.
     *
     * @throws InvalidException if a value is NaN or infinite
     */
    byte[] quantise(float[] values, int from) {
        byte[] symbols = new byte[layout.elements()];
        int planes = layout.outer() * layout.channels();
        int plane = layout.rows() * layout.columns();
        boolean allFinite = true;
        for (int p = 0, at = 0; p < planes; p++) {
            int range = low.length == 1 ? 0 : p % layout.channels();
            float zero = low[range];
            float scale = perStep[range];
            for (int end = at + plane; at < end; at++) {
                float value = values[from + at];
                allFinite &= finite(value);
                int symbol = (int) ((value - zero) * scale + 0.5f);
                symbols[at] = (byte) Math.max(0, Math.min(largest, symbol));
            }
        }
        if (!allFinite) {
            throw notFinite(values, from, symbols.length);
        }
        return symbols;
    }

    private static InvalidException notFinite(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (!finite(values[i])) {
                return new InvalidException("value: " + values[i] + " (expected: a finite float32), element " + i);
            }
        }
        throw new AssertionError("every value is finite");
    }

    /** Writes the values of {@code symbols} to {@code values}, from {@code from} on. */
    void dequantise(byte[] symbols, float[] values, int from) {
        int planes = layout.outer() * layout.channels();
        int plane = layout.rows() * layout.columns();
        for (int p = 0, at = 0; p < planes; p++) {
            int range = low.length == 1 ? 0 : p % layout.channels();
            float zero = low[range];
            float size = step[range];
            for (int end = at + plane; at < end; at++) {
                values[from + at] = zero + (symbols[at] & 0xFF) * size;
            }
        }
    }
}
