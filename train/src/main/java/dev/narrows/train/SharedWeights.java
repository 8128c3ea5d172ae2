package dev.narrows.train;

import dev.narrows.gradient.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Which weights are equal when a training begins, and stay so: after each update every cluster becomes its mean, a cluster of
 * zeros 0. Of weights with two axes or more that have at most {@value #MOST_VALUES} values, and fewer than one for every
 * {@value #ELEMENTS_OF_A_VALUE} elements. Owns its indices.
 *
 * <p>Han, Mao and Dally (<i>Deep Compression</i>, 2016) move a centroid by the sum of its members' gradients. The mean after a
 * step is the centroid moved by the mean of the members' own steps: for plain descent and momentum the paper's rule with a rate
 * divided by the cluster's size, which is the step's orthogonal projection onto the networks that share so; and for optimisers
 * that scale each weight's step, such as Adam, a rate that means the same for large clusters and small ones.
 */
final class SharedWeights implements AutoCloseable {

    private static final int MOST_VALUES = 256;
    private static final int ELEMENTS_OF_A_VALUE = 4;

    private final List<Cluster> clusters = new ArrayList<>();

    /**
     * A weight's clusters.
     *
     * @param weight the caller's
     * @param indices (elements) int64, the cluster of each
     * @param sizes (clusters) float64
     * @param zeros (clusters) bool, true for the cluster of zeros
     */
    private record Cluster(Tensor weight, Tensor indices, Tensor sizes, Tensor zeros) {

        void hold() {
            // In float64: a mean of many equal numbers that rounds to one side would drift from step to step.
            Tensor values = weight.detach().flatten().to(torch.ScalarType.Double);
            Tensor means = indices.bincount(new TensorOptional(values), sizes.numel())
                    .div(sizes)
                    .masked_fill_(zeros, new Scalar(0));
            weight.detach().copy_(means.index_select(0, indices).view_as(weight));
        }

        void close() {
            indices.close();
            sizes.close();
            zeros.close();
        }
    }

    /** @param parameters by name; they stay the caller's. Those that do not share need nothing. */
    SharedWeights(Map<String, Tensor> parameters) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            parameters.values().stream().filter(weight -> weight.dim() > 1).forEach(this::add);
        }
    }

    private void add(Tensor weight) {
        float[] values = Torch.toHost(weight.detach()).toFloats();
        long most = Math.min(MOST_VALUES, (values.length - 1) / ELEMENTS_OF_A_VALUE);
        Map<Float, Integer> numbers = new HashMap<>();
        long[] indices = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            float value = values[i] + 0f; // a 0 with a sign is a 0 too
            indices[i] = numbers.computeIfAbsent(value, unknown -> numbers.size());
            if (numbers.size() > most) {
                return;
            }
        }
        Tensor index = Torch.of(indices);
        Tensor sizes = index.bincount().to(torch.ScalarType.Double);
        Tensor zeros = Torch.of(new long[] {numbers.getOrDefault(0f, -1)}).eq(torch.arange(new Scalar(numbers.size())));
        List.of(index, sizes, zeros).forEach(Tensor::retainReference);
        clusters.add(new Cluster(weight, index, sizes, zeros));
    }

    /** Makes the members of each cluster equal again, behind an update. */
    void hold() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            clusters.forEach(Cluster::hold);
        }
    }

    @Override
    public void close() {
        clusters.forEach(Cluster::close);
        clusters.clear();
    }
}
