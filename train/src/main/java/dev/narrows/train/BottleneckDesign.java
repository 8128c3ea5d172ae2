package dev.narrows.train;

/**
 * What is put into a network at a cut. The encoder, on the device: a convolution to few channels, a clip to
 * {@code [0, levels − 1]} and a rounding, so that what crosses are small whole numbers; before it, if there are channels for
 * it, another convolution with ReLU, and the two share the stride. The decoder, on the server, goes the same way back: two
 * convolutions, transposed where the encoder's have a stride. Tensors of (items, features) get matrix products in place of
 * convolutions.
 *
 * @param channels of the code, or its numbers where the tensor has no space
 * @param levels of each number of the code, 2 to 256
 * @param kernel of the encoder's convolutions; odd unless it is the stride
 * @param stride of the encoder, by which the code is smaller than the tensor
 * @param hidden channels inside the decoder
 * @param encoder channels inside the encoder; 0 for an encoder of a single convolution
 */
public record BottleneckDesign(int channels, int levels, int kernel, int stride, int hidden, int encoder) {

    public static final BottleneckDesign DEFAULT = new BottleneckDesign(8, 8, 3, 2, 64, 0);

    public BottleneckDesign {
        Range.atLeast("channels", channels, 1);
        Range.require("levels", levels, 2, 256);
        Range.atLeast("kernel", kernel, 1);
        Range.atLeast("stride", stride, 1);
        Range.atLeast("hidden channels", hidden, 1);
        Range.atLeast("encoder's hidden channels", encoder, 0);
        int steepest = encoder == 0 ? stride : first(stride);
        if (kernel < steepest || (kernel % 2 == 0 && kernel != steepest)) {
            throw new dev.narrows.errors.InvalidException("kernel: " + kernel
                    + " (expected: odd or the stride, and not smaller than the stride, " + steepest + ")");
        }
    }

    /** The stride of the encoder's hidden convolution, which has the larger part as it sees the larger maps. */
    int hiddenStride() {
        return encoder == 0 ? 1 : first(stride);
    }

    /** The stride of the convolution that makes the code. */
    int codeStride() {
        return stride / hiddenStride();
    }

    /** The smallest divisor that is no smaller than what it leaves. */
    private static int first(int stride) {
        int divisor = 1;
        while (stride % divisor != 0 || divisor * divisor < stride) {
            divisor++;
        }
        return divisor;
    }
}
