package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A convolution's hyper-parameters. Lists have one entry for each axis of space, or one entry that holds for all.
 *
 * @param channels output channels
 * @param kernel lengths of the kernel
 * @param strides steps
 * @param dilations distances between the kernel's taps
 * @param pads zeros before and behind, all befores first as in ONNX; empty: as many as make the output ceil(input /
 *     stride) long, the odd one behind
 * @param groups into which input and output channels are split
 * @param bias whether a bias is added (not needed in front of a batch normalisation)
 * @param initial how the weights are drawn
 */
public record Conv(
        int channels,
        List<Integer> kernel,
        List<Integer> strides,
        List<Integer> dilations,
        Optional<List<Integer>> pads,
        int groups,
        boolean bias,
        Initial initial) {

    public Conv {
        kernel = positive("kernel", kernel);
        strides = positive("stride", strides);
        dilations = positive("dilation", dilations);
        pads = pads.map(List::copyOf);
        if (pads.isPresent() && pads.get().stream().anyMatch(pad -> pad < 0)) {
            throw new InvalidException("pads: " + pads.get() + " (expected: 0 or more)");
        }
        if (channels < 1 || groups < 1 || channels % groups != 0) {
            throw new InvalidException(
                    "channels: " + channels + " in " + groups + " groups (expected: a multiple of the groups)");
        }
    }

    private static List<Integer> positive(String what, List<Integer> lengths) {
        if (lengths.isEmpty() || lengths.stream().anyMatch(length -> length < 1)) {
            throw new InvalidException(what + ": " + lengths + " (expected: 1 or more)");
        }
        return List.copyOf(lengths);
    }

    /** A dense convolution in front of a batch normalisation and a ReLU, stride 1, output as large as the input. */
    public static Conv of(int channels, int... kernel) {
        return new Conv(channels, list(kernel), List.of(1), List.of(1), Optional.empty(), 1, false, Initial.HE_FAN_OUT);
    }

    /** A convolution of each channel for itself. */
    public static Conv depthwise(int channels, int... kernel) {
        return of(channels, kernel).withGroups(channels);
    }

    public Conv withStrides(int... newStrides) {
        return new Conv(channels, kernel, list(newStrides), dilations, pads, groups, bias, initial);
    }

    public Conv withDilations(int... newDilations) {
        return new Conv(channels, kernel, strides, list(newDilations), pads, groups, bias, initial);
    }

    /** Zeros before all axes, then behind all; or one number for all sides. */
    public Conv withPads(int... newPads) {
        return new Conv(channels, kernel, strides, dilations, Optional.of(list(newPads)), groups, bias, initial);
    }

    public Conv withGroups(int newGroups) {
        return new Conv(channels, kernel, strides, dilations, pads, newGroups, bias, initial);
    }

    public Conv withBias() {
        return new Conv(channels, kernel, strides, dilations, pads, groups, true, initial);
    }

    public Conv withInitial(Initial newInitial) {
        return new Conv(channels, kernel, strides, dilations, pads, groups, bias, newInitial);
    }

    private static List<Integer> list(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
