package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.List;

/** What a trunk takes, and how an item becomes that. */
enum Intake {
    /** (channels, height, width): pictures as they are, sounds as a spectrogram of one channel. */
    MAP("a picture, or a sound"),
    /** (channels, length): series as they are, sounds as a spectrogram whose bands are channels. */
    SERIES("a series, or a sound"),
    /** Anything, sounds as a spectrogram. */
    ANYTHING("anything");

    private final String expected;

    Intake(String expected) {
        this.expected = expected;
    }

    /** Adds normalisation by constants and, for sounds, the spectrogram. */
    Value take(NetworkBuilder builder, Value input, InputShape shape, Architecture architecture) {
        boolean fits = switch (this) {
            case MAP -> shape instanceof InputShape.Image || shape instanceof InputShape.Sound;
            case SERIES -> shape instanceof InputShape.Series || shape instanceof InputShape.Sound;
            case ANYTHING -> true;
        };
        if (!fits) {
            throw new InvalidException("input: " + shape + " (expected: " + expected + "), architecture \""
                    + architecture.family().label() + "\"");
        }
        Value x = input;
        List<Double> mean = architecture.numbers("mean");
        if (!mean.isEmpty()) {
            x = builder.subtract("centred", x, mean);
        }
        List<Double> std = architecture.numbers("std");
        if (!std.isEmpty()) {
            x = builder.divide("normed", x, std);
        }
        if (!(shape instanceof InputShape.Sound sound)) {
            return x;
        }
        Value spectrogram = LogMel.of(builder, x, sound.rate(), architecture);
        return this == MAP ? LogMel.unsqueezed(builder, "spectrogram", spectrogram) : spectrogram;
    }
}
