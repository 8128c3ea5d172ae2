package dev.narrows.train;

import dev.narrows.augment.Augmentation;
import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Where a bottleneck begins, from what it makes of some items: the encoder's last weights so that its values fill the
 * levels, the decoder's so that its channels vary a little around the means of the cut's. A decoder that begins anywhere else
 * may learn first to give nothing at all, and behind a ReLU it then stays so.
 */
final class CodeRange {

    private static final int ITEMS = 256;

    /** Deviations between the middle of the levels and either end. */
    private static final double DEVIATIONS = 2;

    /** Of the cut's deviations, what the decoder's values have at first. */
    private static final double VARIED = 0.3;

    private static final double LEAST = 1e-6;

    private CodeRange() {}

    static void fit(DifferentiableNetwork network, Inputs inputs, Dataset data, int levels, String cut) {
        inputs.require(data);
        BatchOptions order = new BatchOptions(Math.min(ITEMS, data.size()), 0, true, false, Augmentation.NONE, 0);
        try (Batches batches = Batches.open(data, order, 0);
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Batch batch = batches.next();
            Map<String, Tensor> items = inputs.of(Torch.of(batch.values()));
            Channels encoded = Channels.of(value(network, items, BottleneckMaker.ENCODED));
            double middle = (levels - 1) / 2.0;
            Tensor spread = encoded.deviation().reciprocal().mul(new Scalar(middle / DEVIATIONS));
            Tensor centre = torch.full_like(encoded.mean(), new Scalar(middle));
            set(network, BottleneckMaker.LAST_OF_ENCODER, encoded, spread, centre);
            String last = BottleneckMaker.lastOfDecoder(network.network());
            Channels decoded = Channels.of(value(network, items, BottleneckMaker.decodedLinear(network.network())));
            Channels wanted = Channels.of(value(network, items, cut));
            Tensor scale = wanted.deviation().div(decoded.deviation()).mul(new Scalar(VARIED));
            set(network, last, decoded, scale, wanted.mean());
        }
    }

    private static Tensor value(DifferentiableNetwork network, Map<String, Tensor> items, String name) {
        return Terms.get(network.forward(items, List.of(name)), name);
    }

    /** What the channels of a tensor (items, channels, …) are like: both (channels) f32. */
    private record Channels(Tensor mean, Tensor deviation) {

        static Channels of(Tensor values) {
            Tensor perChannel = values.transpose(0, 1).flatten(1, -1);
            Tensor mean = perChannel.mean(1L);
            Tensor variance = perChannel.sub(mean.unsqueeze(1)).square().mean(1L);
            return new Channels(mean, variance.sqrt().clamp_min(new Scalar(LEAST)));
        }
    }

    /** Scales what a layer makes, channel by channel, and moves it to new means. */
    private static void set(DifferentiableNetwork network, String layer, Channels made, Tensor scale, Tensor mean) {
        Map<String, Tensor> state = network.state();
        Tensor weight = Terms.get(state, layer + ".weight").detach();
        Tensor bias = Terms.get(state, layer + ".bias").detach();
        long[] shape = new long[(int) weight.dim()];
        Arrays.fill(shape, 1);
        shape[BottleneckMaker.outputAxis(network.network(), layer)] = scale.size(0);
        weight.mul_(scale.view(shape));
        bias.copy_(bias.sub(made.mean()).mul(scale).add(mean));
    }
}
