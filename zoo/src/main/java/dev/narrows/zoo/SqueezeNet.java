package dev.narrows.zoo;

/**
 * Fire modules: a 1 × 1 convolution squeezes, 1 × 1 and 3 × 3 convolutions side by side expand (Iandola et al. 2016,
 * "SqueezeNet", in the arrangement of their version 1.1). Different from theirs: batch normalisation instead of biases;
 * the last 1 × 1 convolution is the head, behind the means (the same function but for a ReLU on its outputs, at a fraction of
 * the cost); inputs smaller than 64 pixels keep their resolution in the first layers.
 */
final class SqueezeNet {

    private static final int STEM = 64;

    /** Channels squeezed to; expanded are 4 times as many on each side. */
    private static final int[] STAGES = {16, 32, 48, 64};

    private static final int MODULES = 2;

    private SqueezeNet() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        Halvings halvings = Halvings.of(input, 4, 4);
        Conv stem = Conv.of(architecture.channels(STEM), 3).withStrides(halvings.stride(0));
        Value x = Layers.convBnRelu(builder, "stem.conv", "stem", input, stem);
        int modules = (int) Math.ceil(MODULES * architecture.number("depth"));
        for (int stage = 0; stage < STAGES.length; stage++) {
            if (stage < 3 && halvings.at(stage + 1)) {
                x = builder.maxPool("pool" + (stage + 1), x, 3, 2, 1);
            }
            for (int i = 0; i < modules; i++) {
                String block = "block" + (stage * modules + i + 1);
                x = fire(builder, block, x, architecture.channels(STAGES[stage]));
            }
        }
        return Layers.pooled(builder, x);
    }

    private static Value fire(NetworkBuilder builder, String block, Value x, int squeezed) {
        NetworkBuilder inner = builder.in(block);
        Value squeeze = Layers.convBnRelu(inner, "squeeze", "squeeze.relu", x, Conv.of(squeezed, 1));
        Value narrow = Layers.convBnRelu(inner, "expand1", "expand1.relu", squeeze, Conv.of(4 * squeezed, 1));
        Value wide = Layers.convBnRelu(inner, "expand3", "expand3.relu", squeeze, Conv.of(4 * squeezed, 3));
        return builder.concat(block, narrow, wide);
    }
}
