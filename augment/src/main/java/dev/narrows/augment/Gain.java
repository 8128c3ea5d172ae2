package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A sound made louder or quieter; what leaves [-1, 1] is clipped, as a converter would.
 *
 * @param decibels above 0 is louder
 */
record Gain(Range decibels) implements Augmentation {

    Gain {
        Check.between("gain", decibels, -120, 60);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        float factor = (float) Level.factor(decibels.draw(random));
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Clamp.symmetric(values);
    }
}
