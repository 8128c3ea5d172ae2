package dev.narrows.shrink;

import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which layers stay in float32, so that a network is good enough and does as much as it can with bytes.
 *
 * @param network the quantised one
 * @param kept the layers that stay in float32, in the order in which that was decided
 * @param tried how many networks were asked
 */
public record MixedPrecision(Network network, List<Int8.Sensitivity> kept, int tried) {

    public MixedPrecision {
        kept = List.copyOf(kept);
    }

    /**
     * Searches. Noise of layers about adds up, so that those with most noise for the work that they save stay in
     * float32 first, by bisection as many as it takes; then each of them, the one with least noise first, goes back to
     * bytes if that is good enough after all: together layers can do less harm than each alone, where they share a
     * value. Before and after that, layers on bytes between so much on floats that converting takes longer than they
     * save ({@link ByteRegions}) stay in float32 as well.
     *
     * @param wanted which layers may be quantised at all
     * @param sensitivities of all those
     * @param good whether a network is good enough
     */
    public static MixedPrecision of(
            Int8 int8,
            Int8Options options,
            Predicate<Node> wanted,
            List<Int8.Sensitivity> sensitivities,
            Predicate<Network> good) {
        int[] tried = new int[1];
        Predicate<Network> counted = network -> {
            tried[0]++;
            return good.test(network);
        };
        List<Int8.Sensitivity> order = sensitivities.stream()
                .sorted(Comparator.comparingDouble(Int8.Sensitivity::noisePerWork)
                        .reversed())
                .toList();
        List<Int8.Sensitivity> kept = new ArrayList<>(order.subList(0, int8.kept(options, wanted, order, counted)));
        boolean any = kept.size() < order.size() // bisection asks not for all in float32
                || counted.test(without(int8, options, wanted, kept));
        if (any) {
            keepIslands(int8, wanted, order, kept);
            putBack(int8, options, wanted, kept, counted);
            keepIslands(int8, wanted, order, kept);
        }
        return new MixedPrecision(without(int8, options, wanted, kept), kept, tried[0]);
    }

    /**
     * The layers on bytes.
     *
     * @param wanted which layers could be quantised at all
     */
    public Predicate<Node> onBytes(Predicate<Node> wanted) {
        return bytes(wanted, kept);
    }

    private static void putBack(
            Int8 int8,
            Int8Options options,
            Predicate<Node> wanted,
            List<Int8.Sensitivity> kept,
            Predicate<Network> good) {
        for (int i = kept.size() - 1; i >= 0; i--) {
            Int8.Sensitivity back = kept.remove(i);
            if (!good.test(without(int8, options, wanted, kept))) {
                kept.add(i, back);
            }
        }
    }

    /** Leaves in float32, too, what would be on bytes among so much on floats that nothing is gained; until nothing is. */
    private static void keepIslands(
            Int8 int8, Predicate<Node> wanted, List<Int8.Sensitivity> order, List<Int8.Sensitivity> kept) {
        boolean changed = !kept.isEmpty();
        while (changed) {
            Set<Node> islands = Collections.newSetFromMap(new IdentityHashMap<>());
            islands.addAll(int8.notWorthTheirBorders(bytes(wanted, kept)));
            List<Int8.Sensitivity> more =
                    order.stream().filter(one -> islands.contains(one.layer())).toList();
            kept.addAll(more);
            changed = !more.isEmpty();
        }
    }

    private static Network without(
            Int8 int8, Int8Options options, Predicate<Node> wanted, List<Int8.Sensitivity> kept) {
        return int8.quantized(options, bytes(wanted, kept));
    }

    private static Predicate<Node> bytes(Predicate<Node> wanted, List<Int8.Sensitivity> kept) {
        Set<Node> left = Collections.newSetFromMap(new IdentityHashMap<>());
        kept.forEach(one -> left.add(one.layer()));
        return node -> wanted.test(node) && !left.contains(node);
    }
}
