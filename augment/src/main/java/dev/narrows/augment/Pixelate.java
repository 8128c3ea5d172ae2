package dev.narrows.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * An image of fewer pixels: each block shows its mean.
 *
 * @param block the blocks' side in pixels; up to 1 is none
 */
record Pixelate(Range block) implements Augmentation {

    Pixelate {
        Check.between("pixelate", block, 0, 10_000);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return blocks(values, Planes.of(values, shape), block.draw(random));
    }

    static float[] blocks(float[] values, Planes planes, double block) {
        if (block <= 1) {
            return values;
        }
        int rows = (int) Math.max(1, Math.round(planes.height() / block));
        int columns = (int) Math.max(1, Math.round(planes.width() / block));
        for (int start = 0; start < values.length; start += planes.plane()) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    mean(
                            values,
                            start,
                            planes.width(),
                            row * planes.height() / rows,
                            (row + 1) * planes.height() / rows,
                            column * planes.width() / columns,
                            (column + 1) * planes.width() / columns);
                }
            }
        }
        return values;
    }

    private static void mean(float[] values, int start, int width, int top, int bottom, int left, int right) {
        float sum = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                sum += values[start + y * width + x];
            }
        }
        float mean = sum / ((bottom - top) * (right - left));
        for (int y = top; y < bottom; y++) {
            Arrays.fill(values, start + y * width + left, start + y * width + right, mean);
        }
    }
}
