package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * An image that moved while it was taken: the mean along a line in a random direction.
 *
 * @param length of the line, in pixels; up to 1 is none
 */
record MotionBlur(Range length) implements Augmentation {

    /** Places on the line for each of its pixels. */
    private static final int DENSITY = 4;

    MotionBlur {
        Check.between("motion", length, 0, 1000);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return along(values, Planes.of(values, shape), length.draw(random), Math.PI * random.nextDouble());
    }

    static float[] along(float[] values, Planes planes, double length, double angle) {
        if (length <= 1) {
            return values;
        }
        int radius = (int) Math.ceil((length - 1) / 2) + 1;
        int size = 2 * radius + 1;
        float[] kernel = kernel(length, angle, radius, size);
        int height = planes.height();
        int width = planes.width();
        float[] blurred = new float[values.length];
        for (int tap = 0; tap < kernel.length; tap++) {
            float weight = kernel[tap];
            if (weight == 0) {
                continue;
            }
            int right = tap % size - radius;
            int down = tap / size - radius;
            for (int start = 0; start < values.length; start += planes.plane()) {
                for (int y = 0; y < height; y++) {
                    int row = start + Math.max(0, Math.min(height - 1, y + down)) * width;
                    int to = start + y * width;
                    for (int x = 0; x < width; x++) {
                        blurred[to + x] += weight * values[row + Math.max(0, Math.min(width - 1, x + right))];
                    }
                }
            }
        }
        return Clamp.unit(blurred);
    }

    /** The line drawn into a square, each place shared among the four pixels about it; sums to 1. */
    private static float[] kernel(double length, double angle, int radius, int size) {
        float[] kernel = new float[size * size];
        int places = (int) Math.ceil(length) * DENSITY;
        for (int i = 0; i < places; i++) {
            double along = ((i + 0.5) / places - 0.5) * (length - 1);
            double x = radius + along * Math.cos(angle);
            double y = radius + along * Math.sin(angle);
            int left = (int) x;
            int top = (int) y;
            float toRight = (float) (x - left);
            float toBottom = (float) (y - top);
            int at = top * size + left;
            kernel[at] += (1 - toRight) * (1 - toBottom) / places;
            kernel[at + 1] += toRight * (1 - toBottom) / places;
            kernel[at + size] += (1 - toRight) * toBottom / places;
            kernel[at + size + 1] += toRight * toBottom / places;
        }
        return kernel;
    }
}
