package dev.narrows.augment;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jtransforms.fft.FloatFFT_1D;
import org.jtransforms.utils.CommonUtils;

/**
 * Fourier transforms of real values whose number is a power of two, by JTransforms, in place. Packed: place 0 holds the
 * constant part, place 1 that of half the rate, places 2k and 2k + 1 the real and imaginary part of bin k. Thread-safe:
 * a plan's tables are only read.
 */
final class Fourier {

    private static final int SMALLEST = 64;
    private static final AtomicReferenceArray<FloatFFT_1D> PLANS = new AtomicReferenceArray<>(31);

    static {
        // Threads of the library's own, from 8192 values on, would make the bits depend on the number of cores.
        CommonUtils.setThreadsBeginN_1D_FFT_2Threads(Long.MAX_VALUE);
        CommonUtils.setThreadsBeginN_1D_FFT_4Threads(Long.MAX_VALUE);
    }

    private Fourier() {}

    /** The power of two, at least {@code length}, that is transformed. */
    static int size(int length) {
        return Math.max(SMALLEST, length <= 1 ? 1 : Integer.highestOneBit(length - 1) << 1);
    }

    static void forward(float[] values) {
        plan(values.length).realForward(values);
    }

    /** Undoes {@link #forward}. */
    static void inverse(float[] packed) {
        plan(packed.length).realInverse(packed, true);
    }

    /** Convolves the first {@code length} places of the result. */
    static float[] convolve(float[] values, float[] response, int length) {
        int size = size(values.length + response.length - 1);
        float[] a = Arrays.copyOf(values, size);
        float[] b = Arrays.copyOf(response, size);
        forward(a);
        forward(b);
        a[0] *= b[0];
        a[1] *= b[1];
        for (int i = 2; i < size; i += 2) {
            float real = a[i] * b[i] - a[i + 1] * b[i + 1];
            a[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i];
            a[i] = real;
        }
        inverse(a);
        return Arrays.copyOf(a, length);
    }

    private static FloatFFT_1D plan(int size) {
        int place = Integer.numberOfTrailingZeros(size);
        FloatFFT_1D plan = PLANS.get(place);
        if (plan == null) {
            plan = new FloatFFT_1D(size);
            PLANS.compareAndSet(place, null, plan);
        }
        return plan;
    }
}
