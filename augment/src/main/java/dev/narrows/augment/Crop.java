package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * An image padded on all sides and cut back to its size at a random place: the recipe of CIFAR-10 (K. He et al.: Deep
 * residual learning for image recognition, 2015, § 4.2).
 *
 * @param padding pixels on each side
 * @param fill what the padding shows; the recipe's is {@link Fill#ZERO}
 */
record Crop(int padding, Fill fill) implements Augmentation {

    Crop {
        Check.between("crop", Range.exactly(padding), 0, 10_000);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        Planes planes = Planes.of(values, shape);
        int right = random.nextInt(-padding, padding + 1);
        int down = random.nextInt(-padding, padding + 1);
        return Shift.move(values, planes, right, down, fill);
    }
}
