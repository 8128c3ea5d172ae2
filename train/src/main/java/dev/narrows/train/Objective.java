package dev.narrows.train;

import dev.narrows.data.Dataset;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a {@link Training} teaches: networks with weights, what is to become small on a batch, and how good it is on data.
 * Used by one thread.
 */
public interface Objective {

    /**
     * Refuses data that it cannot learn from, before anything is trained.
     *
     * @throws dev.narrows.errors.IncompatibleException if items or labels do not fit
     */
    default void require(Dataset data) {}

    /** The weights that are to change, by name. They stay the objective's. */
    Map<String, Tensor> parameters();

    /** Whether a weight of {@link #parameters} came trained: it may then learn at a lower rate than what is new. */
    default boolean isTrained(String name) {
        return false;
    }

    /** All that changes in training, statistics of batch normalisation included: what a checkpoint keeps. */
    Map<String, Tensor> state();

    /** Whether networks are to behave as in training (dropout, batch normalisation). */
    void training(boolean on);

    /**
     * The loss of a batch, differentiable.
     *
     * @param values (items, …) f32
     * @param targets by task: (items, classes) f32, the share of each class
     * @param progress of the training, 0 to 1
     */
    Tensor loss(Tensor values, List<Tensor> targets, double progress);

    /**
     * How good it is now, by names such as {@code accuracy}; of the first, more is better: it decides which weights are
     * kept.
     */
    Map<String, Double> evaluate(Dataset data);

    /**
     * Takes in what the last epoch's {@link #evaluate} gave, when a training ends an epoch or goes on from the checkpoint of
     * one.
     */
    default void scored(Map<String, Double> scores) {}
}
