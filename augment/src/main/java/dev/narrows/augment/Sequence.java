package dev.narrows.augment;

import java.util.List;
import java.util.random.RandomGenerator;

/** Augmentations one after the other, each of which may or may not happen. */
record Sequence(List<Step> steps) implements Augmentation {

    /**
     * What may happen.
     *
     * @param chance 0 to 1
     */
    record Step(Augmentation augmentation, double chance) {}

    Sequence {
        steps = List.copyOf(steps);
    }

    @Override
    public float[] apply(float[] values, long[] shape, RandomGenerator random) {
        float[] item = values;
        for (Step step : steps) {
            if (step.chance() >= 1 || random.nextDouble() < step.chance()) {
                item = step.augmentation().apply(item, shape, random);
            }
        }
        return item;
    }
}
