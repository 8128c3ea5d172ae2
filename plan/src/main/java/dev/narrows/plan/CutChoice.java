package dev.narrows.plan;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Fusions;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Cuts that divide a network into a few segments of some weight, where nothing better is known: the narrowest together
 * of those that leave each segment its least share of the work.
 *
 * <p>What a cut costs inside one process is mostly its layout there and back (docs/facts.md), and between two machines
 * its bytes; both grow with its width. Equal shares are not asked for: on MobileNetV2 they cost twice as much.
 */
public final class CutChoice {

    /** Least shares of the work, in units of an equal one; the next is tried where the one before leaves no choice. */
    private static final List<Double> LEAST_SHARES = List.of(0.5, 0.25, 0.1);

    private CutChoice() {}

    /**
     * Chooses among all candidates of a network: such as keep every bit if those suffice, else such as go through a
     * single tensor at a fusion boundary, then all at fusion boundaries, then all.
     *
     * @param count how many, 1 or more
     * @return in order, each preceding the next
     * @throws InvalidException if no {@code count} candidates form a chain
     */
    public static List<Cut> narrowest(Network network, Shapes shapes, int count) {
        Fusions fusions = Fusions.of(network);
        long macs = Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
        return narrowest(
                Cuts.candidates(network, shapes, Cuts.DEFAULT_MAX_TENSORS),
                cut -> fusions.keepsBits(cut.upstream()),
                count,
                macs,
                network.nodes().size());
    }

    /**
     * Chooses among candidates.
     *
     * @param candidates in topological order
     * @param totalMacs of the network; where it is 0 nodes are counted in its stead
     * @param nodes of the network
     */
    static List<Cut> narrowest(List<Cut> candidates, Predicate<Cut> keepsBits, int count, long totalMacs, int nodes) {
        if (count < 1) {
            throw new InvalidException("cuts: " + count + " (expected: 1 or more)");
        }
        Predicate<Cut> single = cut -> cut.fusionBoundary() && cut.tensors().size() == 1;
        List<Predicate<Cut>> tiers =
                List.of(cut -> single.test(cut) && keepsBits.test(cut), single, Cut::fusionBoundary, cut -> true);
        ToDoubleFunction<Cut> work = cut -> totalMacs > 0
                ? (double) cut.upstreamMacs() / totalMacs
                : (double) cut.upstream().size() / nodes;
        for (Predicate<Cut> tier : tiers) {
            List<Cut> cuts = candidates.stream().filter(tier).toList();
            for (double share : LEAST_SHARES) {
                List<Cut> chosen = choose(cuts, count, share / (count + 1), work);
                if (!chosen.isEmpty()) {
                    return chosen;
                }
            }
        }
        for (Predicate<Cut> tier : tiers) { // segments of no weight, where there is no other way
            List<Cut> chosen = choose(candidates.stream().filter(tier).toList(), count, 0, work);
            if (!chosen.isEmpty()) {
                return chosen;
            }
        }
        throw new InvalidException(
                "cuts: " + count + " (expected: as many as form a chain, of " + candidates.size() + " candidates)");
    }

    /**
     * Least sum of widths by dynamic programming over the last cut, O(count · n²); empty if there is no chain.
     *
     * @param work what of the network's lies upstream of a cut, 0 to 1
     */
    private static List<Cut> choose(List<Cut> cuts, int count, double leastShare, ToDoubleFunction<Cut> work) {
        int n = cuts.size();
        double[][] width = new double[count][n];
        int[][] before = new int[count][n];
        for (int k = 0; k < count; k++) {
            Arrays.fill(width[k], Double.POSITIVE_INFINITY);
            for (int i = k; i < n; i++) {
                Cut cut = cuts.get(i);
                if (k == 0) {
                    width[k][i] = work.applyAsDouble(cut) >= leastShare ? cut.widthBytes() : Double.POSITIVE_INFINITY;
                }
                for (int j = k - 1; k > 0 && j < i; j++) {
                    double sum = width[k - 1][j] + cut.widthBytes();
                    if (sum < width[k][i]
                            && work.applyAsDouble(cut) - work.applyAsDouble(cuts.get(j)) >= leastShare
                            && precedes(cuts.get(j), cut)) {
                        width[k][i] = sum;
                        before[k][i] = j;
                    }
                }
            }
        }
        int best = -1;
        for (int i = 0; i < n; i++) {
            boolean rest = 1 - work.applyAsDouble(cuts.get(i)) >= leastShare;
            if (rest && width[count - 1][i] < (best < 0 ? Double.POSITIVE_INFINITY : width[count - 1][best])) {
                best = i;
            }
        }
        List<Cut> chosen = new ArrayList<>();
        for (int k = count - 1, i = best; best >= 0 && k >= 0; i = before[k][i], k--) {
            chosen.add(0, cuts.get(i));
        }
        return chosen;
    }

    private static boolean precedes(Cut a, Cut b) {
        return a.upstream().size() < b.upstream().size() && a.precedes(b);
    }
}
