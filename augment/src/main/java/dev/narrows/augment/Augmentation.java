package dev.narrows.augment;

import java.util.random.RandomGenerator;

/**
 * Something that may happen to an item before a network sees it. Stateless and thread-safe: all chance comes from the
 * generator that is given.
 */
@FunctionalInterface
public interface Augmentation {

    /** Leaves items as they are. */
    Augmentation NONE = (values, shape, random) -> values;

    /**
     * The item as it may also have been.
     *
     * @param values row-major; of an image (channels, height, width) in [0, 1], of sound (samples) or (1, samples) in
     *     [-1, 1]. May be written over
     * @param shape of the item, without a batch axis
     * @return as many values, in the same range: {@code values} itself or new ones
     */
    float[] apply(float[] values, long[] shape, RandomGenerator random);

    /** This one, then another. */
    default Augmentation then(Augmentation next) {
        return (values, shape, random) -> next.apply(apply(values, shape, random), shape, random);
    }
}
