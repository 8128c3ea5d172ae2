package dev.narrows.plan;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A few cuts out of the candidates that divide a network's work about equally, where nothing better is known: at fusion
 * boundaries, through single tensors if those suffice, and narrow rather than wide.
 */
public final class CutChoice {

    /** What a cut as wide as all candidates' mean costs, in units of a segment's squared share of the work. */
    private static final double WIDTH_WEIGHT = 0.05;

    private CutChoice() {}

    /** Chooses among all candidates of a network. */
    public static List<Cut> balanced(Network network, Shapes shapes, int count) {
        long macs = Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
        return balanced(
                Cuts.candidates(network, shapes, Cuts.DEFAULT_MAX_TENSORS),
                count,
                macs,
                network.nodes().size());
    }

    /**
     * Chooses cuts in order, each preceding the next: among single-tensor cuts at fusion boundaries; if no {@code count}
     * of those form a chain, among all at fusion boundaries; then among all.
     *
     * @param candidates in topological order
     * @param count how many, 1 or more
     * @param totalMacs of the network; where it is 0 nodes are counted in its stead
     * @param nodes of the network
     * @throws InvalidException if no {@code count} candidates form a chain
     */
    static List<Cut> balanced(List<Cut> candidates, int count, long totalMacs, int nodes) {
        if (count < 1) {
            throw new InvalidException("cuts: " + count + " (expected: 1 or more)");
        }
        List<Predicate<Cut>> tiers =
                List.of(cut -> cut.fusionBoundary() && cut.tensors().size() == 1, Cut::fusionBoundary, cut -> true);
        for (Predicate<Cut> tier : tiers) {
            List<Cut> chosen = choose(candidates.stream().filter(tier).toList(), count, totalMacs, nodes);
            if (!chosen.isEmpty()) {
                return chosen;
            }
        }
        throw new InvalidException(
                "cuts: " + count + " (expected: as many as form a chain, of " + candidates.size() + " candidates)");
    }

    /** Least sum of squared shares of work and of widths, by dynamic programming over the last cut; O(count · n²). */
    private static List<Cut> choose(List<Cut> cuts, int count, long totalMacs, int nodes) {
        int n = cuts.size();
        if (n < count) {
            return List.of();
        }
        double[] work = new double[n]; // share upstream
        double[] toll = new double[n];
        double meanWidth = cuts.stream().mapToLong(Cut::widthBytes).average().orElse(1);
        for (int i = 0; i < n; i++) {
            Cut cut = cuts.get(i);
            work[i] = totalMacs > 0
                    ? (double) cut.upstreamMacs() / totalMacs
                    : (double) cut.upstream().size() / nodes;
            toll[i] = WIDTH_WEIGHT / (count + 1) * cut.widthBytes() / Math.max(1, meanWidth);
        }
        double[][] cost = new double[count][n];
        int[][] before = new int[count][n];
        for (int k = 0; k < count; k++) {
            Arrays.fill(cost[k], Double.POSITIVE_INFINITY);
            for (int i = k; i < n; i++) {
                if (k == 0) {
                    cost[k][i] = work[i] * work[i] + toll[i];
                    continue;
                }
                for (int j = k - 1; j < i; j++) {
                    double share = work[i] - work[j];
                    double sum = cost[k - 1][j] + share * share + toll[i];
                    if (sum < cost[k][i] && precedes(cuts.get(j), cuts.get(i))) {
                        cost[k][i] = sum;
                        before[k][i] = j;
                    }
                }
            }
        }
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            double sum = cost[count - 1][i] + (1 - work[i]) * (1 - work[i]);
            if (sum < least) {
                least = sum;
                best = i;
            }
        }
        if (best < 0) {
            return List.of();
        }
        List<Cut> chosen = new ArrayList<>();
        for (int k = count - 1, i = best; k >= 0; i = before[k][i], k--) {
            chosen.add(0, cuts.get(i));
        }
        return chosen;
    }

    private static boolean precedes(Cut a, Cut b) {
        return a.upstream().size() < b.upstream().size() && a.precedes(b);
    }
}
