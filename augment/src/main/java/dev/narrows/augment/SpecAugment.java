package dev.narrows.augment;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Two bands and two stretches of a sound's spectrogram silenced (D. S. Park et al.: SpecAugment, 2019, policy LD without
 * time warping). The paper masks the features of a network; this one masks the sound, so that it fits any network: a
 * short-time Fourier transform (Hann, 32 ms, a quarter of it a hop), masking, and its inverse by overlap and add, which
 * gives back what is not masked to the rounding of float32.
 *
 * @param share the most that one mask takes: of the mel scale, and of the sound's length. Each takes 0 to that
 */
record SpecAugment(Range share, int rate) implements Augmentation {

    private static final int BANDS = 2;
    private static final int STRETCHES = 2;
    private static final double WINDOW_SECONDS = 0.032;
    /** Windows that lie over each sample, and what their squares sum up to there. */
    private static final int OVERLAP = 4;

    private static final float SQUARES = 1.5f;

    SpecAugment {
        Check.between("specaugment", share, 0, 1);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Level.check(values, shape);
        double most = share.draw(random);
        if (most == 0) {
            return values;
        }
        int size = Fourier.size((int) Math.round(WINDOW_SECONDS * rate));
        boolean[] bins = new boolean[size / 2 + 1];
        for (int band = 0; band < BANDS; band++) {
            double width = most * random.nextDouble();
            double low = (1 - width) * random.nextDouble();
            maskBins(bins, low, low + width);
        }
        boolean[] frames = new boolean[frames(values.length, size)];
        for (int stretch = 0; stretch < STRETCHES; stretch++) {
            double width = most * random.nextDouble();
            int first = (int) Math.round((1 - width) * random.nextDouble() * frames.length);
            int last = (int) Math.min(frames.length, first + Math.round(width * frames.length));
            Arrays.fill(frames, first, last, true);
        }
        return mask(values, size, bins, frames);
    }

    private void maskBins(boolean[] bins, double low, double high) {
        double top = mel(rate / 2.0);
        for (int bin = 0; bin < bins.length; bin++) {
            double place = mel(0.5 * rate * bin / (bins.length - 1)) / top;
            bins[bin] |= place >= low && place < high;
        }
    }

    /** The mel scale (D. O'Shaughnessy 1987). */
    private static double mel(double hertz) {
        return 2595 * Math.log10(1 + hertz / 700);
    }

    /** Frames of {@code size} samples that lie over {@code length} samples. */
    static int frames(int length, int size) {
        int hop = size / OVERLAP;
        return (length + size - hop + hop - 1) / hop;
    }

    /**
     * The sound without what is masked.
     *
     * @param bins of the spectrum, {@code size / 2 + 1}; true is silenced
     * @param frames true is silenced
     */
    static float[] mask(float[] values, int size, boolean[] bins, boolean[] frames) {
        int hop = size / OVERLAP;
        float[] window = new float[size];
        for (int i = 0; i < size; i++) {
            window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
        }
        float[] result = new float[values.length];
        float[] frame = new float[size];
        for (int f = 0; f < frames.length; f++) {
            if (frames[f]) {
                continue;
            }
            int start = (f + 1) * hop - size;
            int first = Math.max(0, -start);
            int last = Math.min(size, values.length - start);
            Arrays.fill(frame, 0);
            for (int i = first; i < last; i++) {
                frame[i] = window[i] * values[start + i];
            }
            Fourier.forward(frame);
            silence(frame, bins);
            Fourier.inverse(frame);
            for (int i = first; i < last; i++) {
                result[start + i] += window[i] * frame[i] / SQUARES;
            }
        }
        return Level.fit(result);
    }

    private static void silence(float[] packed, boolean[] bins) {
        int half = packed.length / 2;
        packed[0] = bins[0] ? 0 : packed[0];
        packed[1] = bins[half] ? 0 : packed[1];
        for (int bin = 1; bin < half; bin++) {
            if (bins[bin]) {
                packed[2 * bin] = 0;
                packed[2 * bin + 1] = 0;
            }
        }
    }
}
