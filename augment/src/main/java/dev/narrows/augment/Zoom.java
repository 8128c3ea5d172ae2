package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * An image seen from nearer or farther, bilinear.
 *
 * @param factor above 1 magnifies; above 0
 */
record Zoom(Range factor, Fill fill) implements Augmentation {

    Zoom {
        Check.between("zoom", factor, 0.05, 20);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        return Warp.turn(values, Planes.of(values, shape), 0, factor.draw(random), fill);
    }
}
