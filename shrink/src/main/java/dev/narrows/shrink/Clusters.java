package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;

/*
 * In one dimension clusters are runs of the sorted values, so that the best ones follow from dynamic programming: the least
 * cost of the first i values in k runs is the least over j of that of the first j in k - 1 runs and of the run j … i. The
 * best j never falls as i rises, so each k takes O(m log m) by halving [1, 2]. Beyond POINTS values runs of neighbours are one
 * point with their mean and number, and the borders so found are moved to where they are best by Lloyd's steps [3] on
 * all values, each O(k log n) by prefix sums. The paper [4] begins Lloyd's steps at evenly spread centroids, which often end in
 * a worse place: WeightSharingTest has both.
 *
 * [1] H. Wang, M. Song: Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming, 2011.
 * [2] A. Grønlund et al.: Fast exact k-means, k-medians and Bregman divergence clustering in 1D, 2017.
 * [3] S. Lloyd: Least squares quantization in PCM, 1982.
 * [4] S. Han, H. Mao, W. Dally: Deep Compression, 2016.
 */

/** K-means of numbers: borders between sorted values that make the squared distances from each run's mean least. */
final class Clusters {

    private static final int POINTS = 1 << 13;
    private static final int STEPS = 100; // Lloyd's, that are taken at most

    private final float[] sorted;
    private final double[] sums; // of the first i values, less the middle one
    private final double[] squares;
    private final double middle;

    private Clusters(float[] sorted) {
        this.sorted = sorted;
        middle = sorted[sorted.length / 2];
        sums = new double[sorted.length + 1];
        squares = new double[sorted.length + 1];
        for (int i = 0; i < sorted.length; i++) {
            double value = sorted[i] - middle;
            sums[i + 1] = sums[i] + value;
            squares[i + 1] = squares[i] + value * value;
        }
    }

    /**
     * The centroids of the best clusters, in ascending order; where there are fewer different values, those.
     *
     * @param values one or more, all finite
     * @param count of clusters at most
     */
    static float[] centroids(float[] values, int count) {
        if (values.length == 0 || count < 1) {
            throw new InvalidException(
                    "clusters: " + count + " of " + values.length + " values (expected: 1 or more of both)");
        }
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        Clusters clusters = new Clusters(sorted);
        int[] borders = clusters.settled(clusters.best(count));
        float[] centroids = new float[borders.length - 1];
        for (int k = 0; k < centroids.length; k++) {
            centroids[k] = (float) clusters.mean(borders[k], borders[k + 1]);
        }
        return centroids;
    }

    /** The place of the centroid that is nearest to a value. */
    static int nearest(float[] centroids, float value) {
        int found = Arrays.binarySearch(centroids, value);
        if (found >= 0) {
            return found;
        }
        int above = -found - 1;
        if (above == 0 || above == centroids.length) {
            return above == 0 ? 0 : above - 1;
        }
        return (double) value - centroids[above - 1] <= (double) centroids[above] - value ? above - 1 : above;
    }

    /** The sum of squared distances of a run from its mean. */
    private double cost(int from, int to) {
        double sum = sums[to] - sums[from];
        return Math.max(0, squares[to] - squares[from] - sum * sum / (to - from));
    }

    private double mean(int from, int to) {
        return middle + (sums[to] - sums[from]) / (to - from);
    }

    /** The borders of the best runs: those of points first, of which there are as many as values if these are not many. */
    private int[] best(int count) {
        int points = Math.min(POINTS, sorted.length);
        int clusters = Math.min(count, points);
        double[] least = new double[points + 1];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        least[0] = 0;
        int[][] chosen = new int[clusters][points + 1];
        for (int k = 0; k < clusters; k++) {
            double[] next = new double[points + 1];
            Arrays.fill(next, Double.POSITIVE_INFINITY);
            fill(least, next, chosen[k], 1, points, 0, points - 1);
            least = next;
        }
        int[] borders = new int[clusters + 1];
        int end = points;
        for (int k = clusters; k >= 1; k--) {
            borders[k] = place(end);
            end = chosen[k - 1][end];
        }
        return distinct(borders);
    }

    /** Where a point begins among the values. */
    private int place(int point) {
        return (int) ((long) point * sorted.length / Math.min(POINTS, sorted.length));
    }

    /** Finds the least costs of the first {@code from} to {@code to} points, whose last runs begin at {@code low} to {@code high}. */
    private void fill(double[] least, double[] next, int[] chosen, int from, int to, int low, int high) {
        if (from > to) {
            return;
        }
        int end = (from + to) >>> 1;
        for (int start = low; start <= Math.min(high, end - 1); start++) {
            double cost = least[start] + cost(place(start), place(end));
            if (cost < next[end]) {
                next[end] = cost;
                chosen[end] = start;
            }
        }
        // where nothing was found, too few points for so many runs, nothing is known of the others
        boolean known = next[end] < Double.POSITIVE_INFINITY;
        fill(least, next, chosen, from, end - 1, low, known ? chosen[end] : high);
        fill(least, next, chosen, end + 1, to, known ? chosen[end] : low, high);
    }

    /** Moves borders between runs to the middle of their means until none moves. */
    private int[] settled(int[] borders) {
        int[] now = borders;
        for (int step = 0; step < STEPS; step++) {
            int[] moved = now.clone();
            for (int k = 1; k < now.length - 1; k++) {
                double between = (mean(now[k - 1], now[k]) + mean(now[k], now[k + 1])) / 2;
                moved[k] = firstAbove(between);
            }
            moved = distinct(moved);
            if (Arrays.equals(moved, now)) {
                return now;
            }
            now = moved;
        }
        return now;
    }

    private int firstAbove(double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middlePlace = (low + high) >>> 1;
            if (sorted[middlePlace] > value) {
                high = middlePlace;
            } else {
                low = middlePlace + 1;
            }
        }
        return low;
    }

    /** Without empty runs, and with equal values in one. */
    private int[] distinct(int[] borders) {
        int[] kept = new int[borders.length];
        int count = 1; // the first, 0
        for (int k = 1; k < borders.length; k++) {
            int border = borders[k];
            while (border < sorted.length && border > 0 && sorted[border] == sorted[border - 1]) {
                border++;
            }
            if (border > kept[count - 1]) {
                kept[count++] = border;
            }
        }
        return Arrays.copyOf(kept, count);
    }
}
