package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;

/**
 * How an image lies in its array: (channels, height, width), row-major.
 *
 * @param channels planes of {@code height · width} values
 */
record Planes(int channels, int height, int width) {

    /** The planes of an item's shape. */
    static Planes of(float[] values, long[] shape) {
        if (shape.length != 3
                || shape[0] < 1
                || shape[1] < 1
                || shape[2] < 1
                || shape[0] * shape[1] * shape[2] != values.length) {
            throw new InvalidException("shape: " + Arrays.toString(shape) + " of " + values.length
                    + " values (expected: an image's channels, height, width)");
        }
        return new Planes((int) shape[0], (int) shape[1], (int) shape[2]);
    }

    /** Values of one channel. */
    int plane() {
        return height * width;
    }

    /** The shorter side, in pixels. */
    int side() {
        return Math.min(height, width);
    }
}
