package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.gradient.MixedPrecision;
import dev.narrows.gradient.Torch;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** One step of a training: forward, backward, update. All that is native in it ends with it. */
final class Step {

    private final Objective objective;
    private final Descent descent;
    private final TrainOptions options;
    private final List<Integer> classes;

    /** @param classes how many there are, by task */
    Step(Objective objective, Descent descent, TrainOptions options, List<Integer> classes) {
        this.objective = objective;
        this.descent = descent;
        this.options = options;
        this.classes = List.copyOf(classes);
    }

    /**
     * Returns the batch's loss before the update.
     *
     * @param seed of all chance in it
     * @param progress of the training, 0 to 1
     */
    double run(Batch batch, long seed, double progress, double rate) {
        Torch.seed(seed);
        try (PointerScope scope = new PointerScope()) {
            Targets targets = new Targets(Torch.of(batch.values()), Targets.shares(batch.labels(), classes));
            if (options.mixUp() > 0) {
                targets = targets.mixed(options.mixUp(), new SplittableRandom(seed));
            }
            descent.forgetGradients();
            Tensor loss = loss(targets, progress);
            loss.backward();
            if (options.clip() > 0) {
                descent.clip(options.clip());
            }
            descent.step(rate);
            return loss.item_double();
        }
    }

    private Tensor loss(Targets targets, double progress) {
        if (!options.mixed()) {
            return objective.loss(targets.values(), targets.shares(), progress);
        }
        try (MixedPrecision precision = new MixedPrecision()) {
            return objective.loss(targets.values(), targets.shares(), progress);
        }
    }
}
