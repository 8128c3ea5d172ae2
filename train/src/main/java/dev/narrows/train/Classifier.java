package dev.narrows.train;

import dev.narrows.data.Batch;
import dev.narrows.data.Dataset;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that learns its labels, one task for each of its outputs, and may listen to a teacher. Owns native memory
 * until closed.
 */
public final class Classifier implements Objective, AutoCloseable {

    private final DifferentiableNetwork network;
    private final Inputs inputs;
    private final Loss loss;
    private final List<Double> taskWeights;
    private final List<String> logits;
    private final Optional<Distillation> distillation;
    private final Optional<Teacher> teacher;
    private final Hints hints;

    /**
     * @param loss of each task
     * @param taskWeights of each output's loss, in the outputs' order; empty for 1 each
     * @throws IncompatibleException if the weights or the teacher's outputs are not as many as the network's outputs
     */
    public Classifier(
            Network network, Inputs inputs, Loss loss, List<Double> taskWeights, Optional<Distillation> distillation) {
        logits = Logits.of(network);
        if (!taskWeights.isEmpty() && taskWeights.size() != logits.size()) {
            throw new IncompatibleException("weights of tasks: " + taskWeights.size() + " (expected: one for each of "
                    + logits.size() + " outputs)");
        }
        this.inputs = inputs;
        this.loss = loss;
        this.taskWeights =
                taskWeights.isEmpty() ? logits.stream().map(any -> 1.0).toList() : taskWeights;
        this.distillation = distillation;
        teacher = distillation.map(how -> new Teacher(how.teacher(), how.inputs()));
        try {
            if (teacher.isPresent() && teacher.get().logits().size() != logits.size()) {
                throw new IncompatibleException(
                        "teacher: " + teacher.get().logits().size() + " outputs (expected: as many as the student, "
                                + logits.size() + ")");
            }
            this.network = DifferentiableNetwork.of(network);
        } catch (RuntimeException e) {
            teacher.ifPresent(Teacher::close);
            throw e;
        }
        hints = new Hints(distillation.map(Distillation::hints).orElse(Map.of()));
    }

    /** One task learned from labels alone. */
    public static Classifier of(Network network, Inputs inputs, Loss loss) {
        return new Classifier(network, inputs, loss, List.of(), Optional.empty());
    }

    /** Keeps the weights whose name fits as they are. */
    public void freeze(Predicate<String> names) {
        network.freeze(names);
    }

    /** @throws IncompatibleException if items or labels do not fit the network */
    @Override
    public void require(Dataset data) {
        inputs.require(network.network(), data);
        if (data.labels().size() != logits.size() && !(data.labels().isEmpty() && teacher.isPresent())) {
            throw new IncompatibleException("tasks: " + data.labels().size() + " in the data (expected: "
                    + logits.size() + ", as the network's outputs)");
        }
    }

    @Override
    public Map<String, Tensor> parameters() {
        return network.parameters();
    }

    @Override
    public Map<String, Tensor> state() {
        return network.state();
    }

    @Override
    public void training(boolean on) {
        network.training(on);
    }

    @Override
    public Tensor loss(Tensor values, List<Tensor> targets, double progress) {
        List<String> wanted = new ArrayList<>(logits);
        wanted.addAll(hints.students());
        Map<String, Tensor> made = network.forward(inputs.of(values), wanted);
        double ofLabels = 1 - distillation.map(Distillation::weight).orElse(0.0);
        Tensor sum = Terms.zero();
        for (int task = 0; task < logits.size() && ofLabels > 0 && task < targets.size(); task++) {
            Tensor term = loss.of(Terms.get(made, logits.get(task)), targets.get(task));
            sum = sum.add(term.mul(new Scalar(ofLabels * taskWeights.get(task))));
        }
        if (teacher.isEmpty() || distillation.isEmpty()) {
            return sum;
        }
        Distillation how = distillation.get();
        Map<String, Tensor> shown = teacher.get().answer(values, hints.teachers());
        for (int task = 0; task < logits.size(); task++) {
            Tensor theirs = Terms.get(shown, teacher.get().logits().get(task));
            Tensor term = Losses.distillation(Terms.get(made, logits.get(task)), theirs, how.temperature());
            sum = sum.add(term.mul(new Scalar(how.weight() * taskWeights.get(task))));
        }
        return hints.students().isEmpty()
                ? sum
                : sum.add(hints.loss(made, shown).mul(new Scalar(how.hintWeight())));
    }

    /**
     * {@code accuracy}, the mean over tasks; with several tasks, that of each too. Where no label is known but there is a
     * teacher, {@code agreement}: the share of items that get the teacher's answer.
     */
    @Override
    public Map<String, Double> evaluate(Dataset data) {
        List<Accuracy> tasks = logits.stream().map(any -> new Accuracy()).toList();
        List<Accuracy> agreements = logits.stream().map(any -> new Accuracy()).toList();
        boolean known = data.labels().stream()
                .flatMapToInt(task -> IntStream.of(task.of()))
                .anyMatch(of -> of >= 0);
        boolean agrees = !known && teacher.isPresent();
        Accuracy.overAll(data, (values, batch) -> {
            Map<String, Tensor> made = network.forward(inputs.of(values), logits);
            if (agrees) {
                agree(values, made, agreements);
            } else {
                count(batch, made, tasks);
            }
        });
        if (agrees) {
            return Map.of("agreement", Accuracy.mean(agreements));
        }
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("accuracy", Accuracy.mean(tasks));
        for (int task = 0; tasks.size() > 1 && task < tasks.size(); task++) {
            scores.put(
                    "accuracy." + data.labels().get(task).task(),
                    tasks.get(task).share());
        }
        return scores;
    }

    private void count(Batch batch, Map<String, Tensor> made, List<Accuracy> tasks) {
        for (int task = 0; task < logits.size(); task++) {
            tasks.get(task)
                    .add(Terms.get(made, logits.get(task)), batch.labels().get(task));
        }
    }

    private void agree(Tensor values, Map<String, Tensor> made, List<Accuracy> tasks) {
        Teacher shown = teacher.orElseThrow();
        Map<String, Tensor> theirs = shown.answer(values, List.of());
        for (int task = 0; task < logits.size(); task++) {
            Tensor answer = Terms.get(theirs, shown.logits().get(task));
            tasks.get(task).add(Terms.get(made, logits.get(task)), answer);
        }
    }

    /** The network as it is now. */
    public Network trained() {
        return network.trained();
    }

    @Override
    public void close() {
        network.close();
        teacher.ifPresent(Teacher::close);
    }
}
