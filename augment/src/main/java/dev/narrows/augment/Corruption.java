package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * A disturbance of known kind and severity, to measure what a network stands (D. Hendrycks, T. Dietterich: Benchmarking
 * neural network robustness to common corruptions and perturbations, 2019). Stateless and thread-safe.
 */
public interface Corruption {

    /** The most severe; the mildest is 1. */
    int SEVERITIES = 5;

    /** Such as {@code gaussian-noise}. */
    String name();

    /**
     * The item disturbed.
     *
     * @param values as in {@link Augmentation#apply}; may be written over
     * @param severity 1 to {@link #SEVERITIES}
     */
    float[] apply(float[] values, long[] shape, int severity, RandomGenerator random);
}
