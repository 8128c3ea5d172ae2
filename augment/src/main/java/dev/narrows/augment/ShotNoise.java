package dev.narrows.augment;

import java.util.random.RandomGenerator;

/** The noise of light itself: each value is a number of photons, drawn from a Poisson distribution. */
final class ShotNoise {

    /** Above it the normal distribution is as good. */
    private static final double MANY = 200;

    private ShotNoise() {}

    /** White is {@code photons} photons on average. */
    static float[] count(float[] values, double photons, RandomGenerator random) {
        Gauss chance = new Gauss(random);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.min(1, poisson(photons * Math.max(0, values[i]), chance) / photons);
        }
        return values;
    }

    /** By inversion: the distribution is summed up until it passes a uniform number; O(mean). */
    private static double poisson(double mean, Gauss chance) {
        if (mean > MANY) {
            return Math.max(0, Math.rint(mean + Math.sqrt(mean) * chance.next()));
        }
        double draw = chance.uniform();
        double term = Math.exp(-mean);
        double sum = term;
        int k = 0;
        while (draw > sum && term > 0) {
            k++;
            term *= mean / k;
            sum += term;
        }
        return k;
    }
}
