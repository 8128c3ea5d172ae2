package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where exits can be attached. */
public final class ExitCuts {

    /** Shares of the network's work behind which exits are tried if nothing else is said. */
    public static final List<Double> SHARES = List.of(0.25, 0.5, 0.75);

    private ExitCuts() {}

    /** The cuts that can take an exit: one float32 tensor of 2 to 4 axes, between fusions, work on both sides. */
    public static List<Cut> candidates(Network network, Shapes shapes) {
        long whole = macs(network, shapes);
        return Cuts.candidates(network, shapes, 1).stream()
                .filter(Cut::fusionBoundary)
                .filter(cut -> cut.upstreamMacs() > 0 && cut.upstreamMacs() < whole)
                .filter(cut -> shapes.of(cut.name())
                        .filter(shape -> shape.element() == ElementType.FLOAT)
                        .filter(shape ->
                                shape.dims().size() >= 2 && shape.dims().size() <= 4)
                        .isPresent())
                .toList();
    }

    /**
     * The candidates nearest to shares of the network's multiply-accumulates; of several as near the narrowest. Shares that
     * share a candidate have it once.
     *
     * @param shares of what lies upstream, above 0 and below 1
     * @return in the network's order
     * @throws InvalidException if there is no candidate
     */
    public static List<Cut> near(Network network, Shapes shapes, List<Double> shares) {
        List<Cut> candidates = candidates(network, shapes);
        if (candidates.isEmpty()) {
            throw new InvalidException("cut: none of one float tensor between fusions (expected: one; name it)");
        }
        long whole = macs(network, shapes);
        List<Cut> chosen = new ArrayList<>();
        for (double share : shares) {
            Range.require("share", share, 0.001, 0.999);
            Cut nearest = candidates.stream()
                    .min(Comparator.<Cut>comparingDouble(cut -> Math.abs(cut.upstreamMacs() - share * whole))
                            .thenComparingLong(Cut::widthBytes))
                    .orElseThrow();
            if (!chosen.contains(nearest)) {
                chosen.add(nearest);
            }
        }
        chosen.sort(Comparator.comparingInt(cut -> cut.upstream().size()));
        return chosen;
    }

    /** The network's multiply-accumulates for one item. */
    public static long macs(Network network, Shapes shapes) {
        return Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }
}
