package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * An image turned about its centre, bilinear.
 *
 * @param degrees counter-clockwise
 */
record Rotate(Range degrees, Fill fill) implements Augmentation {

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return Warp.turn(values, Planes.of(values, shape), degrees.draw(random), 1, fill);
    }
}
