package dev.narrows.zoo;

import java.util.ArrayList;
import java.util.List;

/** The architectures. */
public enum Family {
    CNN("cnn", "plain convolutional network of three stages, for pictures", Intake.MAP),
    CNN1D("cnn1d", "convolutions along time, for series (Wang et al. 2017)", Intake.SERIES),
    DSCNN("dscnn", "depthwise separable convolutions, for sound (Zhang et al. 2017)", Intake.MAP),
    LENET("lenet", "LeNet-5 with ReLU and max-pooling, for small pictures (LeCun et al. 1998)", Intake.MAP),
    MLP("mlp", "dense hidden layers of 256, for anything", Intake.ANYTHING),
    MOBILENET(
            "mobilenet",
            "inverted residuals, depthwise separable, for pictures (MobileNetV2, Sandler et al. 2018)",
            Intake.MAP),
    RESNET("resnet", "residual network with shortcuts B, for small pictures (He et al. 2016)", Intake.MAP),
    SQUEEZENET("squeezenet", "fire modules, for pictures (SqueezeNet 1.1, Iandola et al. 2016)", Intake.MAP),
    VGG(
            "vgg",
            "stages of convolutions and a hidden dense layer, for pictures (Simonyan and Zisserman 2015)",
            Intake.MAP);

    private final String label;
    private final String meaning;
    private final Intake intake;

    Family(String label, String meaning, Intake intake) {
        this.label = label;
        this.meaning = meaning;
        this.intake = intake;
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
        List<Option> all = new ArrayList<>(Options.own(this));
        all.addAll(Options.COMMON);
        all.addAll(Options.SOUND);
        return all;
    }

    Intake intake() {
        return intake;
    }

    /**
     * Adds the trunk, which turns an item into features.
     *
     * @param x the item, normalised; sounds are spectrograms here
     * @return (features)
     */
    Value features(NetworkBuilder builder, Value x, Architecture architecture) {
        return switch (this) {
            case CNN -> PlainCnn.features(builder, x, architecture);
            case CNN1D -> Cnn1d.features(builder, x, architecture);
            case DSCNN -> DsCnn.features(builder, x, architecture);
            case LENET -> LeNet.features(builder, x, architecture);
            case MLP -> Mlp.features(builder, x, architecture);
            case MOBILENET -> MobileNet.features(builder, x, architecture);
            case RESNET -> ResNet.features(builder, x, architecture);
            case SQUEEZENET -> SqueezeNet.features(builder, x, architecture);
            case VGG -> Vgg.features(builder, x, architecture);
        };
    }
}
