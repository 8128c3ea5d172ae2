package dev.narrows.zoo;

import java.util.ArrayList;
import java.util.List;

/** The architectures. */
public enum Family {
    CNN(
            "cnn",
            "plain convolutional network of three stages",
            PlainCnn::features,
            width(1),
            Option.whole("depth", 2, 1, 16, "convolutions a stage")),
    LENET("lenet", "LeNet-5 with ReLU (LeCun et al. 1998)", LeNet::features, width(1)),
    MOBILENET(
            "mobilenet",
            "inverted residuals, depthwise separable (MobileNetV2, Sandler et al. 2018)",
            MobileNet::features,
            width(1),
            Option.number("depth", 1, 0.1, 16, "factor of the blocks a stage"),
            Option.word("activation", "after expansion and depthwise convolution", "relu6", "relu", "hardswish"),
            zeroGamma()),
    RESNET(
            "resnet",
            "residual network for small pictures (He et al. 2016), shortcuts B",
            ResNet::features,
            width(1),
            new Option(
                    "depth",
                    "20",
                    "8, 14, 20, 26 … 1202",
                    "layers, 6n + 2",
                    new Option.Rule.Whole(depth -> depth >= 8 && depth <= 1202 && depth % 6 == 2)),
            zeroGamma());

    private final String label;
    private final String meaning;
    private final Trunk trunk;
    private final List<Option> options;

    Family(String label, String meaning, Trunk trunk, Option... own) {
        this.label = label;
        this.meaning = meaning;
        this.trunk = trunk;
        List<Option> all = new ArrayList<>(List.of(own));
        all.add(Option.number("dropout", 0, 0, 0.95, "ratio of the features left out in training"));
        all.add(Option.word("output", "what the network gives", "logits", "probabilities"));
        all.add(Option.numbers("mean", "none, or a number a channel", value -> true, "is taken from the input first"));
        all.add(Option.numbers(
                "std", "none, or a number above 0 a channel", value -> value > 0, "divides the input then"));
        this.options = List.copyOf(all);
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

    /** What it leaves open. */
    public List<Option> options() {
        return options;
    }

    Trunk trunk() {
        return trunk;
    }
}
