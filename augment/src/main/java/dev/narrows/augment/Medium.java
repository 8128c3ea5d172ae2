package dev.narrows.augment;

import dev.narrows.errors.InvalidException;

/** What items are, and what must be known of them to disturb them. */
public sealed interface Medium {

    /** (channels, height, width) in [0, 1]. */
    record Image() implements Medium {}

    /**
     * (samples) or (1, samples) in [-1, 1].
     *
     * @param rate samples a second
     * @param others what babble is made of
     */
    record Sound(int rate, Clips others) implements Medium {

        public Sound {
            if (rate < 1000) {
                throw new InvalidException("rate: " + rate + " (expected: 1000 samples a second or more)");
            }
        }

        /** Without other clips: babble is refused. */
        public Sound(int rate) {
            this(rate, Clips.NONE);
        }
    }
}
