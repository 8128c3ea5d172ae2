package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Gates of one kind, chosen on held items for least work within an allowed loss of accuracy.
 *
 * <p>Thresholds that are the best on some items are worse on others: the search picks what happened to be right there. So it
 * is done over with halves: thresholds (and learned gates) from one half lose on the other half what they will lose on new
 * items, on average. Over {@value #SPLITS} random halvings, both ways, the loss that the search is told to allow is lowered
 * until the mean loss on the other halves is within what the user allows; with that the search runs on all items. A
 * confidence bound would be surer, but at the thousands of items that there are it is as wide as the loss that is allowed,
 * and would close most gates; {@link GateOutcome#lossError} says how far chance reaches.
 *
 * @param gates as chosen
 * @param inner the loss that the search was told to allow, a share
 * @param loss mean loss of accuracy on the other halves against the network as it was, a share; may be negative
 * @param macs mean multiply-accumulates on the other halves
 * @param kept whether the loss is within what was allowed; if not, all gates are closed
 */
public record GateChoice(ChosenGates gates, double inner, double loss, double macs, boolean kept) {

    private static final int SPLITS = 10;
    private static final int STEPS = 20;

    /** Below this halves say nothing. */
    private static final int FEWEST = 8;

    /**
     * Chooses.
     *
     * @param held what was answered to items that nothing was trained on
     * @param allowed loss of accuracy, a share
     */
    static GateChoice of(GateKind kind, ExitAnswers held, double allowed, long seed) {
        Range.require("allowed loss", allowed, 0, 1);
        if (held.size() < FEWEST) {
            throw new InvalidException(
                    "held items: " + held.size() + " (expected: " + FEWEST + " or more, to choose gates on)");
        }
        List<Half> halves = halves(kind, held, seed);
        ChosenGates closed = ChosenGates.closed(kind, held);
        ThresholdSearch search = new ThresholdSearch(held, closed);
        for (int step = STEPS; step >= 0; step--) {
            double inner = allowed * step / STEPS;
            Optional<List<Double>> thresholds = search.best(inner);
            double loss = halves.stream()
                    .mapToDouble(half -> half.other(inner).loss())
                    .average()
                    .orElse(0);
            if (thresholds.isPresent() && loss <= allowed) {
                double macs = halves.stream()
                        .mapToDouble(half -> half.other(inner).meanMacs())
                        .average()
                        .orElse(0);
                return new GateChoice(closed.with(thresholds.get()), inner, loss, macs, true);
            }
        }
        GateOutcome full = GateOutcome.of(held, closed);
        return new GateChoice(closed, 0, full.loss(), full.meanMacs(), full.loss() <= allowed);
    }

    /** Thresholds for several allowed losses, for a curve: no margin is taken. */
    static List<ChosenGates> sweep(GateKind kind, ExitAnswers held, List<Double> losses) {
        ChosenGates closed = ChosenGates.closed(kind, held);
        ThresholdSearch search = new ThresholdSearch(held, closed);
        return losses.stream()
                .flatMap(loss -> search.best(loss).stream())
                .map(closed::with)
                .distinct()
                .toList();
    }

    /** One half to choose on, one to look at. */
    private record Half(ChosenGates closed, ThresholdSearch search, ExitAnswers rest) {

        GateOutcome other(double allowed) {
            return GateOutcome.of(rest, search.best(allowed).map(closed::with).orElse(closed));
        }
    }

    private static List<Half> halves(GateKind kind, ExitAnswers held, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] items = new int[held.size()];
        Arrays.setAll(items, i -> i);
        List<Half> halves = new ArrayList<>();
        for (int split = 0; split < SPLITS; split++) {
            for (int i = items.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = items[i];
                items[i] = items[j];
                items[j] = swap;
            }
            ExitAnswers one = held.at(Arrays.copyOf(items, items.length / 2));
            ExitAnswers two = held.at(Arrays.copyOfRange(items, items.length / 2, items.length));
            halves.add(half(kind, one, two));
            halves.add(half(kind, two, one));
        }
        return halves;
    }

    private static Half half(GateKind kind, ExitAnswers seen, ExitAnswers rest) {
        ChosenGates closed = ChosenGates.closed(kind, seen);
        return new Half(closed, new ThresholdSearch(seen, closed), rest);
    }
}
