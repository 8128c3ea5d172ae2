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

/** Where bottlenecks can be put, best first. */
public final class BottleneckCuts {

    /** What an item's code has beyond its entropy: the coder's last state. */
    private static final double FRAME_BYTES = 4;

    /** A cut this much shallower is as good if it is narrower: depth is what makes a code small, width what it costs. */
    private static final double AS_DEEP = 0.9;

    private BottleneckCuts() {}

    /**
     * The cuts that can take a bottleneck (one float32 tensor, between fusions, not behind all work): those with no more
     * than {@code device} of the network's MACs upstream first the deepest, those within a tenth of it by width.
     *
     * @param device the most that may lie upstream, as a share
     * @return best first
     */
    public static List<Cut> ranked(Network network, Shapes shapes, double device) {
        Range.require("device's share", device, 0, 1);
        long whole = Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
        List<Cut> fitting = Cuts.candidates(network, shapes, 1).stream()
                .filter(Cut::fusionBoundary)
                .filter(cut -> cut.upstreamMacs() > 0 && cut.upstreamMacs() <= device * whole)
                .filter(cut -> takes(shapes, cut))
                .toList();
        long deepest = fitting.stream().mapToLong(Cut::upstreamMacs).max().orElse(0);
        return fitting.stream()
                .sorted(Comparator.<Cut>comparingInt(cut -> cut.upstreamMacs() >= AS_DEEP * deepest ? 0 : 1)
                        .thenComparingLong(cut -> cut.upstreamMacs() >= AS_DEEP * deepest ? cut.widthBytes() : 0)
                        .thenComparing(
                                Comparator.comparingLong(Cut::upstreamMacs).reversed())
                        .thenComparingLong(Cut::widthBytes))
                .toList();
    }

    /**
     * The cuts that one would cross without a bottleneck: of one float32 tensor, between fusions, each the first that is
     * narrower than all such cuts before it, up to the last layer's features. In their order.
     */
    public static List<Cut> natural(Network network, Shapes shapes) {
        List<Cut> narrower = new ArrayList<>();
        for (Cut cut : Cuts.candidates(network, shapes, 1)) {
            boolean works = cut.fusionBoundary() && cut.upstreamMacs() > 0 && takes(shapes, cut);
            if (works
                    && (narrower.isEmpty()
                            || cut.widthBytes()
                                    < narrower.get(narrower.size() - 1).widthBytes())) {
                narrower.add(cut);
            }
        }
        return narrower;
    }

    private static boolean takes(Shapes shapes, Cut cut) {
        return shapes.of(cut.name())
                .filter(shape -> shape.element() == ElementType.FLOAT)
                .filter(shape -> shape.dims().size() >= 2 && shape.dims().size() <= 4)
                .isPresent();
    }

    /** @throws InvalidException if no cut can take one */
    public static Cut best(Network network, Shapes shapes, double device) {
        return ranked(network, shapes, device).stream()
                .findFirst()
                .orElseThrow(() -> new InvalidException("cut: none between fusions with at most " + 100 * device
                        + " % of the MACs before it (expected: some; name one, or allow the device more)"));
    }

    /** The bits of a code of so many bytes. */
    public static double bits(double bytes) {
        Range.require("bytes", bytes, FRAME_BYTES + 1, 1e9);
        return 8 * (bytes - FRAME_BYTES);
    }

    /** The bytes of a code of so many bits. */
    public static double bytes(double bits) {
        return bits / 8 + FRAME_BYTES;
    }
}
