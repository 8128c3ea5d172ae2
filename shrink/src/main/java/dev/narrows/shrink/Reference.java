package dev.narrows.shrink;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a network answers to sample items, to hold others against. */
public final class Reference {

    private final List<Map<String, Tensor>> items;
    private final List<Map<String, Tensor>> answers;

    private Reference(List<Map<String, Tensor>> items, List<Map<String, Tensor>> answers) {
        this.items = items;
        this.answers = answers;
    }

    /**
     * Runs the network.
     *
     * @param items a tensor for each of its inputs
     */
    public static Reference of(Network network, List<Map<String, Tensor>> items) {
        return new Reference(List.copyOf(items), run(network, items));
    }

    private static List<Map<String, Tensor>> run(Network network, List<Map<String, Tensor>> items) {
        List<Map<String, Tensor>> answers = new ArrayList<>();
        try (Session session = open(network)) {
            items.forEach(item -> answers.add(session.run(item)));
        }
        return answers;
    }

    static Session open(Network network) {
        return Session.open(network.name(), OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT);
    }

    public List<Map<String, Tensor>> items() {
        return items;
    }

    /**
     * How another network's answers differ.
     *
     * @param items how many it was run on
     * @param largest the largest difference of an element, relative to its output's largest magnitude in the item; not
     *     finite where only one of the two is a number, or shapes differ
     * @param mean the mean difference, relative to the mean magnitude of the reference, of the worst output
     * @param signalToNoise of all outputs: the reference's power by that of the differences, in decibel; infinite where
     *     there is no difference, infinite below 0 where answers are no numbers
     * @param agreement the share of items whose largest element is at the same place in every output of class scores
     */
    public record Difference(int items, double largest, double mean, double signalToNoise, double agreement) {}

    /** Runs another network with the same inputs and outputs. */
    public Difference difference(Network network) {
        List<Map<String, Tensor>> others = run(network, items);
        double largest = 0;
        double worstMean = 0;
        double signal = 0;
        double noise = 0;
        int agreeing = 0;
        for (int i = 0; i < answers.size(); i++) {
            boolean agrees = true;
            for (Map.Entry<String, Tensor> answer : answers.get(i).entrySet()) {
                Gap gap = Gap.of(answer.getValue(), others.get(i).get(answer.getKey()));
                largest = Math.max(largest, gap.largest()); // NaN stays
                agrees &= gap.sameArgmax();
                signal += gap.signal();
                noise += gap.noise();
            }
            agreeing += agrees ? 1 : 0;
        }
        if (!answers.isEmpty()) {
            for (String output : answers.get(0).keySet()) {
                worstMean = Math.max(worstMean, meanError(output, others));
            }
        }
        return new Difference(
                items.size(),
                largest,
                worstMean,
                Double.isNaN(noise) ? Double.NEGATIVE_INFINITY : 10 * Math.log10(signal / noise),
                items.isEmpty() ? 1 : (double) agreeing / items.size());
    }

    private double meanError(String output, List<Map<String, Tensor>> others) {
        double error = 0;
        double magnitude = 0;
        for (int i = 0; i < answers.size(); i++) {
            float[] expected = get(answers.get(i), output).toFloats();
            float[] actual = get(others.get(i), output).toFloats();
            for (int k = 0; k < expected.length && expected.length == actual.length; k++) {
                error += Math.abs((double) expected[k] - actual[k]);
                magnitude += Math.abs(expected[k]);
            }
        }
        return magnitude == 0 ? error : error / magnitude;
    }

    private static Tensor get(Map<String, Tensor> outputs, String name) {
        Tensor tensor = outputs.get(name);
        if (tensor == null) {
            throw new IncompatibleException(
                    "outputs: " + outputs.keySet() + " (expected: \"" + name + "\" among them)");
        }
        return tensor;
    }

    private record Gap(double largest, boolean sameArgmax, double signal, double noise) {

        static Gap of(Tensor expected, @Nullable Tensor actual) {
            if (actual == null || !Arrays.equals(expected.shape(), actual.shape())) {
                return new Gap(Double.NaN, false, 0, Double.NaN);
            }
            double magnitude = 0;
            double signal = 0;
            double noise = 0;
            float[] wanted = expected.toFloats();
            float[] given = actual.toFloats();
            for (int i = 0; i < wanted.length; i++) {
                double error = (double) wanted[i] - given[i];
                magnitude = Math.max(magnitude, Math.abs(wanted[i]));
                signal += (double) wanted[i] * wanted[i];
                noise += error * error;
            }
            double difference = expected.maxAbsDifference(actual);
            boolean scores = expected.elements() > 1;
            return new Gap(
                    magnitude > 0 ? difference / magnitude : difference,
                    !scores || expected.argmax() == actual.argmax(),
                    signal,
                    noise);
        }
    }
}
