package dev.narrows.shrink;

import dev.narrows.data.Dataset;
import dev.narrows.graph.Network;
import dev.narrows.train.Classifier;
import dev.narrows.train.Distillation;
import dev.narrows.train.FreeBatch;
import dev.narrows.train.Inputs;
import dev.narrows.train.Loss;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.Training;
import dev.narrows.train.TrainingListener;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Teaches a network that was pruned or quantised what it forgot, from labels and from the network that it was. Needs libtorch.
 *
 * @param train items to learn from
 * @param held items to choose the best epoch by
 * @param inputs how they become the network's inputs
 * @param loss of the labels
 * @param teacher whose answers are listened to, if any
 * @param frozen names of weights that stay as they are
 */
public record FineTuning(
        Dataset train,
        Dataset held,
        Inputs inputs,
        Loss loss,
        Optional<Distillation> teacher,
        Predicate<String> frozen) {

    /**
     * A teacher for {@link #teacher}.
     *
     * @param network that takes the same inputs; as a rule what the taught one was before anything was taken from it
     */
    public static Distillation teacher(Network network, Inputs inputs, double weight) {
        return new Distillation(FreeBatch.of(network), inputs, weight, Distillation.DEFAULT_TEMPERATURE, Map.of(), 0);
    }

    /**
     * Sees that a network can be taught, before time is spent on it.
     *
     * @throws dev.narrows.errors.UnsupportedException if it has an operator that cannot be differentiated
     * @throws dev.narrows.errors.IncompatibleException if items or teacher do not fit it
     */
    public void require(Network network) {
        try (Classifier classifier = classifier(network)) {
            classifier.require(train);
            classifier.require(held);
        }
    }

    private Classifier classifier(Network network) {
        return new Classifier(FreeBatch.of(network), inputs, loss, List.of(), teacher);
    }

    /**
     * The network with the weights that were best on the held-out items; inputs, outputs and what the file says of shapes
     * stay as they are.
     *
     * @param options {@link TrainOptions#keepZeros} keeps what was pruned at 0
     * @throws dev.narrows.errors.IncompatibleException if items or teacher do not fit the network
     * @throws dev.narrows.errors.UnsupportedException if it has operators that cannot be differentiated
     */
    public Network taught(Network pruned, TrainOptions options, TrainingListener listener) {
        try (Classifier classifier = classifier(pruned)) {
            classifier.freeze(frozen);
            Training.run(classifier, train, held, options, listener);
            Network trained = classifier.trained();
            return new Network(
                    pruned.name(),
                    trained.irVersion(),
                    trained.opsets(),
                    pruned.inputs(),
                    pruned.outputs(),
                    trained.nodes(),
                    trained.initializers(),
                    pruned.valueInfos(),
                    pruned.metadata(),
                    pruned.extra());
        }
    }
}
