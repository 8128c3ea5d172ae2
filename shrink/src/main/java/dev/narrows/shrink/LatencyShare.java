package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * The share of a network's channels that has to go for a latency, found by measuring: first with all gone that can go, then
 * by bisection. More channels gone are taken to be no slower; numbers of channels that were measured are not measured again.
 *
 * @param whole how many channels each of {@link FilterPruning#sets} has
 * @param kept how many of them stay
 * @param found the least share with which the network is fast enough
 * @param tried all that were measured, in order
 */
public record LatencyShare(List<Integer> whole, List<Integer> kept, Tried found, List<Tried> tried) {

    /** How many networks are measured at most. */
    public static final int MEASUREMENTS = 10;

    private static final int HALVINGS =
            12; // to a share of 1 in 4,096; most of the last ones change no number of channels

    /**
     * A network that was measured.
     *
     * @param share of the channels that was to go
     * @param gone channels, or sets of them that hang together
     * @param ratio of its latency by the old one's
     */
    public record Tried(double share, int gone, double ratio) {}

    public LatencyShare {
        whole = List.copyOf(whole);
        kept = List.copyOf(kept);
        tried = List.copyOf(tried);
    }

    /**
     * Searches.
     *
     * @param choice what goes, by its share of all channels, 0 to 1
     * @param target the most that the latency may be of the old one's, between 0 and 1
     * @param ratio a network's latency by the old one's
     * @param done is called after each network that was measured
     * @throws InvalidException if the network is not that fast with all channels gone that can go
     */
    public static LatencyShare of(
            FilterPruning pruning,
            DoubleFunction<Set<Integer>> choice,
            double target,
            ToDoubleFunction<Network> ratio,
            Runnable done) {
        if (!(target > 0 && target < 1)) {
            throw new InvalidException("latency ratio: " + target + " (expected: between 0 and 1)");
        }
        return new Bisection(pruning, choice, ratio, done).below(target);
    }

    /** How many channels of each set stay behind a part of the way, on which each turn leaves the same share of what is left. */
    public List<Integer> kept(double part) {
        List<Integer> stay = new ArrayList<>();
        for (int set = 0; set < whole.size(); set++) {
            double share = Math.pow((double) kept.get(set) / whole.get(set), part);
            stay.add(Math.max(kept.get(set), (int) Math.round(whole.get(set) * share)));
        }
        return stay;
    }

    private static final class Bisection {
        private final FilterPruning pruning;
        private final DoubleFunction<Set<Integer>> choice;
        private final ToDoubleFunction<Network> ratio;
        private final Runnable done;
        private final List<Integer> whole;
        private final Map<List<Integer>, Tried> measured = new HashMap<>(); // by the channels that stay
        private final List<Tried> tried = new ArrayList<>();

        Bisection(
                FilterPruning pruning,
                DoubleFunction<Set<Integer>> choice,
                ToDoubleFunction<Network> ratio,
                Runnable done) {
            this.pruning = pruning;
            this.choice = choice;
            this.ratio = ratio;
            this.done = done;
            whole = pruning.kept(Set.of());
            measured.put(whole, new Tried(0, 0, 1));
        }

        LatencyShare below(double target) {
            double low = 0;
            double high = 1;
            List<Integer> kept = pruning.kept(choice.apply(high));
            Tried found = measured(high);
            if (!(found.ratio() <= target)) {
                throw new InvalidException(String.format(
                        Locale.ROOT,
                        "latency ratio: %s (expected: %.3f or more, which is what it takes with %d of %d removable channels "
                                + "gone, the most that can go)",
                        target,
                        found.ratio(),
                        found.gone(),
                        pruning.removable()));
            }
            for (int halving = 0; halving < HALVINGS && tried.size() < MEASUREMENTS; halving++) {
                double middle = (low + high) / 2;
                Tried one = measured(middle);
                if (one.ratio() <= target) {
                    high = middle;
                    found = one;
                    kept = pruning.kept(choice.apply(middle));
                } else {
                    low = middle;
                }
            }
            return new LatencyShare(whole, kept, found, tried);
        }

        private Tried measured(double share) {
            Set<Integer> chosen = choice.apply(share);
            return measured.computeIfAbsent(pruning.kept(chosen), kept -> {
                Tried one = new Tried(share, chosen.size(), ratio.applyAsDouble(pruning.removed(chosen)));
                tried.add(one);
                done.run();
                return one;
            });
        }
    }
}
