package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.function.IntFunction;

/**
 * Other clips of the same rate, to make babble of; read when they are needed. They should be clips that may be known:
 * those of the training split for training.
 *
 * @param size how many
 * @param read the samples of a clip by its place, 0 to {@code size} less 1, in [-1, 1]; called by several threads
 */
public record Clips(int size, IntFunction<float[]> read) {

    /** None: babble is refused. */
    public static final Clips NONE = new Clips(0, place -> new float[0]);

    public Clips {
        if (size < 0) {
            throw new InvalidException("clips: " + size + " (expected: 0 or more)");
        }
    }
}
