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
 * with zeros to a power of two where it matters, depthwise kernels that are not dilated stay in float32, a transposed one
 * without groups and dilations is an ordinary one that makes all outputs of a position. For everything else float64 leads
 * around oneDNN to libtorch's own kernels, which are slower.
 *
 * <p>Up to {@value #FEW} channels of the input need no filling in float32, nor in bfloat16 if the input needs no gradient;
 * channels of the output need none in float32 if there are so few of the input and it needs no gradient. All else is filled
 * up to {@value #LEAST} or the next power of two (docs/facts.md has what was tried).
 */
final class CautiousConvolution {

    /** As many as all instruction sets hold in a register. */
    private static final long FEW = 8;

    private static final long LEAST = 16;

    private CautiousConvolution() {}

    /** As {@link Convolutions#plain}, for weights (out channels, channels / groups, kernel...). */
    static Tensor of(Tensor x, Tensor weight, TensorOptional bias, Window window, long groups) {
        return dense(withGaps(x, weight, bias, window, groups));
    }

    /** Its channels may be a slice of more. */
    private static Tensor withGaps(Tensor x, Tensor weight, TensorOptional bias, Window window, long groups) {
        long[] extra = new long[window.axes()];
        if (!isFloat32OrBfloat16(x) || window.axes() > 2) {
            return inFloat64(x, weight, bias, window, false, extra, groups);
        }
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
                    : inFloat64(x, weight, bias, window, false, extra, groups);
        }
        if (isPointwise(window)) {
            return pointwise(every(x, window.strides()), weight, bias);
        }
        boolean single = x.scalar_type().intern() == ScalarType.Float;
        boolean learns = x.requires_grad();
        long more = channels <= FEW && (single || !learns) ? 0 : filled(channels) - channels;
        long moreOutputs = channels <= FEW && single && !learns ? 0 : filled(outputs) - outputs;
        Tensor y = Convolutions.plain(
                more == 0 ? x : torch.pad(x, ends(x.dim() - 1, more)),
                more == 0 && moreOutputs == 0 ? weight : filled(weight, more, moreOutputs),
                bias.has_value() && moreOutputs > 0
                        ? new TensorOptional(torch.pad(bias.get(), ends(1, moreOutputs)))
                        : bias,
                window,
                1);
        return moreOutputs == 0 ? y : y.narrow(1, 0, outputs);
    }

    /** A product at each position, without a copy if the channels lie last. */
    private static Tensor pointwise(Tensor x, Tensor weight, TensorOptional bias) {
        Tensor products = torch.matmul(x.movedim(1, -1), weight.flatten(1, -1).t());
        return (bias.has_value() ? products.add(bias.get()) : products).movedim(-1, 1);
    }

    /**
     * As {@link Convolutions#transposed}. Of stride s, it is an ordinary one that makes s outputs of each position along an
     * axis, each by every s-th element of the kernel (sub-pixel convolution, Shi et al. 2016). The channels of the result
     * lie last.
     *
     * @param weight (channels, out channels / groups, kernel...)
     */
    static Tensor transposed(Tensor x, Tensor weight, TensorOptional bias, Window window, long[] extra, long groups) {
        if (!isFloat32OrBfloat16(x) || window.axes() > 2 || groups > 1 || window.dilated()) {
            return inFloat64(x, weight, bias, window, true, extra, groups);
        }
        if (window.axes() == 1) {
            Window flat = Window.plain(new long[] {1, window.kernel()[0]}, new long[] {1, window.strides()[0]});
            return transposed(x.unsqueeze(2), weight.unsqueeze(2), bias, flat, new long[] {0, extra[0]}, 1)
                    .squeeze(2);
        }
        long channels = weight.shape()[0];
        long outputs = weight.shape()[1];
        long[] strides = window.strides();
        long[] taps = new long[2]; // of the ordinary one's kernel
        long[] whole = new long[2];
        for (int axis = 0; axis < 2; axis++) {
            taps[axis] = (window.kernel()[axis] + strides[axis] - 1) / strides[axis];
            whole[axis] = strides[axis] * (x.shape()[axis + 2] - 1) + window.span(axis) + extra[axis];
        }
        Tensor phases = fitted(fitted(weight, 2, taps[0] * strides[0]), 3, taps[1] * strides[1])
                .reshape(channels, outputs, taps[0], strides[0], taps[1], strides[1])
                .flip(2, 4)
                .permute(3, 5, 1, 0, 2, 4)
                .reshape(strides[0] * strides[1] * outputs, channels, taps[0], taps[1]);
        long[] pads = {taps[0] - 1, taps[1] - 1};
        Window ordinary = new Window(taps, Window.filled(2, 1), Window.filled(2, 1), pads, pads);
        Tensor parts = withGaps(x, phases, new TensorOptional(), ordinary, 1);
        long items = x.shape()[0];
        long rows = parts.shape()[2];
        long columns = parts.shape()[3];
        Tensor y = parts.permute(0, 2, 3, 1)
                .reshape(items, rows, columns, strides[0], strides[1], outputs)
                .permute(0, 1, 3, 2, 4, 5)
                .reshape(items, rows * strides[0], columns * strides[1], outputs)
                .permute(0, 3, 1, 2);
        y = fitted(fitted(y, 2, whole[0]), 3, whole[1]);
        return bias.has_value() ? y.add(bias.get().view(-1, 1, 1)) : y;
    }

    /** Cut at the end of an axis, or with zeros there. */
    private static Tensor fitted(Tensor x, int axis, long length) {
        long more = length - x.shape()[axis];
        return more > 0 ? torch.pad(x, ends(x.dim() - axis, more)) : x.narrow(axis, 0, length);
    }

    /**
     * Without gaps, which a slice has: with them other kernels of libtorch take slower ways (a network of 12, 24 and 48
     * channels trains 1.7 times as fast without, docs/facts.md).
     */
    static Tensor dense(Tensor x) {
        return x.is_non_overlapping_and_dense() ? x : x.contiguous(x.suggest_memory_format());
    }

    /** By libtorch's own kernels: oneDNN has none for float64. */
    private static Tensor inFloat64(
            Tensor x,
            Tensor weight,
            TensorOptional bias,
            Window window,
            boolean transposed,
            long[] extra,
            long groups) {
        return torch.convolution(
                        typed(x, ScalarType.Double),
                        typed(weight, ScalarType.Double),
                        typed(bias, ScalarType.Double),
                        window.strides(),
                        window.begins(),
                        window.dilations(),
                        transposed,
                        extra,
                        groups)
                .to(x.scalar_type());
    }

    private static boolean isFloat32OrBfloat16(Tensor x) {
        ScalarType type = x.scalar_type().intern();
        return type == ScalarType.Float || type == ScalarType.BFloat16;
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
        return Math.max(LEAST, Long.highestOneBit(2 * channels - 1));
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
