package dev.narrows.zoo;

/**
 * The residual network for small pictures (He et al. 2016, "Deep Residual Learning", section 4.2): three stages of n
 * blocks of two 3 × 3 convolutions, 6n + 2 layers. Where the shape changes the shortcut is a 1 × 1 convolution with
 * batch normalisation (their option B; they used A, which pads with zeros, for CIFAR). Inputs larger than about 56 pixels lose
 * resolution in the stem, others where they are told to.
 */
final class ResNet {

    private static final int[] STAGES = {16, 32, 64};

    private ResNet() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        Halvings halvings = Halvings.of(input, 4, 7);
        String stem = architecture.word("stem");
        int stemStride = stem.equals("auto") ? halvings.stride(1) : Integer.parseInt(stem);
        Value x = Layers.convBnRelu(
                builder,
                "stem.conv",
                "stem",
                input,
                Conv.of(architecture.channels(STAGES[0]), 3).withStrides(stemStride));
        if (halvings.at(0)) {
            x = builder.maxPool("stem.pool", x, 3, 2, 1);
        }
        int blocks = (architecture.whole("depth") - 2) / 6;
        float gamma = architecture.is("zerogamma") ? 0 : 1;
        for (int stage = 0; stage < STAGES.length; stage++) {
            for (int i = 0; i < blocks; i++) {
                int stride = stage > 0 && i == 0 ? halvings.stride(stage + 1) : 1;
                String block = "block" + (stage * blocks + i + 1);
                x = block(builder, block, x, architecture.channels(STAGES[stage]), stride, gamma);
            }
        }
        return Layers.pooled(builder, x);
    }

    private static Value block(NetworkBuilder builder, String block, Value x, int channels, int stride, float gamma) {
        NetworkBuilder inner = builder.in(block);
        Value first = Layers.convBnRelu(
                inner, "conv1", "conv1.relu", x, Conv.of(channels, 3).withStrides(stride));
        Value second = inner.batchNorm("conv2.bn", inner.conv("conv2", first, Conv.of(channels, 3)), gamma);
        boolean same = stride == 1 && x.channels() == channels;
        Value shortcut = same
                ? x
                : Layers.convBn(
                        inner,
                        "shortcut",
                        x,
                        Conv.of(channels, 1).withStrides(stride).withInitial(Initial.XAVIER));
        return builder.relu(block, inner.add("sum", second, shortcut));
    }
}
