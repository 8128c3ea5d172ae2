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

    /** Like a spoken word of one to three syllables: harmonics that fall by 1/k under a bump each, faint breath. */
    static float[] sound(int length, int rate, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[length];
        double[] voiced = new double[length];
        int syllables = random.nextInt(1, 4);
        double pitch = random.nextDouble(90, 240);
        for (int syllable = 0; syllable < syllables; syllable++) {
            double centre = length * (0.3 + 0.2 * syllable + random.nextDouble(0, 0.1));
            double width = length * random.nextDouble(0.05, 0.1);
            double bend = random.nextDouble(0.8, 1.2);
            for (int k = 1; k * pitch * bend < 0.45 * rate && k <= 40; k++) {
                double strength = random.nextDouble(0.3, 1) / k;
                double phase = random.nextDouble(2 * Math.PI);
                double angle = 2 * Math.PI * k * pitch * bend / rate;
                int first = (int) Math.max(0, centre - 3 * width);
                for (int i = first; i < Math.min(length, centre + 3 * width); i++) {
                    values[i] += (float) (strength * Math.sin(phase + angle * i));
                }
            }
            for (int i = 0; i < length; i++) {
                double away = (i - centre) / width;
                voiced[i] += 0.25 * values[i] * Math.exp(-away * away);
                values[i] = 0;
            }
        }
        for (int i = 0; i < length; i++) {
            values[i] = Math.max(-1, Math.min(1, (float) (voiced[i] + random.nextDouble(-0.002, 0.002))));
        }
        return values;
    }

    /** The root of the mean square in each 20 ms. */
    static float[] envelope(float[] sound, int rate) {
        int frame = rate / 50;
        float[] envelope = new float[sound.length / frame];
        for (int f = 0; f < envelope.length; f++) {
            double sum = 0;
            for (int i = f * frame; i < (f + 1) * frame; i++) {
                sum += sound[i] * sound[i];
            }
            envelope[f] = (float) Math.sqrt(sum / frame);
        }
        return envelope;
    }

    static double meanSquare(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum / a.length;
    }

    /** The first place of a value that is a NaN or outside, or -1. */
    static int outside(float[] values, float least, float most) {
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= least && values[i] <= most)) {
                return i;
            }
        }
        return -1;
    }

    /** The largest difference of two items' values. */
    static double farthest(float[] a, float[] b) {
        double farthest = 0;
        for (int i = 0; i < a.length; i++) {
            farthest = Math.max(farthest, Math.abs((double) a[i] - b[i]));
        }
        return farthest;
    }

    static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
