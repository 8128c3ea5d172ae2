package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What is put into a network at a cut. The encoder, on the device: convolutions with ReLU if there are channels for them, a
 * convolution to the code's channels, a clip to {@code [0, levels − 1]} and a rounding, so that what crosses are small whole
 * numbers. The decoder, on the server, goes the same way back: as many convolutions, but two at least, transposed where the
 * encoder's have a stride. Tensors of (items, features) get matrix products in place of convolutions, and two in the decoder.
 *
 * @param channels of the code, or its numbers where the tensor has no space
 * @param levels of each number of the code, 2 to 256
 * @param kernel of the encoder's convolutions; odd unless it is the stride
 * @param stride of the encoder, by which the code is smaller than the tensor; its convolutions share it
 * @param hidden channels inside the decoder
 * @param encoder channels of the encoder's convolutions before the last; none for an encoder of a single convolution
 */
public record BottleneckDesign(int channels, int levels, int kernel, int stride, int hidden, List<Integer> encoder) {

    public static final BottleneckDesign DEFAULT = new BottleneckDesign(8, 8, 3, 2, 64, List.of());

    public BottleneckDesign {
        Range.atLeast("channels", channels, 1);
        Range.require("levels", levels, 2, 256);
        Range.atLeast("kernel", kernel, 1);
        Range.atLeast("stride", stride, 1);
        Range.atLeast("hidden channels", hidden, 1);
        encoder.forEach(each -> Range.atLeast("encoder's channels", each, 1));
        encoder = List.copyOf(encoder);
        int steepest = shared(stride, encoder.size() + 1).get(0);
        if (kernel < steepest || (kernel % 2 == 0 && kernel != steepest)) {
            throw new InvalidException("kernel: " + kernel
                    + " (expected: odd or the stride, and not smaller than the stride, " + steepest + ")");
        }
    }

    /** Of the encoder's convolutions, in their order. */
    List<Integer> strides() {
        return shared(stride, encoder.size() + 1);
    }

    /** The stride's prime factors over so many convolutions, as evenly as may be, the steepest first, on the largest maps. */
    private static List<Integer> shared(int stride, int convolutions) {
        List<Integer> factors = new ArrayList<>();
        int left = stride;
        for (int factor = 2; left > 1; factor++) {
            for (; left % factor == 0; left /= factor) {
                factors.add(0, factor);
            }
        }
        Integer[] strides = new Integer[convolutions];
        Arrays.fill(strides, 1);
        for (int factor : factors) {
            int least = 0;
            for (int i = 1; i < convolutions; i++) {
                least = strides[i] < strides[least] ? i : least;
            }
            strides[least] *= factor;
        }
        Arrays.sort(strides, Comparator.reverseOrder());
        return List.of(strides);
    }
}
