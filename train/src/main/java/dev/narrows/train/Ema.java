package dev.narrows.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Exponential moving averages of a network's weights: what the last steps agree on (B. Polyak, A. Juditsky, 1992). At
 * first they follow closely: the decay is at most {@code (1 + steps) / (10 + steps)}. Owns its copies; with a decay of 0
 * there are none, and nothing is done.
 */
final class Ema implements AutoCloseable {

    private final double decay;
    private final Map<String, Tensor> weights;
    private final Map<String, Tensor> averages = new LinkedHashMap<>();

    /** @param weights followed by name; they stay the caller's */
    Ema(double decay, Map<String, Tensor> weights) {
        this.decay = decay;
        this.weights = weights;
        if (decay == 0) {
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            weights.forEach((name, weight) -> {
                Tensor copy = weight.detach().clone();
                copy.retainReference();
                averages.put(name, copy);
            });
        }
    }

    Map<String, Tensor> averages() {
        return averages;
    }

    /** @param step how many were before */
    void follow(long step) {
        double now = Math.min(decay, (1.0 + step) / (10.0 + step));
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Scalar share = new Scalar(1 - now);
            averages.forEach((name, average) -> average.lerp_(weight(name).detach(), share));
        }
    }

    /** Exchanges weights and averages: to evaluate with the averages, and back. */
    void swap() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            averages.forEach((name, average) -> {
                Tensor kept = weight(name).detach().clone();
                weight(name).detach().copy_(average);
                average.copy_(kept);
            });
        }
    }

    private Tensor weight(String name) {
        Tensor weight = weights.get(name);
        if (weight == null) {
            throw new IllegalStateException(name);
        }
        return weight;
    }

    @Override
    public void close() {
        averages.values().forEach(Tensor::close);
    }
}
