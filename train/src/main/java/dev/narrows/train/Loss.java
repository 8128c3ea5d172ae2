package dev.narrows.train;

import org.bytedeco.pytorch.Tensor;

/** What a training makes small. */
@FunctionalInterface
public interface Loss {

    /**
     * The mean loss of a batch, differentiable.
     *
     * @param outputs (items, classes) logits, (items, features) embeddings or (items, …) values f32
     * @param targets of classes: (items, classes), the share of each class, 1 in one place but for mix-up, all 0 where the
     *     class is unknown; of values: the shape of {@code outputs}
     * @return a scalar
     */
    Tensor of(Tensor outputs, Tensor targets);
}
