package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A sound that overdrove its microphone: all above a threshold is cut off.
 *
 * @param threshold as a share of the item's peak, 0 to 1
 */
record Clipping(Range threshold) implements Augmentation {

    Clipping {
        Check.between("clip", threshold, 0, 1);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        float limit = (float) threshold.draw(random) * Level.peak(values);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(-limit, Math.min(limit, values[i]));
        }
        return values;
    }
}
