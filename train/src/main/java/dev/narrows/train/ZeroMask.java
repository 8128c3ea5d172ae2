package dev.narrows.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Which weights are 0 when a training begins, and stay so: what was pruned stays pruned. Of weights with two axes or more;
 * biases and the like, which often begin at 0, are free. Owns its masks.
 */
final class ZeroMask implements AutoCloseable {

    private final List<Tensor> weights = new ArrayList<>();
    private final List<Tensor> masks = new ArrayList<>();

    /** @param parameters by name; they stay the caller's. Those without a 0 need no mask. */
    ZeroMask(Map<String, Tensor> parameters) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            new LinkedHashMap<>(parameters).forEach((name, weight) -> {
                Tensor mask = weight.detach().eq(new Scalar(0));
                boolean pruned = weight.dim() > 1 && mask.any().item_bool();
                if (pruned) {
                    mask.retainReference();
                    masks.add(mask);
                    weights.add(weight);
                }
            });
        }
    }

    /** Sets the masked weights to 0 again, behind an update: to one without a sign, so that all zeros look alike in a file. */
    void hold() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (int i = 0; i < masks.size(); i++) {
                weights.get(i).detach().masked_fill_(masks.get(i), new Scalar(0));
            }
        }
    }

    @Override
    public void close() {
        masks.forEach(Tensor::close);
        masks.clear();
    }
}
