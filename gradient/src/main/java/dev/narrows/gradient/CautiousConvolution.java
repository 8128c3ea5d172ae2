package dev.narrows.gradient;

import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A convolution brought to a form in which oneDNN is right although it does not know the caches ({@link OneDnn}). What it
 * computes stays the same: a 1 × 1 kernel becomes a product at each position that its strides meet, channels are filled up
 * with zeros to a power of two where it matters, depthwise kernels stay in float32, a transposed one is an ordinary one that
 * makes all outputs of a position, and for everything else (dilated depthwise ones too) float64 leads around oneDNN to
 * libtorch's own kernels, which are slower.
 */
final class CautiousConvolution {

    /** Floats in a register of AVX-512. Up to there the channels of the input are one block, and need no filling in float32. */
    private static final long BLOCK = 16;

    private CautiousConvolution() {}

    /** A convolution of x and weight with a bias. */
    private interface Form {
        Tensor of(Tensor x, Tensor weight, TensorOptional bias);
    }

    /** As {@link Convolutions#plain}, for weights (out channels, channels / groups, kernel...). */
    static Tensor of(Tensor x, Tensor weight, TensorOptional bias, Window window, long groups) {
        if (!isNarrow(x) || x.dim() > 4) {
            return inFloat64(x, weight, bias, window, groups);
        }
        boolean single = x.scalar_type().intern() == ScalarType.Float;
        long channels = x.shape()[1];
        long outputs = weight.shape()[0];
        if (groups > 1) {
            return groups == channels && groups == outputs && !window.dilated()
                    ? Convolutions.plain(
                            typed(x, ScalarType.Float),
                            typed(weight, ScalarType.Float),
                            typed(bias, ScalarType.Float),
                            window,
                            groups)
                    : inFloat64(x, weight, bias, window, groups);
        }
        if (isPointwise(window)) {
            return pointwise(every(x, window.strides()), weight, bias);
        }
        // Output and gradient of the weights are right for one block as it is, and in float32 for all outputs of it.
        boolean learns = x.requires_grad();
        boolean block = channels <= BLOCK;
        long more = block && (single || !learns) ? 0 : filled(channels) - channels;
        long moreOutputs = block && single && !learns ? 0 : filled(outputs) - outputs;
        Tensor y = Convolutions.plain(
                more == 0 ? x : torch.pad(x, ends(x.dim() - 1, more)),
                more == 0 && moreOutputs == 0 ? weight : filled(weight, more, moreOutputs),
                bias.has_value() && moreOutputs > 0
                        ? new TensorOptional(torch.pad(bias.get(), ends(1, moreOutputs)))
                        : bias,
                window,
                1);
        return moreOutputs == 0 ? y : Convolutions.dense(y.narrow(1, 0, outputs));
    }

    /** A product at each position, without a copy if the channels lie last. */
    private static Tensor pointwise(Tensor x, Tensor weight, TensorOptional bias) {
        Tensor products = torch.matmul(x.movedim(1, -1), weight.flatten(1, -1).t());
        return (bias.has_value() ? products.add(bias.get()) : products).movedim(-1, 1);
    }

