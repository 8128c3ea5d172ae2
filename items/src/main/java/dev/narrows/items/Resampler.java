package dev.narrows.items;

import java.util.HashMap;
import java.util.Map;

/**
 * Changes a sound's rate by a windowed sinc: each output sample is the input convolved with {@code sinc} under a Kaiser
 * window, its cutoff just below half the lower of both rates. J. O. Smith, "Digital Audio Resampling" (2002); J. F.
 * Kaiser and R. W. Schafer (1980) for the window. Stop-band attenuation about 90 dB; O(taps) an output sample.
 */
final class Resampler {

    /** Zero crossings of the sinc on each side. */
    private static final int CROSSINGS = 32;
    /** Of the Kaiser window: about 90 dB. */
    private static final double BETA = 9.0;
    /** The cutoff as a share of half the lower rate: leaves the transition band below it. */
    private static final double ROLL_OFF = 0.945;
    /** Filters that are kept; rates with a larger common period have theirs computed anew. */
    private static final int MAX_PHASES = 4096;

    private Resampler() {}

    /** Input samples beyond the last output's place that can matter to it, for a source of {@code rate}. */
    static int reach(int rate) {
        // Down to 1 Hz the filter would reach over the whole file; a second and a half is beyond all that is heard.
        return Math.max(CROSSINGS * 64, rate + rate / 2);
    }

    /**
     * {@code length} samples at {@code toRate}; zeros where the input has ended. Equal rates give the input's own
     * values.
     */
    static float[] resample(float[] input, int fromRate, int toRate, int length) {
        float[] output = new float[length];
        if (fromRate == toRate) {
            System.arraycopy(input, 0, output, 0, Math.min(length, input.length));
            return output;
        }
        int divisor = gcd(fromRate, toRate);
        long step = fromRate / divisor;
        long phases = toRate / divisor;
        // In input samples: the sinc's cutoff and half its length.
        double cutoff = ROLL_OFF * Math.min(1.0, (double) toRate / fromRate);
        int half = (int) Math.ceil(CROSSINGS / cutoff);
        Map<Integer, double[]> filters = new HashMap<>();
        long available = Math.min(length, (input.length * phases + step - 1) / step);
        for (int i = 0; i < available; i++) {
            long position = i * step;
            int phase = (int) (position % phases);
            int centre = (int) (position / phases);
            double[] taps = phases <= MAX_PHASES
                    ? filters.computeIfAbsent(phase, p -> taps(p, phases, cutoff, half))
                    : taps(phase, phases, cutoff, half);
            int first = Math.max(0, half - centre);
            int last = Math.min(taps.length, input.length - centre + half);
            double sum = 0;
            for (int tap = first; tap < last; tap++) {
                sum += taps[tap] * input[centre - half + tap];
            }
            output[i] = (float) sum;
        }
        return output;
    }

    /** The filter of one phase, for the input samples {@code centre − half} to {@code centre + half + 1}; sums to 1. */
    private static double[] taps(int phase, long phases, double cutoff, int half) {
        double[] taps = new double[2 * half + 2];
        double sum = 0;
        for (int i = 0; i < taps.length; i++) {
            double distance = i - half - (double) phase / phases;
            double reach = distance / (half + 1);
            double window = Math.abs(reach) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - reach * reach)) / bessel(BETA);
            taps[i] = sinc(distance * cutoff) * window;
            sum += taps[i];
        }
        for (int i = 0; i < taps.length; i++) {
            taps[i] /= sum;
        }
        return taps;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** The modified Bessel function of the first kind and order 0, by its power series. */
    private static double bessel(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > sum * 1e-17; k++) {
            term *= (x / (2 * k)) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
