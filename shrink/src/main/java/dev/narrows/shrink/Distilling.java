package dev.narrows.shrink;

import dev.narrows.data.Dataset;
import dev.narrows.graph.Network;
import dev.narrows.train.Classifier;
import dev.narrows.train.Distillation;
import dev.narrows.train.FreeBatch;
import dev.narrows.train.Inputs;
import dev.narrows.train.LossChoice;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.Training;
import dev.narrows.train.TrainingListener;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A smaller network that learns from the one it was made of, and from labels where there are any (Hinton et al. 2015).
 *
 * @param original the teacher
 * @param inputs how both take the values
 * @param train items to learn from
 * @param held items to choose the best epoch by
 * @param frozen names of weights that stay as they are
 */
public record Distilling(Network original, Inputs inputs, Dataset train, Dataset held, Predicate<String> frozen) {

    /**
     * Sees that a network can be taught, before time is spent on it.
     *
     * @throws dev.narrows.errors.UnsupportedException if it has an operator that cannot be differentiated
     * @throws dev.narrows.errors.IncompatibleException if the data do not fit it
     */
    public void require(Network network) {
        try (Classifier classifier = classifier(network)) {
            classifier.require(train);
            classifier.require(held);
        }
    }

    /** The network with the weights of the best epoch. If the file fixes its batch at one item, it stays so. */
    public Network taught(Network network, TrainOptions options, TrainingListener listener) {
        try (Classifier classifier = classifier(network)) {
            classifier.freeze(frozen);
            Training.run(classifier, train, held, options, listener);
            return network.withInitializers(classifier.trained().initializers());
        }
    }

    private Classifier classifier(Network network) {
        Distillation teacher = new Distillation(
                FreeBatch.of(original),
                inputs,
                train.labels().isEmpty() ? 1 : Distillation.DEFAULT_WEIGHT,
                Distillation.DEFAULT_TEMPERATURE,
                Map.of(),
                0);
        return new Classifier(
                FreeBatch.of(network), inputs, LossChoice.parse(LossChoice.DEFAULT), List.of(), Optional.of(teacher));
    }
}
