package dev.narrows.zoo;

/**
 * Inverted residual blocks with linear bottlenecks (Sandler et al. 2018, "MobileNetV2", table 2). At 224 × 224 and width
 * 1 it is theirs; smaller pictures keep their resolution in the first layers. The width scales the last convolution below
 * 1, too, as a student of few classes would have most of its weights there.
 */
final class MobileNet {

    /** Expansion, channels, blocks, place of the stride of 2 (or -1). */
    private static final int[][] STAGES = {
        {1, 16, 1, -1}, {6, 24, 2, 1}, {6, 32, 3, 2}, {6, 64, 4, 3}, {6, 96, 3, -1}, {6, 160, 3, 4}, {6, 320, 1, -1}
    };

    private static final int STEM = 32;
    private static final int LAST = 1280;

    private MobileNet() {}

    static Value features(NetworkBuilder builder, Value input, Architecture architecture) {
        Activation activation = Activation.of(architecture.word("activation"));
        double width = architecture.number("width");
        float gamma = architecture.is("zerogamma") ? 0 : 1;
        Halvings halvings = Halvings.of(input, 5, 4);
        Value stem = Layers.convBn(
                builder, "stem.conv", input, Conv.of(eighths(STEM * width), 3).withStrides(halvings.stride(0)));
        Value x = builder.activation("stem", stem, activation);
        int block = 0;
        for (int[] stage : STAGES) {
            int blocks = (int) Math.ceil(stage[2] * architecture.number("depth"));
            for (int i = 0; i < blocks; i++) {
                int stride = i == 0 && stage[3] >= 0 ? halvings.stride(stage[3]) : 1;
                block++;
                x = block(builder, "block" + block, x, stage[0], eighths(stage[1] * width), stride, activation, gamma);
            }
        }
        Value last = Layers.convBn(builder, "last.conv", x, Conv.of(eighths(LAST * width), 1));
        return Layers.pooled(builder, builder.activation("last", last, activation));
    }

    private static Value block(
            NetworkBuilder builder,
            String block,
            Value x,
            int expansion,
            int channels,
            int stride,
            Activation activation,
            float gamma) {
        NetworkBuilder inner = builder.in(block);
        boolean residual = stride == 1 && x.channels() == channels;
        Value wide = x;
        if (expansion != 1) {
            Value expanded = Layers.convBn(inner, "expand", x, Conv.of(x.channels() * expansion, 1));
            wide = inner.activation("expand.act", expanded, activation);
        }
        Value depthwise = Layers.convBn(
                inner, "depthwise", wide, Conv.depthwise(wide.channels(), 3).withStrides(stride));
        Value deep = inner.activation("depthwise.act", depthwise, activation);
        Conv project = Conv.of(channels, 1).withInitial(Initial.XAVIER);
        Value projected = inner.conv("project", deep, project);
        if (!residual) {
            return builder.batchNorm(block, projected);
        }
        return builder.add(block, inner.batchNorm("project.bn", projected, gamma), x);
    }

    /** The nearest multiple of 8 that is no more than a tenth below, 8 at least: the rule of the paper's code. */
    static int eighths(double channels) {
        int rounded = Math.max(8, (int) (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
