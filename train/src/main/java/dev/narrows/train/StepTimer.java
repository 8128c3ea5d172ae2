package dev.narrows.train;

import dev.narrows.engine.Tensor;
import java.util.List;

/** Times the training step of an objective on one batch: forward, backward, SGD with momentum. */
public final class StepTimer {

    private static final int WARM = 3;

    private StepTimer() {}

    /**
     * Steps for about {@code seconds}, after three to warm up.
     *
     * @param values (items, …) f32
     * @param labels of the items
     */
    public static double itemsPerSecond(
            Objective objective, Tensor values, int[] labels, int classes, boolean mixed, double seconds) {
        OptimizerChoice choice = OptimizerChoice.parse("sgd:rate=0.01,momentum=0.9,decay=0");
        objective.training(true);
        try (Descent descent = new Descent(choice, objective.parameters().values())) {
            Step step = new Step(objective, descent, mixed, 0);
            for (int i = 0; i < WARM; i++) {
                step.run(values, List.of(labels), List.of(classes), 0, choice.rate());
            }
            int steps = 0;
            long start = System.nanoTime();
            while ((System.nanoTime() - start) / 1e9 < seconds) {
                step.run(values, List.of(labels), List.of(classes), 0, choice.rate());
                steps++;
            }
            return steps * values.dim(0) / ((System.nanoTime() - start) / 1e9);
        }
    }
}
