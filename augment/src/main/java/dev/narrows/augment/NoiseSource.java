package dev.narrows.augment;

import java.util.random.RandomGenerator;

/** What noise is made by. */
interface NoiseSource {

    /** {@code length} samples of any level. */
    float[] make(int length, RandomGenerator random);
}
