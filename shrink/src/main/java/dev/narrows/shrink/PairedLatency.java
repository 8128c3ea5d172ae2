package dev.narrows.shrink;

import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How long two networks take for an item on this machine, one thread, run by turns in one process so that both meet the
 * same moments.
 *
 * @param runs of each, warming up apart
 * @param firstMillis median of the first
 * @param secondMillis median of the second
 * @param ratio second by first, of the medians
 * @param lowerQuartile of the ratios of neighbouring runs
 * @param upperQuartile of the same
 */
public record PairedLatency(
        int runs, double firstMillis, double secondMillis, double ratio, double lowerQuartile, double upperQuartile) {

    private static final double NANOS = 1e6; // in a millisecond
    private static final int LEAST_RUNS = 15;
    private static final int MOST_RUNS = 501;

    /**
     * Runs both until {@code seconds} are over, but {@value #LEAST_RUNS} times at least.
     *
     * @param items to run on, one after the other
     */
    public static PairedLatency of(Network first, Network second, List<Map<String, Tensor>> items, double seconds) {
        try (Session one = Reference.open(first);
                Session two = Reference.open(second)) {
            return of(one, two, items, seconds);
        }
    }

    static PairedLatency of(Session one, Session two, List<Map<String, Tensor>> items, double seconds) {
        for (int i = 0; i < 3; i++) {
            one.run(items.get(i % items.size()));
            two.run(items.get(i % items.size()));
        }
        double[] firsts = new double[MOST_RUNS];
        double[] seconds2 = new double[MOST_RUNS];
        long end = System.nanoTime() + (long) (seconds * 1e9);
        int runs = 0;
        while (runs < MOST_RUNS && (runs < LEAST_RUNS || System.nanoTime() < end)) {
            Map<String, Tensor> item = items.get(runs % items.size());
            boolean swapped = runs % 2 == 1; // who runs second finds the item in the cache
            double a = millis(swapped ? two : one, item);
            double b = millis(swapped ? one : two, item);
            firsts[runs] = swapped ? b : a;
            seconds2[runs] = swapped ? a : b;
            runs++;
        }
        double[] ratios = new double[runs];
        for (int i = 0; i < runs; i++) {
            ratios[i] = seconds2[i] / firsts[i];
        }
        double first = quantile(Arrays.copyOf(firsts, runs), 0.5);
        double second = quantile(Arrays.copyOf(seconds2, runs), 0.5);
        return new PairedLatency(
                runs, first, second, second / first, quantile(ratios.clone(), 0.25), quantile(ratios, 0.75));
    }

    private static double millis(Session session, Map<String, Tensor> item) {
        long start = System.nanoTime();
        session.run(item);
        return (System.nanoTime() - start) / NANOS;
    }

    private static double quantile(double[] values, double share) {
        Arrays.sort(values);
        return values[(int) Math.round(share * (values.length - 1))];
    }
}
