package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * An image out of focus: convolved with a Gaussian, one axis after the other; the edge's pixels continue beyond it.
 *
 * @param sigma the Gaussian's deviation in pixels
 */
record Blur(Range sigma) implements Augmentation {

    Blur {
        Check.between("blur", sigma, 0, 100);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return gaussian(values, Planes.of(values, shape), sigma.draw(random));
    }

    static float[] gaussian(float[] values, Planes planes, double sigma) {
        if (sigma < 1e-3) {
            return values;
        }
        float[] kernel = kernel(sigma);
        float[] rows = new float[values.length];
        pass(values, rows, kernel, planes.width(), 1);
        pass(rows, values, kernel, planes.height(), planes.width());
        return Clamp.unit(values);
    }

    private static float[] kernel(double sigma) {
        int radius = (int) Math.ceil(3 * sigma);
        float[] kernel = new float[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            sum += Math.exp(-0.5 * i * i / (sigma * sigma));
        }
        for (int i = -radius; i <= radius; i++) {
            kernel[i + radius] = (float) (Math.exp(-0.5 * i * i / (sigma * sigma)) / sum);
        }
        return kernel;
    }

    /** Convolves along one axis of {@code length} values that lie {@code stride} apart. */
    private static void pass(float[] from, float[] to, float[] kernel, int length, int stride) {
        int radius = kernel.length / 2;
        for (int i = 0; i < from.length; i++) {
            int place = i / stride % length;
            float sum = 0;
            if (place >= radius && place + radius < length) {
                for (int k = 0, at = i - radius * stride; k < kernel.length; k++, at += stride) {
                    sum += kernel[k] * from[at];
                }
            } else {
                int start = i - place * stride;
                for (int k = 0; k < kernel.length; k++) {
                    int at = Math.max(0, Math.min(length - 1, place + k - radius));
                    sum += kernel[k] * from[start + at * stride];
                }
            }
            to[i] = sum;
        }
    }
}
