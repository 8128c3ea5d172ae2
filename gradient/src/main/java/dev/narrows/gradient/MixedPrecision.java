package dev.narrows.gradient;

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

    @Override
    public void close() {
        if (torch.decrement_nesting() == 0) {
            torch.clear_cache(); // the weights' bfloat16 copies are of this pass
        }
        torch.set_autocast_enabled(DeviceType.CPU, before);
    }
}
