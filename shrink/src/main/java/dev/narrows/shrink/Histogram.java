package dev.narrows.shrink;

import java.util.Arrays;

/**
 * How often values fall where, kept while they stream by: {@value #BINS} bins of equal width around 0, which double their
 * width when a value lies beyond. {@value #BINS} longs, whatever is counted.
 */
final class Histogram {

    static final int BINS = 2048;

    private final long[] counts = new long[BINS];
    private double reach; // of the outermost bins, either way; 0 before the first value that is not 0
    private long zeros; // before there is a reach
    private double low = Double.POSITIVE_INFINITY;
    private double high = Double.NEGATIVE_INFINITY;
    private double averageLow;
    private double averageHigh;
    private long items;

    /** Counts the values of an item. Values that are no numbers are left out. */
    void add(float[] values) {
        double itemLow = Double.POSITIVE_INFINITY;
        double itemHigh = Double.NEGATIVE_INFINITY;
        for (float value : values) {
            if (!Float.isFinite(value)) {
                continue;
            }
            itemLow = Math.min(itemLow, value);
            itemHigh = Math.max(itemHigh, value);
        }
        if (itemLow > itemHigh) {
            return;
        }
        items++;
        averageLow += (itemLow - averageLow) / items;
        averageHigh += (itemHigh - averageHigh) / items;
        low = Math.min(low, itemLow);
        high = Math.max(high, itemHigh);
        widen(Math.max(Math.abs(itemLow), Math.abs(itemHigh)));
        if (reach == 0) {
            zeros += values.length;
            return;
        }
        double perBin = BINS / (2 * reach);
        for (float value : values) {
            if (Float.isFinite(value)) {
                counts[Math.min(BINS - 1, (int) ((value + reach) * perBin))]++;
            }
        }
    }

    private void widen(double magnitude) {
        if (magnitude == 0) {
            return;
        }
        if (reach == 0) {
            reach = magnitude;
            counts[BINS / 2] = zeros;
        }
        while (magnitude > reach) {
            long[] wider = new long[BINS];
            for (int bin = 0; bin < BINS; bin++) {
                wider[BINS / 4 + bin / 2] += counts[bin];
            }
            System.arraycopy(wider, 0, counts, 0, BINS);
            reach *= 2;
        }
    }

    /** The same with every value's negative counted, too. */
    Histogram mirrored() {
        Histogram both = new Histogram();
        for (int bin = 0; bin < BINS; bin++) {
            both.counts[bin] = counts[bin] + counts[BINS - 1 - bin];
        }
        both.reach = reach;
        both.zeros = 2 * zeros;
        both.high = Math.max(-low, high);
        both.low = -both.high;
        both.averageHigh = Math.max(-averageLow, averageHigh);
        both.averageLow = -both.averageHigh;
        both.items = items;
        return both;
    }

    boolean isEmpty() {
        return items == 0;
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }

    /** The mean of the items' least values. */
    double averageLow() {
        return averageLow;
    }

    /** The mean of the items' largest values. */
    double averageHigh() {
        return averageHigh;
    }

    double binWidth() {
        return 2 * reach / BINS;
    }

    /** The middle of a bin. */
    double middle(int bin) {
        return (bin + 0.5) * binWidth() - reach;
    }

    long count(int bin) {
        return counts[bin];
    }

    long total() {
        return Arrays.stream(counts).sum();
    }

    /** The value that a share of all values lies below, to a bin's width; within what was seen. */
    double quantile(double share) {
        if (reach == 0) {
            return 0;
        }
        double wanted = share * total();
        double seen = 0;
        for (int bin = 0; bin < BINS; bin++) {
            if (seen + counts[bin] >= wanted && counts[bin] > 0) {
                double inside = (wanted - seen) / counts[bin];
                double value = (bin + inside) * binWidth() - reach;
                return Math.max(low, Math.min(high, value));
            }
            seen += counts[bin];
        }
        return high;
    }
}
