package dev.narrows.zoo;

/**
 * Depthwise separable convolutions over a spectrogram (Zhang et al. 2017, "Hello Edge: Keyword Spotting on
 * Microcontrollers"), 64 channels and 4 blocks as their small one. The first block has stride 2, as in their medium and
 * large one, where the spectrogram is large enough: 40 mel bands are four times their 10 coefficients.
 */
final class DsCnn {

    private static final int CHANNELS = 64;
    private static final int FREQUENCY = 4;
    private static final int TIME = 10;

    private DsCnn() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        int channels = architecture.channels(CHANNELS);
        Conv stem = Conv.of(channels, FREQUENCY, TIME).withStrides(2);
        Value x = Layers.convBnRelu(builder, "stem.conv", "stem", input, stem);
        Halvings halvings = Halvings.of(x, 1, 5);
        for (int i = 1; i <= architecture.whole("depth"); i++) {
            NetworkBuilder inner = builder.in("block" + i);
            Conv depthwise = Conv.depthwise(channels, 3).withStrides(i == 1 ? halvings.stride(0) : 1);
            Value y = Layers.convBnRelu(inner, "depthwise", "depthwise.relu", x, depthwise);
            x = builder.relu("block" + i, Layers.convBn(inner, "pointwise", y, Conv.of(channels, 1)));
        }
        return Layers.pooled(builder, x);
    }
}
