package dev.narrows.media;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;

/**
 * An image as fewer, coarser pixels: averaged over areas to a square, rounded to a few bits a sample, packed without
 * entropy coding or any header, and brought back bilinearly. Crude, but for tiny images hard to beat by formats that were
 * made for photographs.
 *
 * @param bits of a sample, 1 to 8
 * @param size pixels of a side, at most the image's
 */
record PixelsCodec(int bits, int size) implements MediaCodec {

    PixelsCodec {
        if (bits < 1 || bits > 8) {
            throw new InvalidException("bits: " + bits + " (expected: 1 to 8), codec \"pixels\"");
        }
        if (size < 1) {
            throw new InvalidException("size: " + size + " (expected: 1 or more), codec \"pixels\"");
        }
    }

    @Override
    public String name() {
        return "pixels:" + bits + "x" + size;
    }

    private int bytes(Pixels pixels) {
        return Math.toIntExact(((long) pixels.channels() * size * size * bits + 7) / 8);
    }

    private Pixels pixels(long[] shape) {
        Pixels pixels = Pixels.of(shape);
        if (size > Math.min(pixels.height(), pixels.width())) {
            throw new InvalidException("size: " + size + " (expected: at most the image's, " + pixels.height() + " × "
                    + pixels.width() + "), codec \"" + name() + "\"");
        }
        return pixels;
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        Pixels pixels = pixels(shape);
        pixels.requireCount(values.length);
        float[][] down = averages(pixels.height());
        float[][] across = averages(pixels.width());
        int most = (1 << bits) - 1;
        byte[] code = new byte[bytes(pixels)];
        int at = 0;
        for (int channel = 0; channel < pixels.channels(); channel++) {
            float[] small = scaled(values, channel * pixels.plane(), pixels.width(), down, across);
            for (float value : small) {
                int symbol = Math.round(most * Math.max(0f, Math.min(1f, value)));
                for (int bit = bits - 1; bit >= 0; bit--, at++) {
                    code[at >> 3] |= (byte) (((symbol >> bit) & 1) << (7 - (at & 7)));
                }
            }
        }
        return code;
    }

    @Override
    public float[] decode(byte[] code, long[] shape) {
        Pixels pixels = pixels(shape);
        if (code.length != bytes(pixels)) {
            throw new MalformedException(
                    "code: " + code.length + " bytes (expected: " + bytes(pixels) + "), codec \"" + name() + "\"");
        }
        float[][] down = lines(pixels.height());
        float[][] across = lines(pixels.width());
        float most = (1 << bits) - 1;
        float[] values = new float[pixels.channels() * pixels.plane()];
        float[] small = new float[size * size];
        int at = 0;
        for (int channel = 0; channel < pixels.channels(); channel++) {
            for (int i = 0; i < small.length; i++) {
                int symbol = 0;
                for (int bit = 0; bit < bits; bit++, at++) {
                    symbol = (symbol << 1) | ((code[at >> 3] >> (7 - (at & 7))) & 1);
                }
                small[i] = symbol / most;
            }
            float[] large = scaled(small, 0, size, down, across);
            for (int i = 0; i < large.length; i++) {
                values[channel * pixels.plane() + i] = Pixels.level(large[i]) / 255f;
            }
        }
        return values;
    }

    /** What each source of one axis gives to each of {@code size} targets: the share of the target that it covers. */
    private float[][] averages(int length) {
        float[][] weights = new float[size][length];
        double step = (double) length / size;
        for (int target = 0; target < size; target++) {
            for (int source = 0; source < length; source++) {
                double covered = Math.min(source + 1, (target + 1) * step) - Math.max(source, target * step);
                weights[target][source] = (float) (Math.max(0, covered) / step);
            }
        }
        return weights;
    }

    /** What each of {@code size} sources gives to each target between their centres; the edge's goes on. */
    private float[][] lines(int length) {
        float[][] weights = new float[length][size];
        for (int target = 0; target < length; target++) {
            double place = Math.max(0, Math.min(size - 1, (target + 0.5) * size / length - 0.5));
            int below = (int) place;
            float share = (float) (place - below);
            weights[target][below] += 1 - share;
            weights[target][Math.min(below + 1, size - 1)] += share;
        }
        return weights;
    }

    private static float[] scaled(float[] from, int offset, int width, float[][] down, float[][] across) {
        float[] rows = new float[down.length * width];
        for (int y = 0; y < down.length; y++) {
            for (int source = 0; source < down[y].length; source++) {
                float weight = down[y][source];
                for (int x = 0; weight != 0 && x < width; x++) {
                    rows[y * width + x] += weight * from[offset + source * width + x];
                }
            }
        }
        float[] scaled = new float[down.length * across.length];
        for (int y = 0; y < down.length; y++) {
            for (int x = 0; x < across.length; x++) {
                float sum = 0;
                for (int source = 0; source < width; source++) {
                    sum += across[x][source] * rows[y * width + source];
                }
                scaled[y * across.length + x] = sum;
            }
        }
        return scaled;
    }
}
