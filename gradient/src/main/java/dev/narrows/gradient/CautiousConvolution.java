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
 * with zeros to a power of two, depthwise kernels stay in float32, and for everything else float64 leads around oneDNN to
 * libtorch's own kernels, which are slower.
 */
final class CautiousConvolution {

    private static final long LEAST_CHANNELS = 16;
    /** Channels of images: these have kernels of their own, whose gradient of the input is right in float32 only. */
    private static final long FEW_CHANNELS = 3;

    private CautiousConvolution() {}

    /** As {@code torch.convolution}, not transposed, for weights (out channels, channels / groups, kernel...). */
    static Tensor of(
            Tensor x, Tensor weight, TensorOptional bias, long[] strides, long[] pads, long[] dilations, long groups) {
        ScalarType type = x.scalar_type().intern();
        if (type != ScalarType.Float && type != ScalarType.BFloat16) {
            return around(x, weight, bias, strides, pads, dilations, false, new long[strides.length], groups);
        }
        long channels = x.shape()[1];
        long outputs = weight.shape()[0];
        if (groups == channels && groups == outputs && groups > 1 && x.dim() <= 4) {
            return Convolutions.plain(
                    typed(x, ScalarType.Float),
                    typed(weight, ScalarType.Float),
                    typed(bias, ScalarType.Float),
                    strides,
                    pads,
                    dilations,
                    groups);
        }
        if (groups > 1 || x.dim() > 4) {
            return around(x, weight, bias, strides, pads, dilations, false, new long[strides.length], groups);
        }
        if (isPointwise(weight, pads)) {
            return pointwise(every(x, strides), weight, bias);
        }
        long more = channels <= FEW_CHANNELS && !x.requires_grad() ? 0 : filled(channels) - channels;
        long moreOutputs = filled(outputs) - outputs;
        Tensor y = Convolutions.plain(
                more == 0 ? x : torch.pad(x, ends(x.dim() - 1, more)),
                more == 0 && moreOutputs == 0 ? weight : filled(weight, more, moreOutputs),
                bias.has_value() && moreOutputs > 0
                        ? new TensorOptional(torch.pad(bias.get(), ends(1, moreOutputs)))
                        : bias,
                strides,
                pads,
                dilations,
                1);
        return moreOutputs == 0 ? y : y.narrow(1, 0, outputs);
    }

    /** A product at each position, without a copy if the channels lie last. */
    private static Tensor pointwise(Tensor x, Tensor weight, TensorOptional bias) {
        Tensor products = torch.matmul(x.movedim(1, -1), weight.flatten(1, -1).t());
        return (bias.has_value() ? products.add(bias.get()) : products).movedim(-1, 1);
    }

    /** As {@code torch.convolution}, by libtorch's own kernels: oneDNN has none for float64. */
    static Tensor around(
            Tensor x,
            Tensor weight,
            TensorOptional bias,
            long[] strides,
            long[] pads,
            long[] dilations,
            boolean transposed,
            long[] extra,
            long groups) {
        return torch.convolution(
                        typed(x, ScalarType.Double),
                        typed(weight, ScalarType.Double),
                        typed(bias, ScalarType.Double),
                        strides,
                        pads,
                        dilations,
                        transposed,
                        extra,
                        groups)
                .to(x.scalar_type());
    }

    private static boolean isPointwise(Tensor weight, long[] pads) {
        return Arrays.stream(weight.shape()).skip(2).allMatch(length -> length == 1)
                && Arrays.stream(pads).allMatch(pad -> pad == 0);
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
        return Math.max(LEAST_CHANNELS, Long.highestOneBit(2 * channels - 1));
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
