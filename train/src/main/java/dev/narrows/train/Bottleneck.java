package dev.narrows.train;

import dev.narrows.data.Dataset;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.BatchNormFolding;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.zoo.NetworkBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A network that learns to send little across a cut: an encoder and a decoder are put in at the cut, and trained for what
 * the original network answers, what it had at the cut, the labels, and few bits. Owns native memory until closed.
 *
 * <p>Training rounds the code straight through, for those who use it and for its cost. Uniform noise for the cost, as is
 * usual (D. Minnen, S. Singh: Channel-wise autoregressive entropy models for learned image compression, 2020), says twice
 * the bits where almost all of a code is one level: an aim would be missed by that.
 */
public final class Bottleneck implements Objective, AutoCloseable {

    /** The name of the tensor that crosses in a network that {@link #trained} gives. */
    public static final String CODE = BottleneckMaker.CODE;

    /**
     * How much each part of the loss counts.
     *
     * @param teacher of the original network's answers against the labels', 0 to 1
     * @param temperature of the answers
     * @param features of what the original network has at the cut
     * @param rate of a bit of an item's code: the λ of the trade of bits for accuracy
     * @param bits to aim at for an item's code as it will cross, in place of a fixed rate; 0 for none
     * @param hints inner values behind the cut that are to be as in the original network, by name
     * @param hint of the hints' mean
     */
    public record Weights(
            double teacher,
            double temperature,
            double features,
            double rate,
            double bits,
            List<String> hints,
            double hint) {

        public static final Weights DEFAULT = new Weights(0.7, 2, 0.5, 1e-3, 0);

        /** Without hints. */
        public Weights(double teacher, double temperature, double features, double rate, double bits) {
            this(teacher, temperature, features, rate, bits, List.of(), 0);
        }

        public Weights {
            hints = List.copyOf(hints);
            Range.require("weight of the hints", hint, 0, 1e6);
            Range.require("weight of the teacher", teacher, 0, 1);
            Range.require("temperature", temperature, 0.1, 100);
            Range.require("weight of the features", features, 0, 1e6);
            Range.require("rate", rate, 0, 1e3);
            Range.require("bits", bits, 0, 1e9);
        }
    }

    /** What learns, but for a front end of the zoo, which never does. */
    public enum Part {
        /** The bottleneck, free of cost where bits are aimed at; the network around it stays as it was. */
        BOTTLENECK,
        /** All of the network. */
        ALL,
        /** What is behind the code: the device's part and the codes stay as they are. */
        BEHIND
    }

    /** What a code of twice the bits that are aimed at costs more in the loss, at first. */
    private static final double PRESSURE = 0.1;

    /** The price of a bit may grow by e to this, from the start of a training to its end. */
    private static final double SPEED = 5;

    /** Codes shorter than the aim by this share cost nothing. */
    private static final double SLACK = 0.05;

    private static final double NOTICE = 0.05;
    private static final double OVER = 5;
    private static final String CODED = "coded";

    private final DifferentiableNetwork network;
    private final Network original;
    private final String cut;
    private final Inputs inputs;
    private final List<String> logits;
    private final Teacher teacher;
    private final RateModel rates;
    private final Weights weights;
    private final Hints hints;
    private final List<String> shown; // inner values that the original network shows
    private final Loss loss;
    private final int levels;
    private final Tensor aim; // [rate, bits of an item lately, progress] f64: a part of the state, as it moves
    private final Set<String> deviceNodes = new LinkedHashSet<>(); // by what they make
    private final Set<String> deviceWeights = new LinkedHashSet<>();
    private Part learns = Part.ALL;
    private double real = 1; // bits of a code at the last evaluation by what was lately expected in training

    /**
     * Puts a bottleneck in.
     *
     * @param original trained; its outputs are classes
     * @param cut of one float32 tensor
     * @throws dev.narrows.errors.UnsupportedException if the cut is of several tensors, or of another type
     * @throws InvalidException if a hint is no value that the network makes behind the cut
     */
    public Bottleneck(
            Network original,
            Shapes shapes,
            Cut cut,
            BottleneckDesign design,
            Inputs inputs,
            Loss loss,
            Weights weights,
            long seed) {
        this.original = original;
        this.cut = cut.name();
        this.inputs = inputs;
        this.weights = weights;
        this.loss = loss;
        aim = torch.zeros(new long[] {3}, new TensorOptions(ScalarType.Double));
        aim.retainReference();
        aim(weights.bits() > 0 ? PRESSURE / weights.bits() : weights.rate(), 0, 0);
        hints = new Hints(weights.hints().stream()
                .collect(Collectors.toMap(name -> name, name -> name, (one, same) -> one, LinkedHashMap::new)));
        shown = Stream.concat(Stream.of(cut.name()), hints.teachers().stream()).toList();
        requireHints(cut);
        logits = Logits.of(original);
        network = DifferentiableNetwork.of(BottleneckMaker.make(original, shapes, cut, design, seed));
        teacher = new Teacher(original, inputs);
        rates = new RateModel(design.channels(), design.levels());
        this.levels = design.levels();
        collectDevice();
    }

