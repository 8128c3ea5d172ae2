package dev.narrows.zoo;

/**
 * LeNet-5 (LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition"), with ReLU, max-pooling and
 * dense connections between its maps. Pictures smaller than 32 pixels are padded by 2.
 */
final class LeNet {

    private static final int PADDED_BELOW = 32;

    private LeNet() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        boolean small = input.space().stream().anyMatch(length -> length < PADDED_BELOW);
        Value x = layer(builder, "block1", input, architecture.channels(6), small ? 2 : 0);
        x = layer(builder, "block2", x, architecture.channels(16), 0);
        x = builder.flatten("flat", x);
        x = builder.relu("block3", builder.linear("block3.linear", x, architecture.channels(120), Initial.HE_FAN_IN));
        return builder.relu(
                "features", builder.linear("block4.linear", x, architecture.channels(84), Initial.HE_FAN_IN));
    }

    private static Value layer(NetworkBuilder builder, String block, Value x, int channels, int pad) {
        Conv conv = Conv.of(channels, 5).withPads(pad).withBias().withInitial(Initial.HE_FAN_IN);
        NetworkBuilder inner = builder.in(block);
        return Layers.halve(builder, block, inner.relu("conv.relu", inner.conv("conv", x, conv)));
    }
}
