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
 * @param kept the layers that stay in float32, the one with most noise for its work first
 * @param tried how many networks were asked
 */
public record MixedPrecision(Network network, List<Int8.Sensitivity> kept, int tried) {

    public MixedPrecision {
        kept = List.copyOf(kept);
    }

    /**
     * Searches. Noise of layers about adds up, so that those with most noise for the work that they save stay in float32 first, by
     * bisection as many as it takes; then each of them, the one with least noise first, goes back to bytes if that is good
     * enough after all: together layers can do less harm than each alone, where they share a value.
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
                .sorted(Comparator.comparingDouble(Int8.Sensitivity::noisePerWork).reversed())
                .toList();
        List<Int8.Sensitivity> kept =
                new ArrayList<>(order.subList(0, int8.kept(options, wanted, order, counted)));
        boolean all = kept.size() == order.size();
        boolean any = !all || counted.test(without(int8, options, wanted, kept)); // bisection asks not for all in float32
        for (int i = kept.size() - 1; i >= 0 && any; i--) {
            Int8.Sensitivity back = kept.remove(i);
            if (!counted.test(without(int8, options, wanted, kept))) {
                kept.add(i, back);
            }
        }
        return new MixedPrecision(without(int8, options, wanted, kept), kept, tried[0]);
    }

    private static Network without(
            Int8 int8, Int8Options options, Predicate<Node> wanted, List<Int8.Sensitivity> kept) {
        Set<Node> left = Collections.newSetFromMap(new IdentityHashMap<>());
        kept.forEach(one -> left.add(one.layer()));
        return int8.quantized(options, node -> wanted.test(node) && !left.contains(node));
    }
}
