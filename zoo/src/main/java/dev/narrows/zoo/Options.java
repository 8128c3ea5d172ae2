package dev.narrows.zoo;

import java.util.List;

/** The options of the architectures, with their defaults. */
final class Options {

    /** Those of all families. */
    static final List<Option> COMMON = List.of(
            Option.number("dropout", 0, 0, 0.95, "ratio of the features left out in training"),
            Option.word("output", "what the network gives", "logits", "probabilities"),
            Option.numbers("mean", "none, or numbers by channel", value -> true, "subtracted from the input"),
            Option.numbers("std", "none, or positive numbers by channel", value -> value > 0, "divides what is left"));

    /** Those of all families that say how a sound becomes a spectrogram. */
    static final List<Option> SOUND = List.of(
            Option.whole("mels", 40, 1, 512, "mel bands"),
            Option.number("window", 25, 1, 1000, "length of a frame, ms"),
            Option.number("hop", 20, 1, 1000, "between frames' beginnings, ms"),
            Option.number("low", 20, 0, 96000, "where the first band begins, Hz"),
            Option.number("high", 8000, 1, 96000, "where the last band ends, Hz, half the rate at most"));

    private Options() {}

    /** Those that not all families have. */
    static List<Option> own(Family family) {
        return switch (family) {
            case CNN, VGG ->
                List.of(width(family == Family.VGG ? 0.5 : 1), Option.whole("depth", 2, 1, 16, "convolutions a stage"));
            case CNN1D -> List.of(width(1), Option.whole("depth", 3, 1, 16, "blocks"));
            case DSCNN -> List.of(width(1), Option.whole("depth", 4, 1, 64, "blocks"));
            case LENET -> List.of(width(1));
            case MLP -> List.of(width(1), Option.whole("depth", 2, 1, 64, "hidden layers"));
            case MOBILENET ->
                List.of(
                        width(1),
                        Option.number("depth", 1, 0.1, 16, "factor of the blocks a stage"),
                        Option.word(
                                "activation",
                                "after expansion and depthwise convolution",
                                "relu6",
                                "relu",
                                "hardswish"),
                        zeroGamma());
            case RESNET ->
                List.of(
                        width(1),
                        layers(),
                        Option.word("stem", "stride of the first convolution; auto by size", "auto", "1", "2"),
                        zeroGamma());
            case SQUEEZENET -> List.of(width(1), Option.number("depth", 1, 0.1, 16, "factor of the 2 modules a stage"));
        };
    }

    private static Option layers() {
        return new Option(
                "depth",
                "20",
                "6n + 2: 8, 14, 20, 26 to 1202",
                "layers",
                new Option.Rule.Whole(depth -> depth >= 8 && depth <= 1202 && depth % 6 == 2));
    }

    private static Option width(double fallback) {
        return Option.number("width", fallback, 0.01, 64, "factor of all channels");
    }

    private static Option zeroGamma() {
        return Option.word("zerogamma", "residual blocks begin as the identity", "false", "true");
    }
}
