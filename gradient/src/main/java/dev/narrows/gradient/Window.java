package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;

/**
 * The sliding window of a convolution or a pooling: by spatial axis its length, strides, dilations, and pads at the
 * axis's beginning and end.
 */
@SuppressWarnings("ArrayRecordComponent") // made for one call and not compared
record Window(long[] kernel, long[] strides, long[] dilations, long[] begins, long[] ends) {

    /**
     * The window of a convolution, from its attributes and its weight's shape.
     *
     * @throws InvalidException if the attribute kernel_shape is not the weight's
     */
    static Window of(Call call, long[] input, long[] weight) {
        long[] kernel = Arrays.copyOfRange(weight, 2, weight.length);
        long[] said = call.integers("kernel_shape", kernel);
        if (!Arrays.equals(said, kernel)) {
            throw new InvalidException("kernel_shape: " + Arrays.toString(said) + " (expected: "
                    + Arrays.toString(kernel) + ", as the weight's), " + call.place());
        }
        return window(call, input, kernel, false);
    }

    /** A window without pads and dilations. */
    static Window plain(long[] kernel, long[] strides) {
        int axes = kernel.length;
        return new Window(kernel, strides, filled(axes, 1), new long[axes], new long[axes]);
    }

    /** The window of a pooling, from its attributes. */
    static Window ofPooling(Call call, long[] input) {
        return window(call, input, call.integers("kernel_shape"), true);
    }

    /**
     * By ONNX's attributes. For a pooling's auto_pad ONNX Runtime does not count dilations, and where the strides leave
     * gaps its pads are negative: the first window then begins inside the input.
     */
    private static Window window(Call call, long[] input, long[] kernel, boolean pooling) {
        int axes = input.length - 2;
        if (kernel.length != axes) {
            throw new InvalidException("kernel: " + kernel.length + " axes (expected: " + axes + "), " + call.place());
        }
        long[] strides = call.integers("strides", filled(axes, 1));
        long[] dilations = call.integers("dilations", filled(axes, 1));
        long[] pads = call.integers("pads", new long[2 * axes]);
        long[] begins = Arrays.copyOfRange(pads, 0, axes);
        long[] ends = Arrays.copyOfRange(pads, axes, 2 * axes);
        String auto = call.text("auto_pad", "NOTSET");
        if (auto.equals("VALID")) {
            Arrays.fill(begins, 0);
            Arrays.fill(ends, 0);
        } else if (auto.startsWith("SAME")) {
            for (int axis = 0; axis < axes; axis++) {
                long length = input[axis + 2];
                long steps = (length + strides[axis] - 1) / strides[axis];
                long span = (kernel[axis] - 1) * (pooling ? 1 : dilations[axis]) + 1;
                long total = (steps - 1) * strides[axis] + span - length;
                total = pooling ? total : Math.max(0, total);
                begins[axis] = auto.equals("SAME_LOWER") ? (total + 1) / 2 : total / 2;
                ends[axis] = total - begins[axis];
            }
        }
        return new Window(kernel, strides, dilations, begins, ends);
    }

    int axes() {
        return kernel.length;
    }

    /** Whether each axis has the same pads at both ends, as libtorch's functions want them. */
    boolean symmetric() {
        return Arrays.equals(begins, ends);
    }

    /** The same window over an input that has its pads. */
    Window withoutPads() {
        return new Window(kernel, strides, dilations, new long[axes()], new long[axes()]);
    }

    boolean dilated() {
        return Arrays.stream(dilations).anyMatch(dilation -> dilation > 1);
    }

    /** How far the kernel reaches along an axis, gaps included. */
    long span(int axis) {
        return (kernel[axis] - 1) * dilations[axis] + 1;
    }

    /** Positions of the window along an axis of {@code length}; in ceil mode the last may reach beyond the end. */
    long steps(int axis, long length, boolean ceil) {
        long room = length + begins[axis] + ends[axis] - span(axis);
        long steps =
                (ceil ? Math.floorDiv(room + strides[axis] - 1, strides[axis]) : Math.floorDiv(room, strides[axis]))
                        + 1;
        // A window must begin within the input or its first pad.
        return ceil && (steps - 1) * strides[axis] >= length + begins[axis] ? steps - 1 : steps;
    }

    /** The same window over an input of {@code shape}, with end pads that reach exactly as far as its last position. */
    Window fitted(long[] shape, boolean ceil) {
        long[] reaching = new long[axes()];
        for (int axis = 0; axis < axes(); axis++) {
            long length = shape[axis + 2];
            long last = (steps(axis, length, ceil) - 1) * strides[axis];
            reaching[axis] = last + span(axis) - begins[axis] - length;
        }
        return new Window(kernel, strides, dilations, begins, reaching);
    }

    static long[] filled(int length, long value) {
        long[] values = new long[length];
        Arrays.fill(values, value);
        return values;
    }
}
