package dev.narrows.shrink;

import dev.narrows.data.Dataset;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.train.Classifier;
import dev.narrows.train.FreeBatch;
import dev.narrows.train.Inputs;
import dev.narrows.train.Losses;
import dev.narrows.train.WeightGradients;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What weights are worth to a loss: how much it would change, to the first order, if they were 0. Needs items with labels,
 * and libtorch.
 *
 * @param data to learn from; labels of one task
 * @param inputs how its items become the network's inputs
 * @param items to look at, in batches of {@value #BATCH}
 * @param seed of their choice
 */
public record Salience(Dataset data, Inputs inputs, int items, long seed) {

    /** Enough for the order of weights to settle. */
    public static final int ITEMS = 1024;

    private static final int BATCH = 32;

    /** Takes, of one batch, each weight times its gradient. */
    private interface Use {
        void accept(String name, float[] products);
    }

    /**
     * |weight × gradient|, summed over batches (Blalock et al. 2020), by the weights' names, in the order of their elements.
     */
    public Map<String, float[]> ofWeights(Network network) {
        Map<String, float[]> sums = new LinkedHashMap<>();
        each(network, (name, products) -> {
            float[] sum = sums.computeIfAbsent(name, key -> new float[products.length]);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += Math.abs(products[i]);
            }
        });
        return sums;
    }

    /**
     * For each filter (Σ weight × gradient)² over its weights, summed over batches: the first-order Taylor expansion of
     * Molchanov et al. (2019). By the weights' names.
     *
     * @param axes which axis of each of these weights counts filters
     */
    Map<String, double[]> ofFilters(Network network, Map<String, Integer> axes) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        each(network, (name, products) -> {
            ConstantTensor weight = network.initializers().get(name);
            Integer axis = axes.get(name);
            if (weight == null || axis == null) {
                return;
            }
            double[] own = new double[Math.toIntExact(weight.dims().get(axis))];
            int inner = FilterCriterion.inner(weight, axis);
            for (int i = 0; i < products.length; i++) {
                own[i / inner % own.length] += products[i];
            }
            double[] sum = sums.computeIfAbsent(name, key -> new double[own.length]);
            for (int filter = 0; filter < own.length; filter++) {
                sum[filter] += own[filter] * own[filter];
            }
        });
        return sums;
    }

    private void each(Network network, Use use) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        try (Classifier classifier = Classifier.of(FreeBatch.of(network), inputs, Losses.crossEntropy(0))) {
            classifier.parameters().keySet().forEach(name -> {
                ConstantTensor weight = network.initializers().get(name);
                if (weight != null) {
                    weights.put(name, weight.floats());
                }
            });
            int batch = Math.min(BATCH, data.size());
            WeightGradients.each(
                    classifier,
                    data,
                    batch,
                    items,
                    seed,
                    gradients -> weights.forEach((name, values) -> {
                        float[] gradient = gradients.getOrDefault(name, new float[0]);
                        if (gradient.length != values.length) {
                            throw new IllegalStateException(name);
                        }
                        float[] products = new float[values.length];
                        for (int i = 0; i < values.length; i++) {
                            products[i] = values[i] * gradient[i];
                        }
                        use.accept(name, products);
                    }));
        }
    }
}
