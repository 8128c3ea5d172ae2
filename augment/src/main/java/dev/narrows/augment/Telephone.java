package dev.narrows.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A sound through a narrow line: the magnitude of Butterworth filters of order 4 on both sides, without their delay. The
 * public telephone's band is 300 to 3400 Hz (ITU-T G.712).
 *
 * @param low Hz at which the lower edge takes 3 dB
 * @param high Hz of the upper edge; none if it is not below half the rate
 */
record Telephone(Range low, Range high, int rate) implements Augmentation {

    /** Silence after the sound, in which the filter may ring. */
    private static final double RING_SECONDS = 0.02;

    Telephone {
        Check.between("telephone", low, 0, 1e6);
        Check.between("telephone", high, 1, 1e6);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        return band(values, rate, low.draw(random), high.draw(random));
    }

    static float[] band(float[] values, int rate, double low, double high) {
        int size = Fourier.size(values.length + (int) (RING_SECONDS * rate));
        float[] packed = Arrays.copyOf(values, size);
        Fourier.forward(packed);
        double top = high < rate / 2.0 ? high : Double.POSITIVE_INFINITY;
        packed[0] *= (float) magnitude(0, low, top);
        packed[1] *= (float) magnitude(rate / 2.0, low, top);
        for (int i = 2; i < size; i += 2) {
            float magnitude = (float) magnitude(0.5 * i * rate / size, low, top);
            packed[i] *= magnitude;
            packed[i + 1] *= magnitude;
        }
        Fourier.inverse(packed);
        return Level.fit(Arrays.copyOf(packed, values.length));
    }

    private static double magnitude(double hertz, double low, double high) {
        if (low > 0 && hertz == 0) {
            return 0;
        }
        double below = low > 0 ? eighth(low / hertz) : 0;
        return 1 / Math.sqrt((1 + below) * (1 + eighth(hertz / high)));
    }

    /** To the power of 8, twice the order. */
    private static double eighth(double ratio) {
        double square = ratio * ratio;
        return square * square * square * square;
    }
}
