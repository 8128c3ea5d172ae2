package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;

/** How loud a sound is. */
final class Level {

    private Level() {}

    /** Refuses what is no sound: shapes other than (samples) and (1, samples). */
    static void check(float[] values, long[] shape) {
        boolean sound = (shape.length == 1 || (shape.length == 2 && shape[0] == 1))
                && shape[shape.length - 1] == values.length
                && values.length > 0;
        if (!sound) {
            throw new InvalidException("shape: " + Arrays.toString(shape) + " of " + values.length
                    + " values (expected: a sound's samples, or 1 and its samples)");
        }
    }

    /** The mean square. */
    static double power(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum / values.length;
    }

    static float peak(float[] values) {
        float peak = 0;
        for (float value : values) {
            peak = Math.max(peak, Math.abs(value));
        }
        return peak;
    }

    /** The factor of an amplitude that a number of decibels stands for. */
    static double factor(double decibels) {
        return Math.pow(10, decibels / 20);
    }

    /** Made quieter as a whole, in place, if it would not fit into [-1, 1]: so no new sound comes from clipping. */
    static float[] fit(float[] values) {
        float peak = peak(values);
        if (peak > 1) {
            float factor = 1 / peak;
            for (int i = 0; i < values.length; i++) {
                values[i] *= factor;
            }
            Clamp.symmetric(values); // what rounding left
        }
        return values;
    }
}
