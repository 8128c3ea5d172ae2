package dev.narrows.train;

import dev.narrows.augment.Augmentation;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Where a bottleneck begins, from what it makes of some items: the encoder's last weights so that its values fill the
 * levels, the decoder's so that its channels vary a little around the means of the cut's, and the statistics of what
 * normalises in between. A decoder that begins anywhere else may learn first to give nothing at all, and behind a ReLU it
 * then stays so.
 */
@SuppressWarnings("try") // a scope is there for what it frees at its end
final class CodeRange {

    private static final int ITEMS = 256;

    /** Deviations between the middle of the levels and either end. */
    private static final double DEVIATIONS = 2;

    /** Of the cut's deviations, what the decoder's values have at first. */
    private static final double VARIED = 0.3;

    private static final double LEAST = 1e-6;

    private final DifferentiableNetwork network;
    private final Network graph;

    private CodeRange(DifferentiableNetwork network) {
        this.network = network;
        graph = network.network();
    }

    static void fit(DifferentiableNetwork network, Inputs inputs, Dataset data, int levels, String cut) {
        inputs.require(data);
        BatchOptions order = new BatchOptions(Math.min(ITEMS, data.size()), 0, true, false, Augmentation.NONE, 0);
        network.training(BottleneckMaker::isOwn); // normalises by the batch, as training will
        try (Batches batches = Batches.open(data, order, 0);
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            new CodeRange(network).fit(inputs.of(Torch.of(batches.next().values())), levels, cut);
        } finally {
            network.training(false);
        }
    }

    private void fit(Map<String, Tensor> items, int levels, String cut) {
        Map<String, Channels> before = channels(items, List.of(BottleneckMaker.ENCODED, cut));
        Channels encoded = get(before, BottleneckMaker.ENCODED);
        double middle = (levels - 1) / 2.0;
        set(BottleneckMaker.LAST_OF_ENCODER, encoded, encoded.like(middle, middle / DEVIATIONS));

        List<Node> norms = graph.nodes().stream()
                .filter(node -> BottleneckMaker.isOwn(node) && node.is("BatchNormalization"))
                .toList();
        String decoded = BottleneckMaker.decodedLinear(graph);
        List<String> wanted = new ArrayList<>(List.of(decoded));
        norms.forEach(norm -> wanted.add(norm.inputs().get(0)));
        Map<String, Channels> after = channels(items, wanted);
        set(
                BottleneckMaker.lastOfDecoder(graph),
                get(after, decoded),
                get(before, cut).varied(VARIED));
        for (Node norm : norms) {
            Channels normalised = get(after, norm.inputs().get(0));
            write(norm.inputs().get(3), normalised.mean);
            write(norm.inputs().get(4), normalised.variance);
        }
    }

    /** What the channels of values (items, channels, …) are like, by the values' names. */
    private Map<String, Channels> channels(Map<String, Tensor> items, List<String> names) {
        Map<String, Channels> found = new LinkedHashMap<>();
        try (PointerScope scope = new PointerScope()) {
            network.forward(items, names).forEach((name, values) -> {
                Tensor perChannel = values.transpose(0, 1).flatten(1, -1);
                Tensor mean = perChannel.mean(1L);
                Tensor variance = perChannel.sub(mean.unsqueeze(1)).square().mean(1L);
                found.put(name, new Channels(floats(mean), floats(variance)));
            });
        }
        return found;
    }

    private static float[] floats(Tensor tensor) {
        return Torch.toHost(tensor).toFloats();
    }

    private static Channels get(Map<String, Channels> channels, String name) {
        return Optional.ofNullable(channels.get(name)).orElseThrow();
    }

    /** Mean and variance of each channel. */
    private static final class Channels {

        private final float[] mean;
        private final float[] variance;

        private Channels(float[] mean, float[] variance) {
            this.mean = mean;
            this.variance = variance;
        }

        double deviation(int channel) {
            return Math.max(LEAST, Math.sqrt(variance[channel]));
        }

        /** As many channels that are all alike. */
        Channels like(double middle, double spread) {
            Channels made = new Channels(mean.clone(), variance.clone());
            Arrays.fill(made.mean, (float) middle);
            Arrays.fill(made.variance, (float) (spread * spread));
            return made;
        }

        /** The same means with a share of the deviations. */
        Channels varied(double share) {
            Channels made = new Channels(mean, variance.clone());
            for (int channel = 0; channel < made.variance.length; channel++) {
                made.variance[channel] *= (float) (share * share);
            }
            return made;
        }
    }

    /** Changes a layer's weights so that what it makes has other means and deviations. */
    private void set(String layer, Channels made, Channels wanted) {
        float[] scale = new float[made.mean.length];
        for (int channel = 0; channel < scale.length; channel++) {
            scale[channel] = (float) (wanted.deviation(channel) / made.deviation(channel));
        }
        Tensor weight = weight(layer + ".weight");
        long[] shape = new long[(int) weight.dim()];
        Arrays.fill(shape, 1);
        shape[BottleneckMaker.outputAxis(graph, layer)] = scale.length;
        weight.mul_(tensor(scale).view(shape));
        Tensor bias = weight(layer + ".bias");
        bias.copy_(bias.sub(tensor(made.mean)).mul(tensor(scale)).add(tensor(wanted.mean)));
    }

    private void write(String name, float[] values) {
        weight(name).copy_(tensor(values));
    }

    private Tensor weight(String name) {
        return Terms.get(network.state(), name).detach();
    }

    private static Tensor tensor(float[] values) {
        return Torch.of(dev.narrows.engine.Tensor.of(values, values.length));
    }
}