    private void requireHints(Cut place) {
        Set<String> behind = new LinkedHashSet<>();
        for (int node = 0; node < original.nodes().size(); node++) {
            if (!place.upstream().contains(node)) {
                behind.addAll(original.nodes().get(node).outputs());
            }
        }
        for (String hint : hints.teachers()) {
            if (!behind.contains(hint)) {
                throw new InvalidException(
                        "hint: \"" + hint + "\" (expected: a value that a node behind the cut \"" + cut + "\" makes)");
            }
        }
    }

    /** Collects what the code is made by. */
    private void collectDevice() {
        Network whole = network.network();
        Map<String, Integer> producers = whole.producers();
        Deque<String> left = new ArrayDeque<>(List.of(CODE));
        while (!left.isEmpty()) {
            String value = left.pop();
            Integer producer = producers.get(value);
            if (producer == null) {
                deviceWeights.add(value);
                continue;
            }
            Node node = whole.nodes().get(producer);
            if (deviceNodes.addAll(node.outputs())) {
                left.addAll(node.uses());
            }
        }
    }

    /**
     * Sets the encoder so that its values for these items fill the levels, and the decoder to what the cut has on the mean.
     * Call it before training.
     */
    public void fit(Dataset data) {
        CodeRange.fit(network, inputs, data, levels, cut);
    }

    /** Lets only a part learn. */
    public void learn(Part part) {
        learns = part;
        network.unfreeze(name -> true);
        network.freeze(name -> NetworkBuilder.isFrozen(name)
                || switch (part) {
                    case BOTTLENECK -> original.initializers().containsKey(name);
                    case ALL -> false;
                    case BEHIND -> deviceWeights.contains(name);
                });
    }

    /** The weight of a bit as it is now; it moves where a number of bits is aimed at. */
    public double rate() {
        return Torch.toHost(aim).toFloats()[0];
    }

