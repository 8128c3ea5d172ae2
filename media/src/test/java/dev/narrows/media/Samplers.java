package dev.narrows.media;

import java.util.SplittableRandom;

/** Items of whole levels that are no noise: shapes on a shade, a voice that comes and goes. */
final class Samplers {

    static final MediaKind IMAGE = new MediaKind.Image();
    static final MediaKind SOUND = new MediaKind.Sound(16_000);
    static final long[] GREY = {1, 28, 28};
    static final long[] RGB = {3, 32, 32};
    static final long[] CLIP = {8_123};

    private Samplers() {}

    static float[] image(long seed, long[] shape) {
        SplittableRandom random = new SplittableRandom(seed);
        int height = (int) shape[1];
        int width = (int) shape[2];
        float[] values = new float[(int) (shape[0] * height * width)];
        for (int channel = 0; channel < shape[0]; channel++) {
            double shade = random.nextDouble();
            double slope = random.nextDouble() / width;
            int left = random.nextInt(width / 2);
            int top = random.nextInt(height / 2);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    boolean inside = x >= left && x < left + width / 2 && y >= top && y < top + height / 2;
                    double value = inside ? shade : 1 - shade + slope * x + 0.05 * random.nextDouble();
                    values[(channel * height + y) * width + x] = Pixels.level((float) value) / 255f;
                }
            }
        }
        return values;
    }

    static float[] sound(long seed, long[] shape) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) shape[shape.length - 1]];
        double pitch = 100 + 100 * random.nextDouble();
        for (int i = 0; i < values.length; i++) {
            double time = i / 16_000.0;
            double voice = 0;
            for (int harmonic = 1; harmonic < 8; harmonic++) {
                voice += Math.sin(2 * Math.PI * pitch * harmonic * time) / harmonic;
            }
            double loud = Math.max(0, Math.sin(2 * Math.PI * 3 * time));
            double noise = 0.02 * (random.nextDouble() - 0.5);
            values[i] = Math.round((0.3 * loud * voice + noise) * 32768) / 32768f;
        }
        return values;
    }

    /** The mean squared error as decibels below the loudest or brightest. */
    static double decibels(float[] expected, float[] decoded) {
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = expected[i] - decoded[i];
            sum += error * error;
        }
        return -10 * Math.log10(sum / expected.length);
    }
}
