package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers behind a log-mel spectrogram: a windowed DFT as kernels of a convolution, and mel bands as weights of its
 * bins. The mel scale is 2595 log10(1 + f / 700) (O'Shaughnessy 1987, as in HTK); bands are triangles of equal width on
 * it (Davis and Mermelstein 1980), each scaled to sum 1. The window is Hann's, periodic. Scaled so that white noise of
 * variance v has a mean power of v in every band. Bins that belong to no band are left out.
 */
final class MelBank {

    /** A bin that lies on a band's edge but for rounding does not belong to it. */
    private static final double ROUNDING = 1e-9;

    private final int window;
    private final List<double[]> bands = new ArrayList<>();
    private final int firstBin;
    private final int bins;

    /**
     * @param rate samples a second
     * @param window samples of the window and of the DFT
     * @param mels bands
     * @param low where the first band begins, Hz
     * @param high where the last band ends, Hz
     */
    MelBank(int rate, int window, int mels, double low, double high) {
        this.window = window;
        int first = Integer.MAX_VALUE;
        int last = -1;
        for (int band = 0; band < mels; band++) {
            double[] weights = band(
                    rate,
                    window,
                    edge(band, mels, low, high),
                    edge(band + 1, mels, low, high),
                    edge(band + 2, mels, low, high));
            double sum = 0;
            for (int bin = 0; bin < weights.length; bin++) {
                sum += weights[bin];
                if (weights[bin] > 0) {
                    first = Math.min(first, bin);
                    last = Math.max(last, bin);
                }
            }
            if (sum == 0) {
                throw new InvalidException("mels: " + mels + " (expected: fewer bands, or a longer window; band " + band
                        + " has no bin of the " + window + "-point DFT at " + rate + " Hz)");
            }
            for (int bin = 0; bin < weights.length; bin++) {
                weights[bin] /= sum;
            }
            bands.add(weights);
        }
        this.firstBin = first;
        this.bins = last - first + 1;
    }

    /** Frequency of edge {@code i}: the mels + 2 edges lie at equal distances on the mel scale. */
    private static double edge(int i, int mels, double low, double high) {
        double from = mel(low);
        return hertz(from + (mel(high) - from) * i / (mels + 1));
    }

    private static double mel(double hertz) {
        return 2595 * StrictMath.log10(1 + hertz / 700);
    }

    private static double hertz(double mel) {
        return 700 * (StrictMath.pow(10, mel / 2595) - 1);
    }

    private static double[] band(int rate, int window, double from, double peak, double to) {
        double[] weights = new double[window / 2 + 1];
        for (int bin = 0; bin < weights.length; bin++) {
            double hertz = (double) bin * rate / window;
            double weight = Math.min((hertz - from) / (peak - from), (to - hertz) / (to - peak));
            weights[bin] = weight > ROUNDING ? weight : 0;
        }
        return weights;
    }

    /** Rows of the DFT: cosines of all bins, then sines. */
    int rows() {
        return 2 * bins;
    }

    /** (rows, 1, window) row by row. */
    float[] dft() {
        double[] hann = new double[window];
        double energy = 0;
        for (int i = 0; i < window; i++) {
            hann[i] = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * i / window);
            energy += hann[i] * hann[i];
        }
        double scale = 1 / Math.sqrt(energy);
        float[] kernels = new float[rows() * window];
        for (int bin = 0; bin < bins; bin++) {
            for (int i = 0; i < window; i++) {
                // the angle modulo a turn: exact in integers
                double angle = 2 * Math.PI * ((long) (firstBin + bin) * i % window) / window;
                kernels[bin * window + i] = (float) (scale * hann[i] * StrictMath.cos(angle));
                kernels[(bins + bin) * window + i] = (float) (scale * hann[i] * StrictMath.sin(angle));
            }
        }
        return kernels;
    }

    /** (mels, rows, 1): the weights of the squares of the cosines, then of the sines. */
    float[] weights() {
        float[] weights = new float[bands.size() * rows()];
        for (int band = 0; band < bands.size(); band++) {
            for (int bin = 0; bin < bins; bin++) {
                float weight = (float) bands.get(band)[firstBin + bin];
                weights[band * rows() + bin] = weight;
                weights[band * rows() + bins + bin] = weight;
            }
        }
        return weights;
    }
}
