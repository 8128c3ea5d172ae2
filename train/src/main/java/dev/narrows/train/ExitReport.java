package dev.narrows.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What exits are worth: temperatures and gates chosen on held items, and what they do on test items that nothing was chosen
 * on. All of it is computed from what ONNX Runtime answered.
 *
 * @param allowed loss of accuracy, a share
 * @param original accuracy on the test items of the network as it was
 * @param last the same of the last layer now
 * @param exits in their order
 * @param kinds what gates of each kind do
 * @param classes that the network tells apart
 * @param best the kind with the least work on held items among those that keep to the allowed loss
 */
public record ExitReport(
        double allowed,
        double original,
        double last,
        List<Exit> exits,
        List<Kind> kinds,
        int classes,
        GateKind best,
        ExitCosts costs) {

    /** The losses that {@link #curve} is made for, shares. */
    private static final List<Double> LOSSES =
            List.of(0.0, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3);

    /**
     * One exit, if it answered every item.
     *
     * @param accuracy on the test items
     * @param before its reliability on the test items as it was trained
     * @param after the same at its temperature
     */
    public record Exit(Calibration calibration, double accuracy, Reliability before, Reliability after) {}

    /**
     * One kind of gates.
     *
     * @param choice on held items
     * @param test what it does on the test items
     * @param curve what gates for other losses do on the test items, the least loss first
     */
    public record Kind(GateChoice choice, GateOutcome test, List<GateOutcome> curve) {

        public Kind {
            curve = List.copyOf(curve);
        }

        public GateKind kind() {
            return choice.gates().kind();
        }
    }

    public ExitReport {
        exits = List.copyOf(exits);
        kinds = List.copyOf(kinds);
    }

    /** What one run over items gave: of exits and last layer, and of the network as it was. */
    public record Answers(List<LabelledLogits> logits, LabelledLogits original) {

        public Answers {
            logits = List.copyOf(logits);
        }
    }

    /**
     * Calibrates, chooses and measures.
     *
     * @param held items to choose on, that nothing was trained on
     * @param test items to report on
     * @param allowed loss of accuracy against the network as it was, a share
     */
    public static ExitReport of(Answers held, Answers test, ExitCosts costs, double allowed, long seed) {
        List<Exit> exits = new ArrayList<>();
        List<Double> temperatures = new ArrayList<>();
        for (int exit = 0; exit < costs.reach().size(); exit++) {
            Calibration calibration = Calibration.of(held.logits().get(exit));
            temperatures.add(calibration.temperature());
            LabelledLogits answers = test.logits().get(exit);
            exits.add(new Exit(
                    calibration,
                    answers.accuracy(),
                    Reliability.of(answers, 1),
                    Reliability.of(answers, calibration.temperature())));
        }
        ExitAnswers seen = ExitAnswers.of(held.logits(), temperatures, held.original(), costs);
        ExitAnswers unseen = ExitAnswers.of(test.logits(), temperatures, test.original(), costs);
        List<Kind> kinds = new ArrayList<>();
        for (GateKind kind : GateKind.values()) {
            GateChoice choice = GateChoice.of(kind, seen, allowed, seed);
            List<GateOutcome> curve = GateChoice.sweep(kind, seen, LOSSES).stream()
                    .map(gates -> GateOutcome.of(unseen, gates))
                    .toList();
            kinds.add(new Kind(choice, GateOutcome.of(unseen, choice.gates()), curve));
        }
        GateKind best = kinds.stream()
                .min(Comparator.<Kind>comparingInt(kind -> kind.choice().kept() ? 0 : 1)
                        .thenComparingDouble(kind -> kind.choice().macs()))
                .orElseThrow()
                .kind();
        LabelledLogits end = test.logits().get(costs.reach().size());
        return new ExitReport(
                allowed, test.original().accuracy(), end.accuracy(), exits, kinds, end.classes(), best, costs);
    }

    /** The kind that was found best. */
    public Kind chosen() {
        return kinds.stream().filter(kind -> kind.kind() == best).findFirst().orElseThrow();
    }
}
