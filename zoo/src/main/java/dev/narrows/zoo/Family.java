package dev.narrows.zoo;

import java.util.ArrayList;
import java.util.List;

/** The architectures. */
public enum Family {
    CNN(
            "cnn",
            "plain convolutional network of three stages, for pictures",
            Intake.MAP,
            PlainCnn::features,
            width(1),
            Option.whole("depth", 2, 1, 16, "convolutions a stage")),
    CNN1D(
            "cnn1d",
            "convolutions along time, for series (Wang et al. 2017)",
            Intake.SERIES,
            Cnn1d::features,
            width(1),
            Option.whole("depth", 3, 1, 16, "blocks")),
    DSCNN(
            "dscnn",
            "depthwise separable convolutions, for sound (Zhang et al. 2017)",
            Intake.MAP,
            DsCnn::features,
            width(1),
            Option.whole("depth", 4, 1, 64, "blocks")),
    LENET(
            "lenet",
            "LeNet-5 with ReLU and max-pooling, for small pictures (LeCun et al. 1998)",
            Intake.MAP,
            LeNet::features,
            width(1)),
    MLP(
            "mlp",
            "dense hidden layers of 256, for anything",
            Intake.ANYTHING,
            Mlp::features,
            width(1),
            Option.whole("depth", 2, 1, 64, "hidden layers")),
    MOBILENET(
            "mobilenet",
            "inverted residuals, depthwise separable, for pictures (MobileNetV2, Sandler et al. 2018)",
            Intake.MAP,
            MobileNet::features,
            width(1),
            Option.number("depth", 1, 0.1, 16, "factor of the blocks a stage"),
            Option.word("activation", "after expansion and depthwise convolution", "relu6", "relu", "hardswish"),
            zeroGamma()),
    RESNET(
            "resnet",
            "residual network with shortcuts B, for small pictures (He et al. 2016)",
            Intake.MAP,
            ResNet::features,
            width(1),
            new Option(
                    "depth",
                    "20",
                    "6n + 2: 8, 14, 20, 26 to 1202",
                    "layers",
                    new Option.Rule.Whole(depth -> depth >= 8 && depth <= 1202 && depth % 6 == 2)),
            zeroGamma()),
    SQUEEZENET(
            "squeezenet",
            "fire modules, for pictures (SqueezeNet 1.1, Iandola et al. 2016)",
            Intake.MAP,
            SqueezeNet::features,
            width(1),
            Option.number("depth", 1, 0.1, 16, "factor of the 2 modules a stage")),
    VGG(
            "vgg",
            "stages of convolutions and a hidden dense layer, for pictures (Simonyan and Zisserman 2015)",
            Intake.MAP,
            Vgg::features,
            width(0.5),
            Option.whole("depth", 2, 1, 16, "convolutions a stage"));

    /** Options of all families. */
    static final List<Option> COMMON = List.of(
            Option.number("dropout", 0, 0, 0.95, "ratio of the features left out in training"),
            Option.word("output", "what the network gives", "logits", "probabilities"),
            Option.numbers("mean", "none, or numbers by channel", value -> true, "subtracted from the input"),
            Option.numbers("std", "none, or positive numbers by channel", value -> value > 0, "divides what is left"));

    /** Options of all families that say how a sound becomes a spectrogram. */
    static final List<Option> SOUND = List.of(
            Option.whole("mels", 40, 1, 512, "mel bands"),
            Option.number("window", 25, 1, 1000, "length of a frame, ms"),
            Option.number("hop", 20, 1, 1000, "between frames' beginnings, ms"),
            Option.number("low", 20, 0, 96000, "where the first band begins, Hz"),
            Option.number("high", 8000, 1, 96000, "where the last band ends, Hz, half the rate at most"));

    private final String label;
    private final String meaning;
    private final Intake intake;
    private final Trunk trunk;
    private final List<Option> own;

    Family(String label, String meaning, Intake intake, Trunk trunk, Option... own) {
        this.label = label;
        this.meaning = meaning;
        this.intake = intake;
        this.trunk = trunk;
        this.own = List.of(own);
    }

    private static Option width(double fallback) {
        return Option.number("width", fallback, 0.01, 64, "factor of all channels");
    }

    private static Option zeroGamma() {
        return Option.word("zerogamma", "residual blocks begin as the identity", "false", "true");
    }

    /** As specs say it. */
    public String label() {
        return label;
    }

    /** What it is, in words. */
    public String meaning() {
        return meaning;
    }

    /** What it leaves open: its own options, those of all families, those that matter for sounds. */
    public List<Option> options() {
        List<Option> all = new ArrayList<>(own);
        all.addAll(COMMON);
        all.addAll(SOUND);
        return all;
    }

    /** The options that not all families have. */
    List<Option> own() {
        return own;
    }

    Intake intake() {
        return intake;
    }

    Trunk trunk() {
        return trunk;
    }
}
