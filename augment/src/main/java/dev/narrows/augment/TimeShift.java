package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A sound that begins later or earlier; silence fills the gap.
 *
 * @param millis later; negative is earlier
 */
record TimeShift(Range millis, int rate) implements Augmentation {

    TimeShift {
        Check.between("shift", millis, -3_600_000, 3_600_000);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        return later(values, Math.round(millis.draw(random) * rate / 1000));
    }

    static float[] later(float[] values, long samples) {
        if (samples == 0) {
            return values;
        }
        float[] moved = new float[values.length];
        int distance = (int) Math.min(values.length, Math.abs(samples));
        int kept = values.length - distance;
        if (samples > 0) {
            System.arraycopy(values, 0, moved, distance, kept);
        } else {
            System.arraycopy(values, distance, moved, 0, kept);
        }
        return moved;
    }
}
