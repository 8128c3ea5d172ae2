package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Sets an encoder's last weights so that its values fill the levels, from what it makes of some items. */
final class CodeRange {

    private static final int ITEMS = 256;

    /** Deviations between the middle of the levels and either end. */
    private static final double DEVIATIONS = 2;

    private CodeRange() {}

    static void fit(DifferentiableNetwork network, Inputs inputs, Dataset data, int levels) {
        inputs.require(data);
        BatchOptions order = new BatchOptions(
                Math.min(ITEMS, data.size()), 0, true, false, dev.narrows.augment.Augmentation.NONE, 0);
        try (Batches batches = Batches.open(data, order, 0);
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Batch batch = batches.next();
            Tensor encoded = Terms.get(
                    network.forward(inputs.of(Torch.of(batch.values())), List.of("bottleneck.encoded")),
                    "bottleneck.encoded");
            Tensor perChannel = encoded.transpose(0, 1).flatten(1, -1);
            Tensor mean = perChannel.mean(1L);
            Tensor deviation =
                    perChannel.sub(mean.unsqueeze(1)).square().mean(1L).sqrt().clamp_min(new Scalar(1e-6));
            double middle = (levels - 1) / 2.0;
            Tensor scale = deviation.reciprocal().mul(new Scalar(middle / DEVIATIONS));
            Map<String, Tensor> state = network.state();
            Tensor weight = Terms.get(state, "bottleneck.encoder.weight").detach();
            Tensor bias = Terms.get(state, "bottleneck.encoder.bias").detach();
            // A Gemm's weights are (in, out), a convolution's (out, in, …).
            long[] shape = new long[(int) weight.dim()];
            java.util.Arrays.fill(shape, 1);
            shape[weight.dim() == 2 ? 1 : 0] = scale.size(0);
            weight.mul_(scale.view(shape));
            bias.copy_(bias.sub(mean).mul(scale).add(new Scalar(middle)));
        }
    }
}
