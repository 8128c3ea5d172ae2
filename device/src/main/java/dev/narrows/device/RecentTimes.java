package dev.narrows.device;

import java.util.Arrays;

/** The last 64 measured times of one thing, in nanoseconds, and their quantiles. Thread-safe. */
final class RecentTimes {

    private static final int WINDOW = 64;

    private final double[] nanos = new double[WINDOW];
    private long count;

    synchronized void add(double value) {
        nanos[(int) (count % WINDOW)] = value;
        count++;
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }

    /** The smallest time that at least {@code share} of the window does not exceed; 0 if nothing was measured. */
    synchronized double quantile(double share) {
        int size = (int) Math.min(count, WINDOW);
        if (size == 0) {
            return 0;
        }
        double[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        return sorted[Math.min(size - 1, Math.max(0, (int) Math.ceil(share * size) - 1))];
    }
}
