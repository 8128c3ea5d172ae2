package dev.narrows.zoo;

/** Layers that several architectures are made of. */
final class Layers {

    private Layers() {}

    /** Convolution and batch normalisation: tensors {@code name}, {@code name.bn}. */
    static Value convBn(NetworkBuilder builder, String name, Value x, Conv conv) {
        return builder.batchNorm(name + ".bn", builder.conv(name, x, conv));
    }

    /** Convolution, batch normalisation and ReLU: tensors {@code name}, {@code name.bn}, {@code out}. */
    static Value convBnRelu(NetworkBuilder builder, String name, String out, Value x, Conv conv) {
        return builder.relu(out, convBn(builder, name, x, conv));
    }

    /** A map's means as features: tensors {@code pooled} (channels, 1…), {@code features} (channels). */
    static Value pooled(NetworkBuilder builder, Value x) {
        return builder.flatten("features", builder.globalAveragePool("pooled", x));
    }

    /** A max-pooling of 2 with stride 2, where there is room. */
    static Value halve(NetworkBuilder builder, String name, Value x) {
        return builder.maxPool(name, x, 2, 2, 0);
    }
}
