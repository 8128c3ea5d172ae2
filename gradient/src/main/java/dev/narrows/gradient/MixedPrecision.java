package dev.narrows.gradient;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * While it is open, convolutions and products of this thread compute in bfloat16, sums and losses in float32, weights and
 * their updates stay float32 (P. Micikevicius et al.: Mixed precision training, 2018). On processors with bfloat16
 * arithmetic a step takes about half the time; on others it is slower. Open one around the forward pass only: the
 * backward pass follows it by itself.
 */
public final class MixedPrecision implements AutoCloseable {

    private final boolean before = torch.is_autocast_enabled(DeviceType.CPU);

    public MixedPrecision() {
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        torch.set_autocast_enabled(DeviceType.CPU, true);
        torch.increment_nesting();
    }

    /** What a convolution takes: libtorch's own lowering does not reach the function that we call. */
    static Tensor lower(Tensor tensor) {
        return torch.is_autocast_enabled(DeviceType.CPU) && tensor.scalar_type().intern() == ScalarType.Float
                ? tensor.to(ScalarType.BFloat16)
                : tensor;
    }

    static TensorOptional lower(TensorOptional tensor) {
        return tensor.has_value() ? new TensorOptional(lower(tensor.get())) : tensor;
    }

    /** In float32 if the other is: for functions of libtorch that want both of one type. */
    static Tensor raise(Tensor tensor, Tensor other) {
        return tensor.scalar_type().intern() == ScalarType.BFloat16
                        && other.scalar_type().intern() == ScalarType.Float
                ? tensor.to(ScalarType.Float)
                : tensor;
    }

    @Override
    public void close() {
        if (torch.decrement_nesting() == 0) {
            torch.clear_cache(); // the weights' bfloat16 copies are of this pass
        }
        torch.set_autocast_enabled(DeviceType.CPU, before);
    }
}
