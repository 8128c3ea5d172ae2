package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Weights that share a few values in each layer (Han, Mao and Dally, <i>Deep Compression</i>, 2016): those that are not 0
 * become the means of their clusters, those that are 0 stay so. The network runs as before and no faster, its download gets
 * smaller ({@link CompressedNetwork}).
 */
public final class WeightSharing {

    /** The most bits of a layer: a palette has no more values. */
    public static final int MOST_BITS = 8;

    private final Network network;
    private final List<LayerWeight> layers;

    private WeightSharing(Network network, List<LayerWeight> layers) {
        this.network = network;
        this.layers = List.copyOf(layers);
    }

    /**
     * The layers of a network; weights of several nodes belong to the first.
     *
     * @param wanted which nodes
     * @throws InvalidException if there are none
     */
    public static WeightSharing of(Network network, Shapes shapes, Predicate<Node> wanted) {
        return new WeightSharing(network, LayerWeight.of(network, shapes, wanted));
    }

    public List<LayerWeight> layers() {
        return layers;
    }

    /**
     * The network with no more than 2<sup>bits</sup> - 1 values and 0 in each layer.
     *
     * @param bits of a layer, 1 to {@value #MOST_BITS}; 0 leaves it as it is
     */
    public Network shared(ToIntFunction<LayerWeight> bits) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        for (LayerWeight layer : layers) {
            int own = bits.applyAsInt(layer);
            if (own < 0 || own > MOST_BITS) {
                throw new InvalidException(
                        "bits: " + own + " (expected: 0 to " + MOST_BITS + "), layer \"" + layer.name() + "\"");
            }
            if (own > 0) {
                initializers.put(layer.weight().name(), shared(layer.weight(), own));
            }
        }
        return network.withInitializers(initializers);
    }

    /** The tensor with shared values; a 0 with a sign, as products with 0 leave them, becomes one without. */
    private static ConstantTensor shared(ConstantTensor weight, int bits) {
        float[] values = weight.floats();
        float[] others = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidException(
                        "weight: " + value + " (expected: finite ones), tensor \"" + weight.name() + "\"");
            }
            if (value != 0) {
                others[count++] = value;
            }
        }
        if (count > 0) {
            float[] centroids = Clusters.centroids(Arrays.copyOf(others, count), (1 << bits) - 1);
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] == 0 ? 0 : centroids[Clusters.nearest(centroids, values[i])];
            }
        } else {
            Arrays.fill(values, 0);
        }
        return ConstantTensor.of(weight.name(), weight.dims(), values);
    }
}
