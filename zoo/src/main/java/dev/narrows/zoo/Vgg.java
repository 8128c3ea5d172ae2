package dev.narrows.zoo;

/**
 * Stages of 3 × 3 convolutions with a max-pooling behind each, and a hidden dense layer (Simonyan and Zisserman 2015,
 * "Very Deep Convolutional Networks"), with batch normalisation, and as many stages, five at most, as leave the last map 3
 * pixels.
 */
final class Vgg {

    private static final int[] STAGES = {64, 128, 256, 512, 512};
    private static final int HIDDEN = 512;
    private static final int SMALLEST = 3;

    private Vgg() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        Value x = input;
        for (int stage = 0; stage < STAGES.length && (stage == 0 || leaves(x)); stage++) {
            String block = "block" + (stage + 1);
            NetworkBuilder inner = builder.in(block);
            for (int i = 1; i <= architecture.whole("depth"); i++) {
                Conv conv = Conv.of(architecture.channels(STAGES[stage]), 3);
                x = Layers.convBnRelu(inner, "conv" + i, "conv" + i + ".relu", x, conv);
            }
            x = Layers.halve(builder, block, x);
        }
        Value flat = builder.flatten("flat", x);
        return builder.relu(
                "features", builder.linear("hidden", flat, architecture.channels(HIDDEN), Initial.HE_FAN_IN));
    }

    private static boolean leaves(Value x) {
        return x.space().stream().allMatch(length -> length / 2 >= SMALLEST);
    }
}
