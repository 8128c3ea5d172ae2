package dev.narrows.gradient;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Conv and ConvTranspose, with one to three spatial axes. */
final class Convolutions {

    private Convolutions() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Conv", call -> call.output(conv(call, call.input(0), call.input(1), call.optional(2))));
        kernels.put("ConvTranspose", Convolutions::convTranspose);
    }

    /**
     * The convolution that the call's attributes tell.
     *
     * @param x (batch, channels, spatial...)
     * @param weight (out channels, channels / group, kernel...)
     */
    static Tensor conv(Call call, Tensor x, Tensor weight, TensorOptional bias) {
        Window given = Window.of(call, x.shape(), weight.shape());
        Window window = given.symmetric() ? given : given.withoutPads();
        Tensor items = MixedPrecision.lower(given.symmetric() ? x : pad(x, given, 0));
        Tensor kernels = MixedPrecision.lower(weight);
        TensorOptional biases = MixedPrecision.lower(bias);
        long groups = call.integer("group", 1);
        return OneDnn.knowsCaches()
                ? plain(items, kernels, biases, window, groups)
                : CautiousConvolution.of(items, kernels, biases, window, groups);
    }

    /** As {@code torch.convolution}, not transposed, for a window whose pads are the same at both ends of each axis. */
    static Tensor plain(Tensor x, Tensor weight, TensorOptional bias, Window window, long groups) {
        long[] none = new long[window.axes()];
        return torch.convolution(
                x, weight, bias, window.strides(), window.begins(), window.dilations(), false, none, groups);
    }

    /**
     * As {@code torch.convolution}, transposed, for a window without pads.
     *
     * @param extra how much longer the output is along each axis, by less than a stride or a dilation
     */
    static Tensor transposed(Tensor x, Tensor weight, TensorOptional bias, Window window, long[] extra, long groups) {
        return torch.convolution(
                x, weight, bias, window.strides(), window.begins(), window.dilations(), true, extra, groups);
    }

    /** The input with the window's pads around it, filled with a value. */
    static Tensor pad(Tensor x, Window window, double value) {
        long[] pads = new long[2 * window.axes()]; // libtorch counts from the last axis
        for (int axis = 0; axis < window.axes(); axis++) {
            int last = window.axes() - 1 - axis;
            pads[2 * axis] = window.begins()[last];
            pads[2 * axis + 1] = window.ends()[last];
        }
        return torch.pad(x, pads, "constant", new DoubleOptional(value));
    }

    private static void convTranspose(Call call) {
        Tensor x = call.input(0);
        Tensor weight = call.input(1); // (channels, out channels / group, kernel...) f32
        int axes = (int) x.dim() - 2;
        Window window = new Window(
                Arrays.copyOfRange(weight.shape(), 2, axes + 2),
                call.integers("strides", Window.filled(axes, 1)),
                call.integers("dilations", Window.filled(axes, 1)),
                new long[axes],
                new long[axes]);
        long[] strides = window.strides();
        long[] extra = call.integers("output_padding", new long[axes]);
        long[] whole = new long[axes]; // of the output before anything is cut off
        for (int axis = 0; axis < axes; axis++) {
            whole[axis] = strides[axis] * (x.shape()[axis + 2] - 1) + window.span(axis) + extra[axis];
        }
        long[] begins = new long[axes];
        long[] ends = new long[axes];
        cutOff(call, x, whole, strides, begins, ends);
        Tensor items = MixedPrecision.lower(x);
        Tensor kernels = MixedPrecision.lower(weight);
        TensorOptional biases = MixedPrecision.lower(call.optional(2));
        long groups = call.integer("group", 1);
        Tensor y = OneDnn.knowsCaches()
                ? transposed(items, kernels, biases, window, extra, groups)
                : CautiousConvolution.transposed(items, kernels, biases, window, extra, groups);
        for (int axis = 0; axis < axes; axis++) {
            y = y.narrow(axis + 2, begins[axis], whole[axis] - begins[axis] - ends[axis]);
        }
        call.output(OneDnn.knowsCaches() ? y : CautiousConvolution.dense(y));
    }

    private static void cutOff(Call call, Tensor x, long[] whole, long[] strides, long[] begins, long[] ends) {
        int axes = whole.length;
        String auto = call.text("auto_pad", "NOTSET");
        long[] wanted = call.integers("output_shape");
        long[] pads = call.integers("pads", new long[2 * axes]);
        for (int axis = 0; axis < axes; axis++) {
            boolean same = auto.startsWith("SAME");
            if (wanted.length == 0 && !same) {
                begins[axis] = auto.equals("VALID") ? 0 : pads[axis];
                ends[axis] = auto.equals("VALID") ? 0 : pads[axis + axes];
                continue;
            }
            long length = wanted.length > 0 ? wanted[wanted.length - axes + axis] : x.shape()[axis + 2] * strides[axis];
            long total = Math.max(0, whole[axis] - length);
            // ONNX: SAME_UPPER puts the odd one at the end; otherwise, output_shape included, at the beginning.
            begins[axis] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
            ends[axis] = total - begins[axis];
        }
    }
}
