package dev.narrows.zoo;

/**
 * A plain small network for pictures as those of Fashion-MNIST: three stages of 3 × 3 convolutions with batch
 * normalisation (VGG's layers: Simonyan and Zisserman 2015), max-pooling between them, means at the end (Lin et al. 2014,
 * "Network in Network"). A block is a stage with the pooling behind it. Inputs larger than about 56 pixels
 * lose resolution in the first convolution.
 */
final class PlainCnn {

    private static final int[] STAGES = {32, 64, 128};

    private PlainCnn() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        Halvings halvings = Halvings.of(input, 4, 7);
        Value x = input;
        int depth = architecture.whole("depth");
        for (int stage = 0; stage < STAGES.length; stage++) {
            String block = "block" + (stage + 1);
            NetworkBuilder inner = builder.in(block);
            boolean pooled = stage < 2 && halvings.at(stage + 2);
            for (int i = 1; i <= depth; i++) {
                boolean last = i == depth && !pooled;
                boolean first = stage == 0 && i == 1;
                Conv conv = Conv.of(architecture.channels(STAGES[stage]), first && halvings.at(0) ? 7 : 3)
                        .withStrides(first ? halvings.stride(1) * halvings.stride(0) : 1);
                Value y = Layers.convBn(inner, "conv" + i, x, conv);
                x = last ? builder.relu(block, y) : inner.relu("conv" + i + ".relu", y);
            }
            x = pooled ? Layers.halve(builder, block, x) : x;
        }
        return Layers.pooled(builder, x);
    }
}
