package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
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
        /** By chance, the same share of each layer. */
        RANDOM;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Network network;
    private final List<ConstantTensor> weights;
    private final long parameters;

    private WeightPruning(Network network, List<ConstantTensor> weights) {
        this.network = network;
        this.weights = List.copyOf(weights);
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
        Patch wiring = Patch.of(held, shapes);
        Map<String, ConstantTensor> found = new LinkedHashMap<>();
        for (Node node : held.nodes()) {
            if (wanted.test(node)) {
                LinearNode.of(wiring, shapes, node)
                        .ifPresent(layer ->
                                found.put(layer.weight().name(), layer.weight().requireFinite()));
            }
        }
        if (found.isEmpty()) {
            throw new InvalidException("weights: none that can be pruned (expected: float32 weights of Conv, "
                    + "ConvTranspose, Gemm or MatMul that the file holds)");
        }
        return new WeightPruning(held, new ArrayList<>(found.values()));
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
     * @param seed of chance, where the method is that
     * @throws InvalidException if the layers have not so many weights
     */
    public Network pruned(Method method, double ratio, long seed) {
        if (!(ratio >= 1)) {
            throw new InvalidException("compression ratio: " + ratio + " (expected: 1 or more)");
        }
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
            scores.add(scores(weight.floats(), method, random));
        }
        double share = (double) gone / prunable;
        if (method == Method.GLOBAL_WEIGHT) {
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

    private static float[] scores(float[] weights, Method method, SplittableRandom random) {
        float[] scores = new float[weights.length];
        for (int i = 0; i < scores.length; i++) {
            float chance = method == Method.RANDOM ? (float) random.nextDouble() + Float.MIN_VALUE : 0;
            scores[i] = weights[i] == 0 ? 0 : method == Method.RANDOM ? chance : Math.abs(weights[i]);
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
