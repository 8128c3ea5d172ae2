package dev.narrows.zoo;

/**
 * Convolutions along time with batch normalisation and ReLU, means at the end: the fully convolutional network of Wang et
 * al. 2017 ("Time Series Classification from Scratch"), with half its channels at width 1 and max-pooling between the
 * blocks where the series is long enough. Long series lose resolution in the first convolution, too.
 */
final class Cnn1d {

    private static final int FIRST = 64;
    private static final int OTHERS = 128;
    private static final int[] KERNELS = {8, 5, 3};
    private static final int SMALLEST = 32;

    private Cnn1d() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        int depth = architecture.whole("depth");
        Halvings halvings = Halvings.of(input, depth + 1, SMALLEST);
        Value x = input;
        for (int i = 0; i < depth; i++) {
            String block = "block" + (i + 1);
            NetworkBuilder inner = builder.in(block);
            Conv conv = Conv.of(architecture.channels(i == 0 ? FIRST : OTHERS), KERNELS[Math.min(i, 2)])
                    .withStrides(i == 0 ? halvings.stride(0) * halvings.stride(1) : 1);
            Value y = Layers.convBn(inner, "conv", x, conv);
            boolean pooled = i < depth - 1 && halvings.at(i + 2);
            x = pooled ? Layers.halve(builder, block, inner.relu("conv.relu", y)) : builder.relu(block, y);
        }
        return Layers.pooled(builder, x);
    }
}
