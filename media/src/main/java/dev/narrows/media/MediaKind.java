package dev.narrows.media;

import dev.narrows.errors.InvalidException;

/** What items are, as far as it decides which codecs there are for them. */
public sealed interface MediaKind {

    /** (channels, height, width) in [0, 1]; 1 channel is grey, 3 are red, green and blue. */
    record Image() implements MediaKind {}

    /**
     * (samples) or (1, samples) in [-1, 1].
     *
     * @param rate samples a second
     */
    record Sound(int rate) implements MediaKind {

        public Sound {
            if (rate < 1) {
                throw new InvalidException("rate: " + rate + " (expected: 1 sample a second or more)");
            }
        }
    }
}
