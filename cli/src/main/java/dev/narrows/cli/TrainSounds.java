package dev.narrows.cli;

import dev.narrows.augment.Clips;
import dev.narrows.data.Dataset;

/** The training items as what babble is made of. */
final class TrainSounds {

    private TrainSounds() {}

    static Clips of(Dataset data) {
        return new Clips(data.size(), data::values);
    }
}
