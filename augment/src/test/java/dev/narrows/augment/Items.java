package dev.narrows.augment;

import java.util.SplittableRandom;

/** Seeded items to disturb. */
final class Items {

    private Items() {}

    /** A drawn scene: slopes of colour, a disc and a bar, each channel of its own. */
    static float[] image(long[] shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int channels = (int) shape[0];
        int height = (int) shape[1];
        int width = (int) shape[2];
        float[] values = new float[channels * height * width];
        double discX = random.nextDouble(0.3, 0.7) * width;
        double discY = random.nextDouble(0.3, 0.7) * height;
        double radius = random.nextDouble(0.15, 0.3) * Math.min(height, width);
        for (int c = 0; c < channels; c++) {
            double base = random.nextDouble(0.2, 0.6);
            double slope = random.nextDouble(-0.2, 0.2);
            double disc = random.nextDouble(0.5, 1);
            double bar = random.nextDouble(0, 0.3);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double value = base + slope * x / width + 0.1 * Math.sin(6.0 * y / height);
                    if (Math.hypot(x - discX, y - discY) < radius) {
                        value = disc;
                    } else if (y > 0.7 * height && y < 0.85 * height) {
                        value = bar;
                    }
                    values[(c * height + y) * width + x] = (float) Math.max(0, Math.min(1, value));
                }
            }
        }
        return values;
    }

    static double meanSquare(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum / a.length;
    }

    static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
