package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.stream.Collectors;

/** The corruptions that there are. Their tables stand in docs/augmentation.md. */
public final class Corruptions {

    private Corruptions() {}

    /** Those of images. */
    public static List<Corruption> images() {
        return of(new Medium.Image());
    }

    /**
     * Those of sound.
     *
     * @param rate samples a second
     * @param babble what babble is made of; with {@link Clips#NONE} there is none
     */
    public static List<Corruption> sounds(int rate, Clips babble) {
        return of(new Medium.Sound(rate, babble));
    }

    /** Those of a medium. */
    public static List<Corruption> of(Medium medium) {
        return medium instanceof Medium.Sound sound
                ? List.copyOf(SoundCorruptions.of(sound))
                : List.copyOf(ImageCorruptions.ALL);
    }

    /**
     * The corruption of that name.
     *
     * @throws InvalidException if the medium has none such
     */
    public static Corruption byName(String name, Medium medium) {
        List<Corruption> all = of(medium);
        return all.stream()
                .filter(corruption -> corruption.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidException("corruption: \"" + name + "\" (expected: one of "
                        + all.stream().map(Corruption::name).collect(Collectors.joining(", ")) + ")"));
    }
}
