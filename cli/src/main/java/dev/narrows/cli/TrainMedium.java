package dev.narrows.cli;

import dev.narrows.augment.Clips;
import dev.narrows.augment.Medium;
import dev.narrows.data.Dataset;
import dev.narrows.data.Kind;
import java.util.Optional;

/** What items are to those who disturb them; of sound the items themselves are what babble is made of. */
final class TrainMedium {

    private TrainMedium() {}

    /** Empty if they are neither images nor sound. */
    static Optional<Medium> of(Dataset data) {
        if (data.kind() instanceof Kind.Image) {
            return Optional.of(new Medium.Image());
        }
        if (data.kind() instanceof Kind.Sound sound) {
            return Optional.of(new Medium.Sound(sound.rate(), new Clips(data.size(), data::values)));
        }
        return Optional.empty();
    }
}
