package dev.narrows.cli;

import java.util.Arrays;
import java.util.List;

/**
 * What one scenario gave. Times are milliseconds, bytes are means over the items that were sent.
 *
 * @param scenario its name
 * @param choice the cut and codec that were used
 * @param items clips run
 * @param correct clips whose label is right
 * @param asReference clips whose label is the reference implementation's
 * @param lost clips that the device alone gets right and this scenario does not
 * @param medianMillis median of the time from clip to answer
 * @param p95Millis 95th percentile of it
 * @param codeBytesUp bytes of coded tensors up
 * @param wireBytesUp those with the request's JSON and headers
 * @param deviceMillis mean time that the (slowed) device computes, coding included
 * @param linkMillis of the items that the cloud answered: mean time waiting for it less its own, so the link and the
 *     server's input and output
 * @param cloudMillis of the same items: mean time that the server decodes and computes
 * @param byCloud items that the cloud answered
 * @param byDevice items that the device answered
 * @param offlineItems items that came while the link was cut
 * @param offlineAnswered those of them that the device answered as it does when it is alone
 * @param lateItems items answered after their deadline
 */
record DemoResult(
        String scenario,
        String choice,
        int items,
        int correct,
        int asReference,
        int lost,
        double medianMillis,
        double p95Millis,
        double codeBytesUp,
        double wireBytesUp,
        double deviceMillis,
        double linkMillis,
        double cloudMillis,
        int byCloud,
        int byDevice,
        int offlineItems,
        int offlineAnswered,
        int lateItems) {

    double accuracyPercent() {
        return 100.0 * correct / items;
    }

    /** The {@code share} quantile by the nearest-rank method; 0 for no values. */
    static double quantile(List<Double> values, double share) {
        if (values.isEmpty()) {
            return 0;
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
