package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/*
 * Noise that layers make by sharing is taken to add up at the outputs, so that the least bits for a noise are found by one
 * price for it: each layer takes the bits whose code length and noise, at that price, are least together (Y. Shoham, A.
 * Gersho, Efficient bit allocation for an arbitrary set of quantizers, 1988). Which price is good enough is found by
 * halving, on the network itself.
 */

/** How many bits each layer's shared values get: few where that costs few bits of the answers' quality, more elsewhere. */
public final class BitAllocation {

    private static final int LEAST_BITS = 2;
    private static final double LOWEST_PRICE = 1e-3; // log₂ of bits for a noise as strong as the signal; halved between
    private static final double HIGHEST_PRICE = 1e12;
    private static final int HALVINGS = 12;

    private final WeightSharing sharing;
    private final List<Sensitivity> sensitivities;

    /**
     * What sharing does to one layer.
     *
     * @param layer it alone shared
     * @param bits of its values
     * @param codeBits the entropy of its values' frequencies, for all its weights that are not 0
     * @param noise of the outputs by their signal, as powers
     */
    public record Sensitivity(LayerWeight layer, int bits, double codeBits, double noise) {}

    private BitAllocation(WeightSharing sharing, List<Sensitivity> sensitivities) {
        this.sharing = sharing;
        this.sensitivities = List.copyOf(sensitivities);
    }

    /** How many networks {@link #of} runs. */
    public static int runs(WeightSharing sharing) {
        return sharing.layers().size() * (WeightSharing.MOST_BITS - LEAST_BITS + 1);
    }

    /**
     * Shares each layer alone with each number of bits.
     *
     * @param reference the network's answers
     * @param done is called after each run
     */
    public static BitAllocation of(WeightSharing sharing, Reference reference, Runnable done) {
        List<Sensitivity> found = new ArrayList<>();
        for (LayerWeight layer : sharing.layers()) {
            for (int bits = LEAST_BITS; bits <= WeightSharing.MOST_BITS; bits++) {
                int own = bits;
                Network alone = sharing.shared(
                        other -> other.weight().name().equals(layer.weight().name()) ? own : 0);
                double decibel = reference.difference(alone).signalToNoise();
                double codeBits = codeBits(
                        alone.initializers().getOrDefault(layer.weight().name(), layer.weight()));
                found.add(new Sensitivity(layer, bits, codeBits, Math.pow(10, -decibel / 10)));
                done.run();
            }
        }
        return new BitAllocation(sharing, found);
    }

    /** Bits by the entropy of the values that are not 0. */
    private static double codeBits(ConstantTensor shared) {
        float[] values = shared.floats();
        Arrays.sort(values);
        double logarithms = 0;
        double others = 0;
        int from = 0;
        for (int to = 1; to <= values.length; to++) {
            if (to == values.length || values[to] != values[from]) {
                double count = values[from] == 0 ? 0 : to - from;
                logarithms += count == 0 ? 0 : count * Math.log(count);
                others += count;
                from = to;
            }
        }
        return others == 0 ? 0 : (others * Math.log(others) - logarithms) / Math.log(2);
    }

    /** The bits of each layer, by its weights' name, at a price of noise. */
    private Map<String, Integer> at(double price) {
        Map<String, Sensitivity> chosen = new LinkedHashMap<>();
        for (Sensitivity one : sensitivities) {
            chosen.merge(
                    one.layer().weight().name(),
                    one,
                    (best, other) -> cost(other, price) < cost(best, price) ? other : best);
        }
        Map<String, Integer> bits = new LinkedHashMap<>();
        chosen.forEach((name, one) -> bits.put(name, one.bits()));
        return bits;
    }

    private static double cost(Sensitivity one, double price) {
        return one.codeBits() + price * one.noise();
    }

    /**
     * The least bits with which a network is good enough.
     *
     * @param good whether it is; more bits are taken to be no worse
     * @return the bits by the weights' names; empty if even {@value WeightSharing#MOST_BITS} of all are not good enough
     */
    public Optional<Map<String, Integer>> least(Predicate<Network> good) {
        double low = Math.log(LOWEST_PRICE);
        double high = Math.log(HIGHEST_PRICE);
        Map<String, Integer> best = at(HIGHEST_PRICE);
        if (!good.test(shared(best))) {
            return Optional.empty();
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            Map<String, Integer> tried = at(Math.exp(middle));
            if (tried.equals(best) || good.test(shared(tried))) {
                best = tried;
                high = middle;
            } else {
                low = middle;
            }
        }
        return Optional.of(Collections.unmodifiableMap(best));
    }

    /** The network with so many bits by the weights' names. */
    public Network shared(Map<String, Integer> bits) {
        return sharing.shared(layer -> bits.getOrDefault(layer.weight().name(), 0));
    }
}