    /**
     * As {@link Convolutions#transposed}. Of stride s, it is an ordinary one that makes s outputs of each position along an axis,
     * each by every s-th element of the kernel (sub-pixel convolution, Shi et al. 2016).
     *
     * @param weight (channels, out channels / groups, kernel...)
     * @param whole spatial lengths of the output
     */
    static Tensor transposed(
            Tensor x, Tensor weight, TensorOptional bias, long[] strides, long[] dilations, long[] whole, long groups) {
        boolean dilated = Arrays.stream(dilations).anyMatch(dilation -> dilation > 1);
        if (!isNarrow(x) || whole.length > 2 || groups > 1 || dilated) {
            return inFloat64(
                    x,
                    weight,
                    bias,
                    (some, by, and) -> Convolutions.transposed(some, by, and, strides, dilations, whole, groups));
        }
        if (whole.length == 1) {
            long[] step = {1, strides[0]};
            return transposed(
                            x.unsqueeze(2),
                            weight.unsqueeze(2),
                            bias,
                            step,
                            new long[] {1, 1},
                            new long[] {1, whole[0]},
                            1)
                    .squeeze(2);
        }
        long channels = weight.shape()[0];
        long outputs = weight.shape()[1];
        long high = strides[0];
        long wide = strides[1];
        long[] taps = {(weight.shape()[2] + high - 1) / high, (weight.shape()[3] + wide - 1) / wide};
        long[] fill = {0, taps[1] * wide - weight.shape()[3], 0, taps[0] * high - weight.shape()[2]};
        Tensor phases = torch.pad(weight, fill)
                .reshape(channels, outputs, taps[0], high, taps[1], wide)
                .flip(2, 4)
                .permute(3, 5, 1, 0, 2, 4)
                .reshape(high * wide * outputs, channels, taps[0], taps[1]);
        long[] pads = {taps[0] - 1, taps[1] - 1};
        long[] one = {1, 1};
        Tensor parts = of(x, phases, new TensorOptional(), new Window(taps, one, one, pads, pads), 1);
        long items = x.shape()[0];
        long rows = parts.shape()[2];
        long columns = parts.shape()[3];
        Tensor y = parts.permute(0, 2, 3, 1) // channels last, where they lie
                .reshape(items, rows, columns, high, wide, outputs)
                .permute(0, 1, 3, 2, 4, 5)
                .reshape(items, rows * high, columns * wide, outputs)
                .permute(0, 3, 1, 2);
        y = fitted(fitted(y, 2, whole[0]), 3, whole[1]);
        return bias.has_value() ? y.add(bias.get().view(-1, 1, 1)) : y;
    }

    /** Cut at the end of an axis, or with zeros there. */
    private static Tensor fitted(Tensor x, int axis, long length) {
        long more = length - x.shape()[axis];
        return more > 0 ? torch.pad(x, ends(x.dim() - axis, more)) : x.narrow(axis, 0, length);
    }

    private static boolean isNarrow(Tensor x) {
        ScalarType type = x.scalar_type().intern();
        return type == ScalarType.Float || type == ScalarType.BFloat16;
    }

    private static Tensor inFloat64(Tensor x, Tensor weight, TensorOptional bias, Window window, long groups) {
        return inFloat64(x, weight, bias, (some, by, and) -> Convolutions.plain(some, by, and, window, groups));
    }

    /** By libtorch's own kernels: oneDNN has none for float64. */
    private static Tensor inFloat64(Tensor x, Tensor weight, TensorOptional bias, Form form) {
        return form.of(typed(x, ScalarType.Double), typed(weight, ScalarType.Double), typed(bias, ScalarType.Double))
                .to(x.scalar_type());
    }

    private static boolean isPointwise(Window window) {
        return Arrays.stream(window.kernel()).allMatch(length -> length == 1)
                && Arrays.stream(window.begins()).allMatch(pad -> pad == 0);
    }

    private static Tensor every(Tensor x, long[] strides) {
        Tensor chosen = x;
        for (int axis = 0; axis < strides.length; axis++) {
            if (strides[axis] > 1) {
                chosen = torch.slice(chosen, axis + 2, new LongOptional(0), new LongOptional(), strides[axis]);
            }
        }
        return chosen;
    }

    private static Tensor filled(Tensor weight, long more, long moreOutputs) {
        long[] pads = Arrays.copyOf(ends(weight.dim() - 1, more), 2 * (int) weight.dim());
        pads[pads.length - 1] = moreOutputs;
        return torch.pad(weight, pads);
    }

    private static long filled(long channels) {
        return Math.max(BLOCK, Long.highestOneBit(2 * channels - 1));
    }

    /** So much more at the end of the first of the last axes, as libtorch, which counts from the last, wants it. */
    private static long[] ends(long axes, long more) {
        long[] pads = new long[2 * (int) axes];
        pads[pads.length - 1] = more;
        return pads;
    }

    private static Tensor typed(Tensor tensor, ScalarType type) {
        return tensor.scalar_type().intern() == type ? tensor : tensor.to(type);
    }

    private static TensorOptional typed(TensorOptional tensor, ScalarType type) {
        return tensor.has_value() ? new TensorOptional(typed(tensor.get(), type)) : tensor;
    }
}
