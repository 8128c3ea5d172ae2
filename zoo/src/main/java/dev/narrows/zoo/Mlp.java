package dev.narrows.zoo;

/** Dense hidden layers with ReLU, all of one width. Whatever an item is, it is taken as numbers without order. */
final class Mlp {

    private static final int HIDDEN = 256;

    private Mlp() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        Value x = input.shape().size() == 1 ? input : builder.flatten("flat", input);
        int depth = architecture.whole("depth");
        for (int i = 1; i <= depth; i++) {
            String block = "block" + i;
            Value sums = builder.linear(block + ".linear", x, architecture.channels(HIDDEN), Initial.HE_FAN_IN);
            x = builder.relu(i == depth ? "features" : block, sums);
        }
        return x;
    }
}
