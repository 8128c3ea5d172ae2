package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import dev.narrows.wire.bundle.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A gate for each exit: the exit answers if the gate's sureness is the threshold or more. Sureness is the largest
 * probability, 1 − entropy / log classes, the margin, or what a {@link LearnedGate} says; all after the exit's temperature.
 *
 * @param learned by exit; empty for other kinds
 * @param thresholds by exit; {@link #NEVER} for an exit that is not used, and costs nothing
 */
public record ChosenGates(GateKind kind, List<LearnedGate> learned, List<Double> thresholds) {

    public static final double NEVER = Double.POSITIVE_INFINITY;

    public ChosenGates {
        learned = List.copyOf(learned);
        thresholds = List.copyOf(thresholds);
        if (learned.size() != (kind == GateKind.LEARNED ? thresholds.size() : 0)) {
            throw new InvalidException("learned gates: " + learned.size() + " (expected: one for each exit of kind "
                    + GateKind.LEARNED.id() + ", else none)");
        }
    }

    /** Gates that are closed; of the learned kind they are fitted to the items. */
    static ChosenGates closed(GateKind kind, ExitAnswers answers) {
        List<LearnedGate> learned = new ArrayList<>();
        List<Double> thresholds = new ArrayList<>();
        for (int exit = 0; exit < answers.exits(); exit++) {
            if (kind == GateKind.LEARNED) {
                learned.add(LearnedGate.fit(
                        answers.features().get(exit), answers.right().get(exit)));
            }
            thresholds.add(NEVER);
        }
        return new ChosenGates(kind, learned, thresholds);
    }

    ChosenGates with(List<Double> newThresholds) {
        return new ChosenGates(kind, learned, newThresholds);
    }

    /** Whether the exit is used. */
    public boolean uses(int exit) {
        return thresholds.get(exit) < NEVER;
    }

    /**
     * An exit's gate as bundles have it; empty if it stays closed.
     *
     * @param classes that the exit knows: entropy is in nats there
     */
    public Optional<Gate> gate(int exit, int classes) {
        if (!uses(exit)) {
            return Optional.empty();
        }
        double threshold = thresholds.get(exit);
        return Optional.of(
                switch (kind) {
                    case MAX_PROBABILITY -> new Gate.MaxProbability(threshold);
                    case ENTROPY -> new Gate.Entropy((1 - threshold) * Math.log(classes));
                    case MARGIN -> new Gate.Margin(threshold);
                    case LEARNED ->
                        new Gate.Learned(
                                learned.get(exit).weights(), learned.get(exit).bias(), threshold);
                });
    }

    /** How sure the exit's gate is of an answer, 0 to 1. */
    double sureness(int exit, double[] features) {
        return switch (kind) {
            case MAX_PROBABILITY -> features[0];
            case ENTROPY -> 1 - features[1];
            case MARGIN -> features[2];
            case LEARNED -> learned.get(exit).of(features);
        };
    }

    /** (exits, items) */
    double[][] sureness(ExitAnswers answers) {
        double[][] all = new double[answers.exits()][answers.size()];
        for (int exit = 0; exit < all.length; exit++) {
            for (int item = 0; item < answers.size(); item++) {
                all[exit][item] = sureness(exit, answers.features().get(exit)[item]);
            }
        }
        return all;
    }
}
