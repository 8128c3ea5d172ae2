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
 * with zeros to a power of two where it matters, depthwise kernels stay in float32, a transposed one is products that are
 * added up, and for everything else (dilated depthwise ones too) float64 leads around oneDNN to libtorch's own kernels, which
 * are slower.
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
        return moreOutputs == 0 ? y : y.narrow(1, 0, outputs);
    }

    /** A product at each position, without a copy if the channels lie last. */
    private static Tensor pointwise(Tensor x, Tensor weight, TensorOptional bias) {
        Tensor products = torch.matmul(x.movedim(1, -1), weight.flatten(1, -1).t());
        return (bias.has_value() ? products.add(bias.get()) : products).movedim(-1, 1);
    }

    /**
     * As {@link Convolutions#transposed}: what each position adds to the elements below its kernel is a product, and where
     * kernels overlap it is added up.
     *
     * @param weight (channels, out channels / groups, kernel...)
     * @param whole spatial lengths of the output
     */
    static Tensor transposed(
            Tensor x, Tensor weight, TensorOptional bias, long[] strides, long[] dilations, long[] whole, long groups) {
        if (!isNarrow(x) || whole.length > 2 || groups > 1) {
            return inFloat64(
                    x,
                    weight,
                    bias,
                    (some, by, and) -> Convolutions.transposed(some, by, and, strides, dilations, whole, groups));
        }
        if (whole.length == 1) {
            long[] step = {1, strides[0]};
            long[] spread = {1, dilations[0]};
            return transposed(x.unsqueeze(2), weight.unsqueeze(2), bias, step, spread, new long[] {1, whole[0]}, 1)
                    .squeeze(2);
        }
        long[] kernel = Arrays.copyOfRange(weight.shape(), 2, 4);
        Tensor positions = x.flatten(2, -1).transpose(1, 2); // (items, positions, channels)
        Tensor parts = torch.matmul(positions, weight.flatten(1, -1)); // (items, positions, out channels × kernel)
        Tensor y = torch.col2im(parts.transpose(1, 2), whole, kernel, dilations, new long[2], strides);
        return bias.has_value() ? y.add(bias.get().view(-1, 1, 1)) : y;
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
