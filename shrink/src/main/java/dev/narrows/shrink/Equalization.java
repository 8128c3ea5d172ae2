package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scales channels between layers so that all of a value fill its one grid (cross-layer equalisation, Nagel et al.
 * 2019): what makes a channel is multiplied by a factor, and what reads it divided by it, which changes no answer.
 *
 * <p>There the weights' ranges on both sides are made alike. Here weights have a grid for each channel of their output,
 * so that the maker's do not mind; the activation's range as seen takes their place, as in SmoothQuant (Xiao et al.
 * 2022), and where all readers are depthwise, whose weights do not mind either, activations alone count. A Clip between
 * holds where it is if channels that reach it stay as they are and others grow no further than {@value #ROOM} times
 * what was seen fits under it: beyond that they are clipped, as an end of their grid would. Biases need no absorption,
 * since ranges are measured.
 */
final class Equalization {

    private static final double ROOM = 1.25;
    private static final double MOST = 256; // of a factor, either way
    private static final int SWEEPS = 2; // factors of a place depend a little on those of the next

    private final Map<String, float[]> weights = new HashMap<>();
    private final Map<String, float[]> reach = new HashMap<>(); // the largest magnitude of each channel of a value

    private Equalization() {}

    /**
     * The equalised network; the same one if there is nothing to be scaled.
     *
     * @param items whose channels' magnitudes are looked at
     */
    static Network equalized(Network network, Shapes shapes, List<Map<String, Tensor>> items) {
        List<EqualizationSite> sites = EqualizationSite.of(network, shapes);
        if (sites.isEmpty()) {
            return network;
        }
        Equalization work = new Equalization();
        Set<String> values = new LinkedHashSet<>();
        sites.forEach(site -> values.addAll(site.values()));
        Probe.each(network, values, items, item -> values.forEach(value -> work.see(value, item)));
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            sites.forEach(work::equalize);
        }
        Map<String, ConstantTensor> held = new HashMap<>(network.initializers());
        Patch patch = Patch.of(network, shapes);
        work.weights.forEach((name, numbers) -> {
            ConstantTensor old = Optional.ofNullable(held.get(name)).orElseThrow();
            boolean same = old.elements() == numbers.length; // a Gemm's addend can be one number for all channels
            patch.put(ConstantTensor.of(name, same ? old.dims() : List.of((long) numbers.length), numbers));
        });
        return patch.apply();
    }

    private void see(String value, Probe.Item item) {
        long[] shape = item.shape(value);
        float[] numbers = item.numbers(value);
        int channels = Math.toIntExact(shape[1]);
        float[] largest = reach.computeIfAbsent(value, name -> new float[channels]);
        int inner = numbers.length / channels / Math.toIntExact(shape[0]);
        for (int i = 0; i < numbers.length; i++) {
            int channel = i / inner % channels;
            largest[channel] = Math.max(largest[channel], Math.abs(numbers[i]));
        }
    }

    private void equalize(EqualizationSite site) {
        double[] factors = factors(site);
        int first = 0;
        for (LinearNode maker : site.makers()) {
            float[] own = weights(maker, 1);
            for (int i = 0; i < own.length; i++) {
                own[i] *= (float) factors[first + maker.channelOf(i)];
            }
            if (maker.node().inputs().size() > 2
                    && !maker.node().inputs().get(2).isEmpty()) {
                float[] bias = weights(maker, 2);
                for (int channel = 0; channel < bias.length; channel++) {
                    bias[channel] *= (float) factors[first + channel];
                }
            }
            first += maker.channels();
        }
        for (LinearNode reader : site.readers()) {
            float[] own = weights(reader, 1);
            InputChannels inputs = InputChannels.of(reader);
            for (int i = 0; i < own.length; i++) {
                own[i] /= (float) factors[inputs.of(i)];
            }
        }
        for (String value : site.values()) {
            float[] seen = reach(value);
            for (int channel = 0; channel < seen.length; channel++) {
                seen[channel] *= (float) factors[channel];
            }
        }
    }

    /** What each channel is multiplied by. */
    private double[] factors(EqualizationSite site) {
        int channels = site.channels();
        double[] activation = new double[channels];
        site.values().forEach(value -> raise(activation, reach(value)));
        double[] column = new double[channels];
        boolean depthwise = true;
        for (LinearNode reader : site.readers()) {
            InputChannels inputs = InputChannels.of(reader);
            float[] own = weights(reader, 1);
            depthwise &= reader.node().is("Conv") && reader.weight().dims().get(1) == 1;
            for (int i = 0; i < own.length; i++) {
                column[inputs.of(i)] = Math.max(column[inputs.of(i)], Math.abs(own[i]));
            }
        }
        double mostSeen = Arrays.stream(activation).max().orElse(0);
        double largest = Double.isInfinite(site.clip()) ? mostSeen : site.clip();
        double mostColumn = Arrays.stream(column).max().orElse(0);
        double[] factors = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            double room = largest / activation[channel];
            double wanted = depthwise ? room : Math.sqrt(room * column[channel] / mostColumn);
            double least = 1 / MOST;
            double most = MOST;
            if (!Double.isInfinite(site.clip())) {
                least = 1;
                most = Math.max(1, Math.min(MOST, room / ROOM));
            }
            boolean dead = !(activation[channel] > 0 && column[channel] > 0);
            factors[channel] = dead ? 1 : Math.max(least, Math.min(most, wanted));
        }
        return factors;
    }

    private static void raise(double[] largest, float[] seen) {
        for (int channel = 0; channel < largest.length; channel++) {
            largest[channel] = Math.max(largest[channel], seen[channel]);
        }
    }

    private float[] reach(String value) {
        return Optional.ofNullable(reach.get(value)).orElseThrow(() -> new IllegalStateException(value));
    }

    /** A layer's weights (1) or its bias (2), to be changed in place. */
    private float[] weights(LinearNode layer, int input) {
        return weights.computeIfAbsent(
                layer.node().inputs().get(input),
                name -> input == 1 ? layer.weight().floats() : bias(layer));
    }

    private static float[] bias(LinearNode layer) {
        double[] exact = layer.bias();
        float[] bias = new float[exact.length];
        for (int channel = 0; channel < bias.length; channel++) {
            bias[channel] = (float) exact[channel];
        }
        return bias;
    }
}
