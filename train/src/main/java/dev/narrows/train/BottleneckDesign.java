package dev.narrows.train;

/**
 * What is put into a network at a cut. The encoder, on the device: a convolution to few channels, a clip to
 * {@code [0, levels − 1]} and a rounding, so that what crosses are small whole numbers. The decoder, on the server: a
 * (transposed) convolution and a convolution, back to what the rest of the network takes. Tensors of (items, features) get
 * matrix products in place of convolutions.
 *
 * @param channels of the code, or its numbers where the tensor has no space
 * @param levels of each number of the code, 2 to 256
 * @param kernel of the encoder's convolution; odd unless it is the stride
 * @param stride of the encoder's convolution, by which the code is smaller than the tensor
 * @param hidden channels inside the decoder
 */
public record BottleneckDesign(int channels, int levels, int kernel, int stride, int hidden) {

    public static final BottleneckDesign DEFAULT = new BottleneckDesign(8, 8, 3, 2, 64);

    public BottleneckDesign {
        Range.atLeast("channels", channels, 1);
        Range.require("levels", levels, 2, 256);
        Range.atLeast("kernel", kernel, 1);
        Range.atLeast("stride", stride, 1);
        Range.atLeast("hidden channels", hidden, 1);
        if (kernel < stride || (kernel % 2 == 0 && kernel != stride)) {
            throw new dev.narrows.errors.InvalidException("kernel: " + kernel
                    + " (expected: odd or the stride, and not smaller than the stride, " + stride + ")");
        }
    }
}
