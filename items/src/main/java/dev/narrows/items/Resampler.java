package dev.narrows.items;

import dev.narrows.errors.InvalidException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Changes a sound's rate by a windowed sinc: each output sample is the input convolved with {@code sinc} under a Kaiser
 * window, its cutoff just below half the lower of both rates. J. O. Smith, "Digital Audio Resampling" (2002); J. F.
 * Kaiser and R. W. Schafer (1980) for the window. Stop-band attenuation about 90 dB; O(taps) an output sample. Keeps the
 * filters it has computed; thread-safe.
 */
public final class Resampler {

    /** Zero crossings of the sinc on each side. */
    private static final int CROSSINGS = 32;
    /** Of the Kaiser window: about 90 dB. */
    private static final double BETA = 9.0;
    /** The cutoff as a share of half the lower rate: leaves the transition band below it. */
    private static final double ROLL_OFF = 0.945;
    /** Filters that are kept; rates with a larger common period have theirs computed anew. */
    private static final int MAX_PHASES = 4096;

    private static final double BESSEL_OF_BETA = bessel(BETA);

    // Of each output sample: how far it is in input samples is step / phases.
    private final long step;
    private final long phases;
    // In input samples: the sinc's cutoff and half its length.
    private final double cutoff;
    private final int half;
    private final AtomicReferenceArray<double[]> filters;

    private Resampler(int fromRate, int toRate) {
        int divisor = gcd(fromRate, toRate);
        this.step = fromRate / divisor;
        this.phases = toRate / divisor;
        this.cutoff = ROLL_OFF * Math.min(1.0, (double) toRate / fromRate);
        this.half = (int) Math.ceil(CROSSINGS / cutoff);
        this.filters = new AtomicReferenceArray<>((int) Math.min(phases, MAX_PHASES));
    }

    /**
     * A resampler for many sounds.
     *
     * @param fromRate samples a second of the input, at least 1
     * @param toRate samples a second of the output, at least 1
     */
    public static Resampler of(int fromRate, int toRate) {
        if (fromRate < 1 || toRate < 1) {
            throw new InvalidException("rates: " + fromRate + " and " + toRate + " Hz (expected: at least 1)");
        }
        return new Resampler(fromRate, toRate);
    }

    /** Input samples beyond the last output's place that can matter to it, for a source of {@code rate}. */
    static int reach(int rate) {
        // Down to 1 Hz the filter would reach over the whole file; a second and a half is beyond all that is heard.
        return Math.max(CROSSINGS * 64, rate + rate / 2);
    }

    /** As {@link #resample(float[], int)} for one sound. */
    static float[] resample(float[] input, int fromRate, int toRate, int length) {
        return of(fromRate, toRate).resample(input, length);
    }

    /** Samples that {@code inputLength} ones become. */
    public int outputLength(int inputLength) {
        return Math.toIntExact((inputLength * phases + step - 1) / step);
    }

    /**
     * {@code length} samples at the output's rate; zeros where the input has ended. Equal rates give the input's own
     * values.
     */
    public float[] resample(float[] input, int length) {
        float[] output = new float[length];
        if (step == phases) {
            System.arraycopy(input, 0, output, 0, Math.min(length, input.length));
            return output;
        }
        long available = Math.min(length, (input.length * phases + step - 1) / step);
        for (int i = 0; i < available; i++) {
            long position = i * step;
            int centre = (int) (position / phases);
            double[] taps = filter((int) (position % phases));
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

    private double[] filter(int phase) {
        if (phases > MAX_PHASES) {
            return taps(phase);
        }
        double[] kept = filters.get(phase);
        if (kept == null) {
            kept = taps(phase);
            filters.set(phase, kept);
        }
        return kept;
    }

    /** The filter of one phase, for the input samples {@code centre − half} to {@code centre + half + 1}; sums to 1. */
    private double[] taps(int phase) {
        double[] taps = new double[2 * half + 2];
        double sum = 0;
        for (int i = 0; i < taps.length; i++) {
            double distance = i - half - (double) phase / phases;
            double reach = distance / (half + 1);
            double window = Math.abs(reach) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - reach * reach)) / BESSEL_OF_BETA;
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
