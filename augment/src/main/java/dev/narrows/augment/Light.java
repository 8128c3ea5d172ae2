package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * An image under another light. Of a strength s, these are drawn: gamma 2^g with g in ±s, contrast about the mean 1 + c
 * with c in ±s, brightness added b in ±s/2, and a light from one side: a factor from 1 − d to 1 + d across the image in
 * a random direction, d in 0 to s.
 *
 * @param strength 0 to 2
 */
record Light(Range strength) implements Augmentation {

    /** Steps of an image of 8 bits. */
    private static final int LEVELS = 255;

    Light {
        Check.between("light", strength, 0, 2);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Planes planes = Planes.of(values, shape);
        double s = strength.draw(random);
        gamma(values, Math.pow(2, s * random.nextDouble(-1, 1)));
        contrast(values, 1 + s * random.nextDouble(-1, 1));
        brightness(values, 0.5 * s * random.nextDouble(-1, 1));
        gradient(values, planes, s * random.nextDouble(), 2 * Math.PI * random.nextDouble());
        return Clamp.unit(values);
    }

    /** Each value to a power: exact for values of 8 bits, on straight lines between them otherwise. */
    static void gamma(float[] values, double exponent) {
        if (exponent == 1) {
            return;
        }
        float[] powers = new float[LEVELS + 2];
        for (int level = 0; level < powers.length; level++) {
            powers[level] = (float) Math.pow(level / (double) LEVELS, exponent);
        }
        for (int i = 0; i < values.length; i++) {
            float place = LEVELS * Math.max(0f, Math.min(1f, values[i]));
            int level = (int) place;
            values[i] = powers[level] + (place - level) * (powers[level + 1] - powers[level]);
        }
    }

    /** Distances from the mean of all values, multiplied. */
    static void contrast(float[] values, double factor) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        float mean = (float) (sum / values.length);
        for (int i = 0; i < values.length && factor != 1; i++) {
            values[i] = mean + (float) factor * (values[i] - mean);
        }
    }

    static void brightness(float[] values, double added) {
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) added;
        }
    }

    /** Multiplied by 1 − depth on one side to 1 + depth on the other. */
    static void gradient(float[] values, Planes planes, double depth, double angle) {
        int height = planes.height();
        int width = planes.width();
        double across = Math.cos(angle);
        double down = Math.sin(angle);
        // The farthest corner is at distance 1.
        double scale = depth / (Math.abs(across) * width / 2 + Math.abs(down) * height / 2);
        for (int i = 0; i < values.length; i++) {
            int x = i % width;
            int y = i / width % height;
            values[i] *= (float) (1 + scale * (across * (x - (width - 1) / 2.0) + down * (y - (height - 1) / 2.0)));
        }
    }
}
