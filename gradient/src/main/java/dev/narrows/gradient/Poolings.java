package dev.narrows.gradient;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Poolings: over windows of one to three spatial axes, or over all of them at once. */
final class Poolings {

    /* design
     * ONNX has uneven pads and a ceil mode of its own. All windows are therefore reduced to such without pads: the input
     * is padded to just where the last window ends, with what does not count.
     */

    private Poolings() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("MaxPool", Poolings::maxPool);
        kernels.put("AveragePool", Poolings::averagePool);
        kernels.put("LpPool", Poolings::lpPool);
        kernels.put("GlobalMaxPool", call -> call.output(torch.amax(call.input(0), spatial(call.input(0)), true)));
        kernels.put("GlobalAveragePool", call -> {
            Tensor x = call.input(0);
            call.output(x.mean(spatial(x), true, new ScalarTypeOptional()));
        });
        kernels.put("GlobalLpPool", call -> {
            Tensor x = call.input(0);
            ScalarOptional p = new ScalarOptional(new Scalar((double) call.integer("p", 2)));
            call.output(x.norm(p, spatial(x), true));
        });
    }

    private static long[] spatial(Tensor x) {
        long[] axes = new long[(int) x.dim() - 2];
        Arrays.setAll(axes, axis -> axis + 2);
        return axes;
    }

    private static Window window(Call call) {
        Tensor x = call.input(0);
        int axes = (int) x.dim() - 2;
        if (axes < 1 || axes > 3) {
            throw call.unsupported("spatial axes: " + axes + " (expected: 1 to 3)");
        }
        if (!x.is_floating_point()) {
            throw call.unsupported("element type: " + x.scalar_type().intern() + " (expected: a float type)");
        }
        return Window.ofPooling(call, x.shape()).fitted(x.shape(), call.integer("ceil_mode", 0) == 1);
    }

    private static Tensor padded(Tensor x, Window window, double value) {
        boolean bare = Arrays.stream(window.begins()).allMatch(pad -> pad == 0)
                && Arrays.stream(window.ends()).allMatch(pad -> pad == 0);
        return bare ? x : Convolutions.pad(x, window, value);
    }

    private static void maxPool(Call call) {
        Tensor x = call.input(0); // (batch, channels, spatial...) f32
        Window window = window(call);
        T_TensorTensor_T pooled = maxima(padded(x, window, Double.NEGATIVE_INFINITY), window);
        call.output(pooled.get0());
        if (call.wanted() > 1) {
            // What libtorch counts within the padded plane of a channel, ONNX counts within the whole input.
            Tensor places = padded(places(call, x.shape()), window, -1).flatten(2, -1);
            Tensor chosen = pooled.get1();
            call.output(places.gather(2, chosen.flatten(2, -1)).reshape(chosen.shape()));
        }
    }

    /** The greatest elements of the windows, and their places in their channel's plane. */
    private static T_TensorTensor_T maxima(Tensor x, Window window) {
        long[] kernel = window.kernel();
        long[] none = new long[window.axes()];
        return switch (window.axes()) {
            case 1 -> torch.max_pool1d_with_indices(x, kernel, window.strides(), none, window.dilations(), false);
            case 2 -> torch.max_pool2d_with_indices(x, kernel, window.strides(), none, window.dilations(), false);
            default -> torch.max_pool3d_with_indices(x, kernel, window.strides(), none, window.dilations(), false);
        };
    }

    /** The number that ONNX gives each element: (shape) i64. */
    private static Tensor places(Call call, long[] shape) {
        long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        Tensor numbers = torch.arange(new Scalar((double) count), new TensorOptions(ScalarType.Long));
        if (call.integer("storage_order", 0) == 0) {
            return numbers.reshape(shape);
        }
        // Column-major: within a channel the first spatial axis runs fastest.
        long[] turned = shape.clone();
        long[] back = new long[shape.length];
        for (int axis = 0; axis < shape.length; axis++) {
            back[axis] = axis < 2 ? axis : shape.length + 1 - axis;
            turned[axis] = shape[(int) back[axis]];
        }
        return numbers.reshape(turned).permute(back);
    }

    private static void averagePool(Call call) {
        Tensor x = call.input(0);
        Window window = window(call);
        Tensor sum = sum(padded(x, window, 0), window);
        for (int axis = 0; axis < window.axes(); axis++) {
            double[] shares = shares(call, window, axis);
            long[] along = Window.filled((int) sum.dim(), 1);
            along[axis + 2] = shares.length;
            sum = sum.mul(Torch.of(dev.narrows.engine.Tensor.of(shares, along)).to(sum.scalar_type()));
        }
        call.output(sum);
    }

    /** By position along an axis, 1 / the elements that count: a window's count is the product of its axes' counts. */
    private static double[] shares(Call call, Window window, int axis) {
        long length = call.input(0).shape()[axis + 2];
        long begin = window.begins()[axis];
        boolean pads = call.integer("count_include_pad", 0) == 1;
        // Pads count if wanted; what lies beyond them, where ceil mode can reach, never does.
        long end = Window.ofPooling(call, call.input(0).shape()).ends()[axis];
        long from = pads ? -begin : 0;
        long to = pads ? length + end : length;
        double[] shares = new double[(int) window.steps(axis, length, false)];
        for (int step = 0; step < shares.length; step++) {
            int counted = 0;
            for (long tap = 0; tap < window.kernel()[axis]; tap++) {
                long place = step * window.strides()[axis] - begin + tap * window.dilations()[axis];
                counted += place >= from && place < to ? 1 : 0;
            }
            shares[step] = counted == 0 ? 0 : 1.0 / counted;
        }
        return shares;
    }

    private static void lpPool(Call call) {
        Tensor x = call.input(0);
        Window window = window(call);
        double p = call.integer("p", 2);
        Tensor powers = x.abs().pow(new Scalar(p));
        call.output(sum(padded(powers, window, 0), window).pow(new Scalar(1 / p)));
    }

    /** Sums over the windows. */
    private static Tensor sum(Tensor x, Window window) {
        boolean dense = Arrays.stream(window.dilations()).allMatch(dilation -> dilation == 1);
        long[] kernel = window.kernel();
        long[] none = new long[window.axes()];
        if (dense && window.axes() == 2) {
            return torch.avg_pool2d(x, kernel, window.strides(), none, false, true, new LongOptional(1));
        }
        if (dense && window.axes() == 3) {
            return torch.avg_pool3d(x, kernel, window.strides(), none, false, true, new LongOptional(1));
        }
        Tensor sum = x;
        for (int axis = 0; axis < window.axes(); axis++) {
            long dilation = window.dilations()[axis];
            Tensor windows = sum.unfold(axis + 2, (kernel[axis] - 1) * dilation + 1, window.strides()[axis]);
            long last = windows.dim() - 1;
            sum = windows.slice(last, new LongOptional(), new LongOptional(), dilation)
                    .sum(last);
        }
        return sum;
    }
}