    private void aim(double rate, double bits, double progress) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            aim.copy_(Torch.of(dev.narrows.engine.Tensor.of(new double[] {rate, bits, progress}, 3)));
        }
    }

    /** @throws dev.narrows.errors.IncompatibleException if the items do not fit the network */
    @Override
    public void require(Dataset data) {
        inputs.require(original, data);
    }

    @Override
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        if (learns != Part.BEHIND) {
            parameters.putAll(rates.parameters());
        }
        return parameters;
    }

    @Override
    public boolean isTrained(String name) {
        return original.initializers().containsKey(name);
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>(network.state());
        state.putAll(rates.parameters());
        state.put("rate.aim", aim);
        return state;
    }

    /** What stays as it is answers in training as ever: no dropout behind a bottleneck that learns alone. */
    @Override
    public void training(boolean on) {
        network.training(node -> on
                && switch (learns) {
                    case BOTTLENECK -> BottleneckMaker.isOwn(node);
                    case ALL -> true;
                    case BEHIND -> !deviceNodes.containsAll(node.outputs());
                });
    }

    @Override
    public Tensor loss(Tensor values, List<Tensor> targets, double progress) {
        Run run = run(values);
        if (learns == Part.BEHIND) {
            return term(run, values, targets);
        }
        Tensor bits = run.bits().div(new Scalar((double) values.size(0)));
        return term(run, values, targets).add(bits.mul(new Scalar(rate(bits.item_double(), progress))));
    }

    /**
     * What a bit costs now. With an aim it costs nothing while the code is short enough, so that a code never gets shorter
     * than it has to be and never collapses; while it is too long its price rises slowly, as what learns needs time.
     */
    private double rate(double bits, double progress) {
        if (weights.bits() == 0) {
            return weights.rate();
        }
        float[] before = Torch.toHost(aim).toFloats();
        double passed = progress > before[2] ? progress - before[2] : 0; // another training begins at 0
        double lately = before[1] == 0 ? bits : before[1] + NOTICE * (bits - before[1]);
        double over = Math.max(-1, Math.min(1, real * lately / weights.bits() - 1));
        double rate = learns == Part.BOTTLENECK ? before[0] : before[0] * Math.exp(SPEED * passed * over);
        aim(rate, lately, progress);
        return rate * Math.max(0, Math.min(1, (real * bits / weights.bits() - 1) / SLACK + 1));
    }

    private Tensor term(Run run, Tensor values, List<Tensor> targets) {
        Map<String, Tensor> theirs = teacher.answer(values, shown);
        Tensor sum = Terms.zero();
        for (int task = 0; task < logits.size(); task++) {
            Tensor ours = Terms.get(run.made(), logits.get(task));
            if (weights.teacher() < 1 && task < targets.size()) {
                sum = sum.add(loss.of(ours, targets.get(task)).mul(new Scalar(1 - weights.teacher())));
            }
            if (weights.teacher() > 0) {
                Tensor answers = Terms.get(theirs, logits.get(task));
                sum = sum.add(Losses.distillation(ours, answers, weights.temperature())
                        .mul(new Scalar(weights.teacher())));
            }
        }
        if (weights.features() > 0) {
            Tensor decoded = Terms.get(run.made(), BottleneckMaker.DECODED);
            sum = sum.add(
                    Losses.featureMatching(decoded, Terms.get(theirs, cut)).mul(new Scalar(weights.features())));
        }
        if (weights.hint() > 0 && !weights.hints().isEmpty()) {
            sum = sum.add(hints.loss(run.made(), theirs).mul(new Scalar(weights.hint())));
        }
        return sum;
    }

    private record Run(Map<String, Tensor> made, Tensor bits) {}

    private Run run(Tensor values) {
        AtomicReference<@Nullable Tensor> real = new AtomicReference<>();
        Map<String, UnaryOperator<Tensor>> replacements = new LinkedHashMap<>();
        replacements.put(BottleneckMaker.REAL, code -> {
            real.set(code);
            return code;
        });
        replacements.put(
                CODE, rounded -> straightThrough(Optional.ofNullable(real.get()).orElseThrow(), rounded));
        List<String> wanted = new ArrayList<>(logits);
        wanted.add(BottleneckMaker.DECODED);
        wanted.add(CODE);
        wanted.addAll(hints.students());
        Map<String, Tensor> made = network.forward(inputs.of(values), wanted, replacements);
        Tensor code = Optional.ofNullable(real.get()).orElseThrow();
        if (learns == Part.BOTTLENECK && weights.bits() > 0) {
            code = code.detach(); // the table learns what the code costs, the code is free to tell what it can
        }
        return new Run(made, rates.bits(code, Terms.get(made, CODE)));
    }

    /** The rounded value, with the gradient of the one that was not. */
    private static Tensor straightThrough(Tensor real, Tensor rounded) {
        return real.add(rounded.sub(real).detach());
    }

    /**
     * {@code score}: accuracy less what the coded bits cost; {@code accuracy}; {@code bits} an item, as expected; {@code
     * coded}: bits an item, as the codec makes them.
     */
    @Override
    public Map<String, Double> evaluate(Dataset data) {
        List<Accuracy> tasks = logits.stream().map(any -> new Accuracy()).toList();
        double[] sums = new double[2];
        CodedLength length = new CodedLength(CODE);
        Accuracy.overAll(data, (values, batch) -> {
            Run run = run(values);
            for (int task = 0; task < logits.size(); task++) {
                tasks.get(task)
                        .add(
                                Terms.get(run.made(), logits.get(task)),
                                batch.labels().get(task));
            }
            sums[0] += run.bits().item_double();
            length.add(Torch.toHost(Terms.get(run.made(), CODE).to(ScalarType.Float)));
            Tensor error = Losses.distillation(
                    Terms.get(run.made(), logits.get(0)),
                    Terms.get(teacher.answer(values, List.of()), logits.get(0)),
                    1);
            sums[1] += error.item_double() * batch.size();
        });
        double bits = sums[0] / data.size();
        double coded = length.meanBits();
        double rate = rate();
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("score", Accuracy.mean(tasks) - price(coded));
        scores.put("accuracy", Accuracy.mean(tasks));
        scores.put("bits", bits);
        scores.put(CODED, coded);
        scores.put("divergence", sums[1] / data.size());
        scores.put("rate", rate);
        return scores;
    }

    /** What bits take off the score: with a rate the rate; with an aim whatever is over it, so that who meets it wins. */
    private double price(double bits) {
        return weights.bits() == 0 ? weights.rate() * bits : OVER * Math.max(0, bits / weights.bits() - 1);
    }

    /**
     * An aim is meant for codes as they cross: these have contexts and framing, which the rates do not know, and are of items
     * that nobody mixed or disturbed.
     */
    @Override
    public void scored(Map<String, Double> scores) {
        double expected = Torch.toHost(aim).toFloats()[1];
        double coded = scores.getOrDefault(CODED, 0.0);
        real = expected > 0 && coded > 0 ? coded / expected : 1;
    }

    /**
     * The network with the bottleneck: the code, of whole numbers, is the tensor {@link #CODE}. What the bottleneck
     * normalises in training is folded into its convolutions.
     */
    public Network trained() {
        return BatchNormFolding.fold(network.trained(), BottleneckMaker::isOwn);
    }

    @Override
    public void close() {
        network.close();
        teacher.close();
        rates.close();
        aim.close();
    }
}
