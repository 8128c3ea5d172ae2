package dev.narrows.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An image moved by whole pixels, each axis on its own.
 *
 * @param pixels to the right and down; negative ones the other way
 * @param fill what comes into view
 */
record Shift(Range pixels, Fill fill) implements Augmentation {

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return move(values, Planes.of(values, shape), pixels.drawInt(random), pixels.drawInt(random), fill);
    }

    /** The image moved {@code right} and {@code down}. */
    static float[] move(float[] values, Planes planes, int right, int down, Fill fill) {
        if (right == 0 && down == 0) {
            return values;
        }
        int height = planes.height();
        int width = planes.width();
        float[] moved = new float[values.length];
        // Columns [first, last) of the result have a source.
        int first = Math.max(0, Math.min(width, right));
        int last = Math.max(0, Math.min(width, width + right));
        for (int channel = 0; channel < planes.channels(); channel++) {
            int start = channel * planes.plane();
            for (int y = 0; y < height; y++) {
                int from = y - down;
                if (fill == Fill.ZERO && (from < 0 || from >= height)) {
                    continue;
                }
                int source = start + Math.max(0, Math.min(height - 1, from)) * width;
                int target = start + y * width;
                if (first < last) {
                    System.arraycopy(values, source + first - right, moved, target + first, last - first);
                }
                if (fill == Fill.EDGE) {
                    Arrays.fill(moved, target, target + first, values[source]);
                    Arrays.fill(moved, target + Math.max(first, last), target + width, values[source + width - 1]);
                }
            }
        }
        return moved;
    }
}
