package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.List;

/** What one item is. */
public sealed interface InputShape {

    /** A picture (channels, height, width), elements in [0, 1] unless the architecture says otherwise. */
    record Image(int channels, int height, int width) implements InputShape {
        public Image {
            require("channels", channels);
            require("height", height);
            require("width", width);
        }

        @Override
        public String input() {
            return "image";
        }

        @Override
        public List<Long> dims() {
            return List.of((long) channels, (long) height, (long) width);
        }
    }

    /** A sound (samples) in [-1, 1], mono, {@code rate} samples a second. */
    record Sound(int samples, int rate) implements InputShape {
        public Sound {
            require("samples", samples);
            require("rate", rate);
        }

        @Override
        public String input() {
            return "pcm";
        }

        @Override
        public List<Long> dims() {
            return List.of((long) samples);
        }
    }

    /** A window of a series (channels, length). */
    record Series(int channels, int length) implements InputShape {
        public Series {
            require("channels", channels);
            require("length", length);
        }

        @Override
        public String input() {
            return "series";
        }

        @Override
        public List<Long> dims() {
            return List.of((long) channels, (long) length);
        }
    }

    /** Numbers without order (count). */
    record Values(int count) implements InputShape {
        public Values {
            require("values", count);
        }

        @Override
        public String input() {
            return "values";
        }

        @Override
        public List<Long> dims() {
            return List.of((long) count);
        }
    }

    /** The name of a network's input for it. */
    String input();

    /** The axes of one item, without the batch. */
    List<Long> dims();

    private static void require(String what, int length) {
        if (length < 1) {
            throw new InvalidException(what + ": " + length + " (expected: 1 or more)");
        }
    }
}
