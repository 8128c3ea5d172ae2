package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.Dataset;
import dev.narrows.data.Labels;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** How a loss changes with each weight, as numbers: what pruning judges weights by. */
public final class WeightGradients {

    /** Takes one batch's gradients. */
    public interface Use {
        /** @param gradients of each weight by its name, in the order of the weight's elements */
        void accept(Map<String, float[]> gradients);
    }

    private WeightGradients() {}

    /**
     * Goes over some batches of the data, in the order that the seed says. The objective answers as in use (no dropout,
     * statistics as they are) and is left as it was.
     *
     * @param items at most, a whole number of batches, one at least
     * @throws InvalidException if there is less than a batch
     * @throws dev.narrows.errors.IncompatibleException if the data do not fit the objective
     */
    public static void each(Objective objective, Dataset data, int batch, int items, long seed, Use use) {
        objective.require(data);
        if (data.size() < batch) {
            throw new InvalidException("items: " + data.size() + " (expected: " + batch + " at least, a batch)");
        }
        List<Integer> classes =
                data.labels().stream().map(Labels::classes).map(List::size).toList();
        BatchOptions order = BatchOptions.DEFAULT
                .withSize(batch)
                .withSeed(seed)
                .withShuffle(true)
                .withDropLast(true);
        objective.training(false);
        try (Batches batches = Batches.open(data, order, 0)) {
            for (int done = 0; batches.hasNext() && (done == 0 || done + batch <= items); done += batch) {
                use.accept(of(objective, batches.next(), classes));
            }
        } finally {
            forget(objective);
        }
    }

    private static Map<String, float[]> of(Objective objective, Batch batch, List<Integer> classes) {
        forget(objective);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (PointerScope scope = new PointerScope()) {
            objective
                    .loss(Torch.of(batch.values()), Targets.shares(batch.labels(), classes), 1)
                    .backward();
            objective.parameters().forEach((name, weight) -> {
                Tensor gradient = weight.grad();
                gradients.put(
                        name,
                        gradient.defined()
                                ? Torch.toHost(gradient).toFloats()
                                : new float[Math.toIntExact(weight.numel())]);
            });
        }
        return gradients;
    }

    private static void forget(Objective objective) {
        try (PointerScope scope = new PointerScope()) {
            for (Tensor weight : objective.parameters().values()) {
                if (weight.grad().defined()) {
                    weight.mutable_grad().reset();
                }
            }
        }
    }
}
