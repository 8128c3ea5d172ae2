package dev.narrows.cli;

import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.bundle.Preprocessing;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How files become items: the pre-processing. */
final class ItemOptions {

    private static final double BYTE_SCALE = 1 / 255.0;
    private static final int COLOURS = 3;
    private static final int DEFAULT_RATE = 16_000;

    /** The kinds of pre-processing. */
    enum Kind {
        IMAGE,
        AUDIO,
        RAW;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--preprocess",
            paramLabel = "KIND",
            defaultValue = "raw",
            description = "What files hold: ${COMPLETION-CANDIDATES}. raw reads .npy (default: ${DEFAULT-VALUE}).")
    private Kind kind = Kind.RAW;

    @Option(
            names = "--resize",
            paramLabel = "PIXELS",
            description = "image: resize the shorter side to this (default: as it is).")
    private int resize;

    @Option(
            names = "--crop",
            paramLabel = "PIXELS",
            description = "image: take the middle square of this side (default: none).")
    private int crop;

    @Option(names = "--bgr", description = "image: blue comes first.")
    private boolean bgr;

    @Option(names = "--channels-last", description = "image: (batch, height, width, channels).")
    private boolean channelsLast;

    @Option(
            names = "--scale",
            paramLabel = "FACTOR",
            description = "image: times the 8-bit values, before mean and std (default: 1/255).")
    private @Nullable String scale;

    @Option(names = "--mean", paramLabel = "M,…", description = "image: subtracted, one or one a channel.")
    private @Nullable String mean;

    @Option(names = "--std", paramLabel = "S,…", description = "image: divided by, one or one a channel.")
    private @Nullable String std;

    @Option(names = "--rate", paramLabel = "HZ", description = "audio: samples a second (default: 16000).")
    private int rate = DEFAULT_RATE;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "audio: length, cut or padded (default: the input's samples by the rate).")
    private @Nullable Double seconds;

    @Option(names = "--channels", paramLabel = "N", description = "audio: channels (default: 1, mixed).")
    private int channels = 1;

    Kind kind() {
        return kind;
    }

    /** The pre-processing for the network's first input. */
    Preprocessing of(TensorSpec input) {
        return switch (kind) {
            case RAW -> new Preprocessing.Raw();
            case AUDIO -> new Preprocessing.Audio(rate, seconds(input), channels);
            case IMAGE -> image(input);
        };
    }

    private Preprocessing.Image image(TensorSpec input) {
        double factor = scale == null ? BYTE_SCALE : Numbers.parse("scale", scale, "--scale");
        int rank = input.shape().size();
        long axis = rank < 3 ? -1 : input.shape().get(channelsLast ? rank - 1 : rank - 3);
        int count = axis == 1 ? 1 : COLOURS;
        List<Double> means = mean == null ? List.of() : Numbers.parseList("mean", mean, "--mean");
        List<Double> stds = std == null ? List.of() : Numbers.parseList("std", std, "--std");
        return new Preprocessing.Image(
                resize, crop, bgr, channelsLast, factor, forEach(count, means, 0), forEach(count, stds, 1));
    }

    /** As given; one for all channels, or the default, is repeated. */
    private static List<Double> forEach(int channels, List<Double> values, double none) {
        return values.size() > 1 ? values : Collections.nCopies(channels, values.isEmpty() ? none : values.get(0));
    }

    private double seconds(TensorSpec input) {
        if (seconds != null) {
            return seconds;
        }
        int rank = input.shape().size();
        long samples = rank == 0 ? -1 : input.shape().get(rank - 1);
        if (samples < 1 || rate < 1) {
            throw new WrongUseException(
                    "seconds: unknown (expected: --seconds, since the samples of " + input + " are free)");
        }
        return (double) samples / rate;
    }
}
