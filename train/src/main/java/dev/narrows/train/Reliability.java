package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;

/**
 * How sure a classifier was, and how often it was right then, in bins of equal width (M. Naeini et al.: Obtaining well
 * calibrated probabilities using Bayesian binning, 2015).
 *
 * @param bins from the least sure to the surest, empty ones included
 * @param error the expected calibration error: the mean over items of |accuracy − confidence| of their bin
 */
public record Reliability(List<Bin> bins, double error) {

    /** As C. Guo et al., 2017. */
    public static final int BINS = 15;

    /**
     * Items of which the classifier was about as sure: above {@code from}, up to {@code to}; the first also has 0.
     *
     * @param confidence their mean, 0 where there are none
     * @param accuracy the share of right answers, 0 where there are none
     */
    public record Bin(double from, double to, int items, double confidence, double accuracy) {}

    public Reliability {
        bins = List.copyOf(bins);
    }

    /** Of the largest probability at a temperature. */
    public static Reliability of(LabelledLogits logits, double temperature) {
        double[] confidences = new double[logits.size()];
        for (int item = 0; item < confidences.length; item++) {
            confidences[item] = logits.probabilities(item, temperature)[logits.answer(item)];
        }
        return of(confidences, logits.right());
    }

    /**
     * Of any confidences.
     *
     * @param confidences 0 to 1, of each item
     * @param right whether the item's answer is right
     */
    public static Reliability of(double[] confidences, boolean[] right) {
        if (confidences.length != right.length || right.length == 0) {
            throw new InvalidException("items: " + confidences.length + " confidences, " + right.length
                    + " answers (expected: as many, and some)");
        }
        int[] items = new int[BINS];
        double[] sums = new double[BINS];
        int[] hits = new int[BINS];
        for (int item = 0; item < right.length; item++) {
            Range.require("confidence", confidences[item], 0, 1 + 1e-9);
            int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(confidences[item] * BINS) - 1));
            items[bin]++;
            sums[bin] += confidences[item];
            hits[bin] += right[item] ? 1 : 0;
        }
        List<Bin> bins = new ArrayList<>();
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            int count = Math.max(1, items[bin]);
            double confidence = sums[bin] / count;
            double accuracy = (double) hits[bin] / count;
            bins.add(new Bin((double) bin / BINS, (bin + 1.0) / BINS, items[bin], confidence, accuracy));
            error += Math.abs(accuracy - confidence) * items[bin] / right.length;
        }
        return new Reliability(bins, error);
    }
}
