package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Single weights set to 0: a smaller download, but no less work for kernels that multiply by 0 as by anything else. The
 * compression ratio is that of Blalock et al. (2020): all parameters by those that are left, the layers that are not
 * pruned among both.
 */
public final class WeightPruning {

    /** What is compared with what, and by what. */
    public enum Method {
        /** The smallest magnitudes of all layers together. */
        GLOBAL_WEIGHT,
        /** The smallest magnitudes of each layer, the same share of each. */
        LAYER_WEIGHT,
        /** The smallest products of weight and gradient of all layers together: what a loss would change least by. */
        GLOBAL_GRADIENT,
        /** The same of each layer. */
        LAYER_GRADIENT,
        /** By chance, the same share of each layer. */
        RANDOM;

        /** Whether {@link Salience} is needed. */
        public boolean needsGradients() {
            return this == GLOBAL_GRADIENT || this == LAYER_GRADIENT;
        }

        private boolean isGlobal() {
            return this == GLOBAL_WEIGHT || this == GLOBAL_GRADIENT;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Network network;
    private final List<LayerWeight> layers;
    private final long parameters;

    private WeightPruning(Network network, List<LayerWeight> layers) {
        this.network = network;
        this.layers = List.copyOf(layers);
        this.parameters = network.initializers().values().stream()
                .filter(tensor -> tensor.type() == ElementType.FLOAT)
                .mapToLong(ConstantTensor::elements)
                .sum();
    }

    /**
     * The weights of a network that can be pruned: those of its layers, biases apart.
     *
     * @param wanted which layers
     * @throws InvalidException if there are none, or one is no finite number
     */
    public static WeightPruning of(Network network, Shapes shapes, Predicate<Node> wanted) {
        Network held = new ConstantFolding().folded(network, shapes); // weights may be Constant nodes
        return new WeightPruning(held, LayerWeight.of(held, shapes, wanted));
    }

    /** The network with as many of its weights set to 0 as the pattern says; layers that it does not fit stay as they are. */
    public Network pruned(SparsePattern pattern) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        for (LayerWeight layer : layers) {
            ConstantTensor weight = layer.weight();
            pattern.zeroed(layer)
                    .ifPresent(values ->
                            initializers.put(weight.name(), ConstantTensor.of(weight.name(), weight.dims(), values)));
        }
        return network.withInitializers(initializers);
    }

    /** Elements of all float32 tensors that the network holds. */
    public long parameters() {
        return parameters;
    }

    /**
     * The network with so many weights set to 0 that all parameters are {@code ratio} times those that are left. Weights
     * that are 0 already are among the first to be chosen.
     *
     * @param ratio 1 or more
     * @param salience of the weights by their names, for the methods that need it
     * @param seed of chance, where the method is that
     * @throws InvalidException if the layers have not so many weights
     */
    public Network pruned(Method method, double ratio, Map<String, float[]> salience, long seed) {
        if (!(ratio >= 1)) {
            throw new InvalidException("compression ratio: " + ratio + " (expected: 1 or more)");
        }
        List<ConstantTensor> weights = layers.stream().map(LayerWeight::weight).toList();
        long prunable = weights.stream().mapToLong(ConstantTensor::elements).sum();
        long gone = parameters - Math.round(parameters / ratio);
        if (gone > prunable) {
            throw new InvalidException("compression ratio: " + ratio + " (expected: at most "
                    + String.format(Locale.ROOT, "%.1f", (double) parameters / (parameters - prunable))
                    + ", as " + (parameters - prunable) + " of " + parameters + " parameters are not pruned)");
        }
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        List<float[]> scores = new ArrayList<>();
        for (ConstantTensor weight : weights) {
            scores.add(scores(weight, method, salience, random));
        }
        double share = (double) gone / prunable;
        if (method.isGlobal()) {
            zero(weights, scores, gone, initializers);
        } else {
            for (int i = 0; i < weights.size(); i++) {
                long count = Math.round(share * scores.get(i).length);
                zero(weights.subList(i, i + 1), scores.subList(i, i + 1), count, initializers);
            }
        }
        return network.withInitializers(initializers);
    }

    /** Sets the {@code count} weights of the least scores to 0; of equal ones, those that come first. */
    private static void zero(
            List<ConstantTensor> weights, List<float[]> scores, long count, Map<String, ConstantTensor> initializers) {
        float[] sorted = joined(scores);
        Arrays.sort(sorted);
        float limit = count >= sorted.length ? Float.POSITIVE_INFINITY : sorted[(int) count];
        long below = 0;
        while (below < sorted.length && sorted[(int) below] < limit) {
            below++;
        }
        long equal = count - below; // of those at the limit
        for (int i = 0; i < weights.size(); i++) {
            float[] own = scores.get(i);
            float[] values = weights.get(i).floats();
            for (int k = 0; k < values.length; k++) {
                if (own[k] < limit || (own[k] == limit && equal-- > 0)) {
                    values[k] = 0;
                }
            }
            String name = weights.get(i).name();
            initializers.put(name, ConstantTensor.of(name, weights.get(i).dims(), values));
        }
    }

    /** What a weight is worth; those that are 0 already are worth least. */
    private static float[] scores(
            ConstantTensor weight, Method method, Map<String, float[]> salience, SplittableRandom random) {
        float[] weights = weight.floats();
        float[] gradients = salience.getOrDefault(weight.name(), new float[0]);
        if (method.needsGradients() && gradients.length != weights.length) {
            throw new InvalidException("salience: " + gradients.length + " values (expected: " + weights.length
                    + ", one for each weight), tensor \"" + weight.name() + "\"");
        }
        float[] scores = new float[weights.length];
        for (int i = 0; i < scores.length; i++) {
            float score = switch (method) {
                case GLOBAL_WEIGHT, LAYER_WEIGHT -> Math.abs(weights[i]);
                case GLOBAL_GRADIENT, LAYER_GRADIENT -> gradients[i] + Float.MIN_VALUE;
                case RANDOM -> (float) random.nextDouble() + Float.MIN_VALUE;
            };
            scores[i] = weights[i] == 0 ? 0 : score;
        }
        return scores;
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
