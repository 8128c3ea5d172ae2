package dev.narrows.train;

import dev.narrows.data.Dataset;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.graph.BatchNormFolding;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.zoo.NetworkBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A classifier that learns to answer early: exits at some of its cuts learn the labels and what the last layer answers (M.
 * Phuong, C. Lampert: Distillation-based training for multi-exit architectures, 2019). The network itself stays as it is, or
 * learns along, held to what it answered before. Owns native memory until closed.
 */
public final class Exits implements Objective, AutoCloseable {

    /**
     * How much each part of the loss counts.
     *
     * @param last in an exit's loss, of the last layer's answers against the labels', 0 to 1
     * @param original in the last layer's loss, of the original network's answers against the labels', 0 to 1
     * @param temperature of the answers
     * @param exits of the exits' mean loss beside the last layer's, where all learn
     */
    public record Weights(double last, double original, double temperature, double exits) {

        public static final Weights DEFAULT = new Weights(0.5, 0.7, 3, 1);

        public Weights {
            Range.require("weight of the last layer", last, 0, 1);
            Range.require("weight of the original", original, 0, 1);
            Range.require("temperature", temperature, 0.1, 100);
            Range.require("weight of the exits", exits, 1e-6, 1e6);
        }
    }

    private final DifferentiableNetwork network;
    private final Network original;
    private final Inputs inputs;
    private final String last;
    private final long classes;
    private final List<String> exits = new ArrayList<>();
    private final Teacher teacher;
    private final Weights weights;
    private final Loss loss;
    private boolean alone;

    /**
     * Attaches exits.
     *
     * @param original trained; its output is classes
     * @param cuts in order, each of one float32 tensor
     * @throws dev.narrows.errors.UnsupportedException if exits cannot be attached, see {@link ExitMaker#attach}
     */
    public Exits(
            Network original,
            Shapes shapes,
            List<Cut> cuts,
            ExitDesign design,
            Inputs inputs,
            Loss loss,
            Weights weights,
            long seed) {
        this.original = original;
        this.inputs = inputs;
        this.weights = weights;
        this.loss = loss;
        Network merged = ExitMaker.attach(original, shapes, cuts, design, seed);
        classes =
                shapes.of(original.outputs().get(0).name()).orElseThrow().dims().get(1);
        last = Logits.of(original).get(0);
        for (int exit = 0; exit < cuts.size(); exit++) {
            exits.add(ExitMaker.logits(exit));
        }
        network = DifferentiableNetwork.of(merged);
        teacher = new Teacher(original, inputs);
    }

    /**
     * Lets only the exits learn, or all of the network but a front end of the zoo.
     *
     * @param kept weights that stay as they are in any case
     */
    public void alone(boolean exitsOnly, Predicate<String> kept) {
        alone = exitsOnly;
        Predicate<String> trunk = name -> original.initializers().containsKey(name);
        Predicate<String> fixed = trunk.and(name -> exitsOnly || NetworkBuilder.isFrozen(name) || kept.test(name));
        network.unfreeze(name -> true);
        network.freeze(fixed);
    }

    /** @throws IncompatibleException if items or labels do not fit the network */
    @Override
    public void require(Dataset data) {
        inputs.require(original, data);
        if (data.labels().size() != 1 || data.labels().get(0).classes().size() != classes) {
            throw new IncompatibleException("classes: "
                    + data.labels().stream().map(task -> task.classes().size()).toList()
                    + " in the data's tasks (expected: one task of " + classes + ", as the network's output)");
        }
    }

    @Override
    public Map<String, Tensor> parameters() {
        return network.parameters();
    }

    @Override
    public boolean isTrained(String name) {
        return original.initializers().containsKey(name);
    }

    @Override
    public Map<String, Tensor> state() {
        return network.state();
    }

    /** A network that stays as it is answers in training as ever: no dropout before an exit that learns alone. */
    @Override
    public void training(boolean on) {
        network.training(node -> on && (!alone || ExitMaker.isOfExit(node)));
    }

    @Override
    public Tensor loss(Tensor values, List<Tensor> targets, double progress) {
        Map<String, Tensor> made = made(values);
        Tensor answers = Terms.get(made, last);
        Tensor sum = Terms.zero();
        for (String exit : exits) {
            sum = sum.add(term(Terms.get(made, exit), targets, answers, weights.last()));
        }
        Tensor early = sum.mul(new Scalar(weights.exits() / exits.size()));
        if (alone) {
            return early;
        }
        Tensor before = Terms.get(teacher.answer(values, List.of()), last);
        return early.add(term(answers, targets, before, weights.original()));
    }

    /** The loss against labels and against a teacher, who gets no gradient. */
    private Tensor term(Tensor answers, List<Tensor> targets, Tensor shown, double ofTeacher) {
        Tensor taught = Losses.distillation(answers, shown, weights.temperature());
        if (targets.isEmpty()) {
            return taught;
        }
        return loss.of(answers, targets.get(0)).mul(new Scalar(1 - ofTeacher)).add(taught.mul(new Scalar(ofTeacher)));
    }

    private Map<String, Tensor> made(Tensor values) {
        List<String> wanted = new ArrayList<>(exits);
        wanted.add(last);
        return network.forward(inputs.of(values), wanted);
    }

    /**
     * {@code score}, the mean of the last layer's accuracy and of the exits' mean accuracy; {@code accuracy} of the last
     * layer; {@code exit1} … of each exit.
     */
    @Override
    public Map<String, Double> evaluate(Dataset data) {
        List<Accuracy> early = exits.stream().map(exit -> new Accuracy()).toList();
        Accuracy full = new Accuracy();
        Accuracy.overAll(data, (values, batch) -> {
            Map<String, Tensor> made = made(values);
            full.add(Terms.get(made, last), batch.labels().get(0));
            for (int exit = 0; exit < exits.size(); exit++) {
                early.get(exit)
                        .add(Terms.get(made, exits.get(exit)), batch.labels().get(0));
            }
        });
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("score", (full.share() + Accuracy.mean(early)) / 2);
        scores.put("accuracy", full.share());
        for (int exit = 0; exit < early.size(); exit++) {
            scores.put("exit" + (exit + 1), early.get(exit).share());
        }
        return scores;
    }

    /** The network as it is now, taken apart; what the exits normalise in training is folded into their convolutions. */
    public ExitMaker.Parts trained() {
        return ExitMaker.apart(BatchNormFolding.fold(network.trained(), ExitMaker::isOfExit));
    }

    @Override
    public void close() {
        network.close();
        teacher.close();
    }
}
