package dev.narrows.gradient;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
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
@SuppressWarnings("try") // a scope is there for what it frees at its end
public final class MixedPrecision implements AutoCloseable {

    private static final int TRIALS = 5;

    private final boolean before = torch.is_autocast_enabled(DeviceType.CPU);

    public MixedPrecision() {
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        torch.set_autocast_enabled(DeviceType.CPU, true);
        torch.increment_nesting();
    }

    /**
     * How much faster this processor convolves in bfloat16 than in float32: the ratio of the least times of a few small
     * convolutions, below 1 where it is slower. Takes a tenth of a second at most where it pays.
     */
    public static double speedup() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor items = torch.ones(8, 32, 16, 16);
            Tensor kernels = torch.ones(32, 32, 3, 3);
            double wide = seconds(items, kernels);
            return wide / seconds(items.to(ScalarType.BFloat16), kernels.to(ScalarType.BFloat16));
        }
    }

    private static double seconds(Tensor items, Tensor kernels) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIALS; i++) {
            long start = System.nanoTime();
            torch.conv2d(items, kernels).close();
            least = Math.min(least, (System.nanoTime() - start) / 1e9);
        }
        return least;
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
