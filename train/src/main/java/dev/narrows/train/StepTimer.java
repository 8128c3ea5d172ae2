package dev.narrows.train;

import dev.narrows.data.Batch;
import java.util.List;

/** Times the training step of an objective on one batch: forward, backward, SGD with momentum. */
public final class StepTimer {

    private static final int WARM = 3;

    private StepTimer() {}

    /**
     * Items a second, over about {@code seconds} after three steps to warm up.
     *
     * @param classes of the only task
     * @param mixed whether in bfloat16 where that is safe
     */
    public static double itemsPerSecond(Objective objective, Batch batch, int classes, boolean mixed, double seconds) {
        OptimizerChoice choice = OptimizerChoice.parse("sgd:rate=0.01,momentum=0.9,decay=0");
        TrainOptions options = TrainOptions.builder().mixed(mixed).build();
        objective.training(true);
        try (Descent descent = new Descent(choice, objective.parameters().values())) {
            Step step = new Step(objective, descent, options, List.of(classes));
            for (int i = 0; i < WARM; i++) {
                step.run(batch, i, 0, choice.rate());
            }
            int steps = 0;
            long start = System.nanoTime();
            while ((System.nanoTime() - start) / 1e9 < seconds) {
                step.run(batch, steps, 0, choice.rate());
                steps++;
            }
            return steps * batch.size() / ((System.nanoTime() - start) / 1e9);
        }
    }
}
