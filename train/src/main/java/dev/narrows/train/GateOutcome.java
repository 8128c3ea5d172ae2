package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;

/**
 * What gates do on items.
 *
 * @param coverage the share of the items that exits answer
 * @param accuracy of all items, whoever answers
 * @param loss of accuracy against the network as it was, a share; negative if it is better
 * @param lossError standard error of the loss over the items, paired
 * @param meanMacs mean multiply-accumulates of what is run for an item
 * @param macsShare the same over the whole trunk's
 * @param calibrationError |accuracy − mean confidence| of the items that exits answer; 0 if there are none
 * @param surenessError the same with the gate's sureness in place of the confidence: it says something of learned gates,
 *     whose sureness is a probability of being right
 * @param exits what each does
 */
public record GateOutcome(
        double coverage,
        double accuracy,
        double loss,
        double lossError,
        double meanMacs,
        double macsShare,
        double calibrationError,
        double surenessError,
        List<Exit> exits) {

    /**
     * One exit.
     *
     * @param coverage the share of all items that it answers
     * @param accuracy of those, 0 if there are none
     * @param confidence mean largest probability of those, at its temperature; 0 if there are none
     */
    public record Exit(double coverage, double accuracy, double confidence) {}

    public GateOutcome {
        exits = List.copyOf(exits);
    }

    static GateOutcome of(ExitAnswers answers, ChosenGates gates) {
        int size = answers.size();
        if (size == 0) {
            throw new InvalidException("items: none of a known class (expected: some, to measure gates)");
        }
        int exits = answers.exits();
        int[] answered = new int[exits];
        int[] hits = new int[exits];
        double[] confidences = new double[exits];
        double sureness = 0;
        double macs = 0;
        int right = 0;
        int lost = 0;
        int differs = 0;
        for (int item = 0; item < size; item++) {
            int end = 0;
            while (end < exits && !passes(answers, gates, end, item)) {
                macs += gates.uses(end) ? answers.costs().heads().get(end) : 0;
                end++;
            }
            boolean early = end < exits;
            boolean hit = early ? answers.right().get(end)[item] : answers.last()[item];
            if (early) {
                answered[end]++;
                hits[end] += hit ? 1 : 0;
                confidences[end] += answers.features().get(end)[item][0];
                sureness += gates.sureness(end, answers.features().get(end)[item]);
                macs += answers.costs().reach().get(end)
                        + answers.costs().heads().get(end);
            } else {
                macs += answers.costs().trunk();
            }
            right += hit ? 1 : 0;
            lost += (answers.original()[item] ? 1 : 0) - (hit ? 1 : 0);
            differs += answers.original()[item] == hit ? 0 : 1;
        }
        List<Exit> each = new ArrayList<>();
        int covered = 0;
        double confidence = 0;
        int allHits = 0;
        for (int exit = 0; exit < exits; exit++) {
            int count = Math.max(1, answered[exit]);
            each.add(new Exit((double) answered[exit] / size, (double) hits[exit] / count, confidences[exit] / count));
            covered += answered[exit];
            confidence += confidences[exit];
            allHits += hits[exit];
        }
        double loss = (double) lost / size;
        double error = Math.sqrt(Math.max(0, (double) differs / size - loss * loss) / size);
        return new GateOutcome(
                (double) covered / size,
                (double) right / size,
                loss,
                error,
                macs / size,
                macs / size / answers.costs().trunk(),
                Math.abs(allHits - confidence) / Math.max(1, covered),
                Math.abs(allHits - sureness) / Math.max(1, covered),
                each);
    }

    private static boolean passes(ExitAnswers answers, ChosenGates gates, int exit, int item) {
        return gates.uses(exit)
                && gates.sureness(exit, answers.features().get(exit)[item])
                        >= gates.thresholds().get(exit);
    }
}
