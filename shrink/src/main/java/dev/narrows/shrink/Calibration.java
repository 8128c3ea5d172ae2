package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * What a network's activations are like, seen on sample items that stream by: a {@link Histogram} of each value (16 KiB),
 * and the means of the channels that layers read.
 */
final class Calibration {

    private final Map<String, Histogram> seen = new LinkedHashMap<>();
    private final Map<String, double[]> channelMeans = new LinkedHashMap<>();

    private Calibration() {}

    /** Runs the network, with every planned value as an output, on each item. */
    static Calibration of(Network network, QuantizationPlan plan, List<Map<String, Tensor>> items) {
        Calibration calibration = new Calibration();
        Map<String, Integer> axes = new LinkedHashMap<>(); // that count channels
        for (LinearNode layer : plan.layers().values()) {
            if (!layer.node().is("MatMul")) { // it has no bias that could make up for anything
                axes.put(layer.node().inputs().get(0), 1);
            }
        }
        plan.values().forEach(value -> calibration.seen.put(value, new Histogram()));
        int[] count = new int[1];
        Probe.each(network, plan.values(), items, item -> {
            count[0]++;
            calibration.seen.forEach((value, histogram) -> {
                float[] numbers = item.numbers(value);
                histogram.add(numbers);
                Integer axis = axes.get(value);
                if (axis != null) {
                    calibration.average(value, numbers, item.shape(value), axis, count[0]);
                }
            });
        });
        return calibration;
    }

    private void average(String value, float[] numbers, long[] shape, int axis, int count) {
        int channels = Math.toIntExact(shape[axis]);
        int inner = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            inner *= Math.toIntExact(shape[i]);
        }
        double[] sums = new double[channels];
        for (int i = 0; i < numbers.length; i++) {
            sums[i / inner % channels] += numbers[i];
        }
        double[] means = channelMeans.computeIfAbsent(value, key -> new double[channels]);
        double each = (double) numbers.length / channels;
        for (int channel = 0; channel < channels; channel++) {
            means[channel] += (sums[channel] / each - means[channel]) / count;
        }
    }

    /**
     * The range of a value.
     *
     * @throws ExecutionException if none of its numbers was finite
     */
    Range range(String value, CalibrationMethod method, ActivationGrid grid) {
        return grid.range(histogram(value), method);
    }

    /** That on a grid of unsigned bytes, with ends shrunk where that brings less error behind the function that is all that reads the value. */
    Range range(String value, CalibrationMethod method, DoubleUnaryOperator function) {
        Histogram histogram = histogram(value);
        return CalibrationMethod.shrunk(
                method.range(histogram), range -> Clipping.squaredError(histogram, range, function));
    }

    private Histogram histogram(String value) {
        Histogram histogram = seen.get(value);
        if (histogram == null || histogram.isEmpty()) {
            throw new ExecutionException("calibration: no finite number (expected: some), value \"" + value + "\"");
        }
        return histogram;
    }

    /** The mean of each channel of a value that a layer reads. */
    double[] channelMeans(String value) {
        double[] means = channelMeans.get(value);
        if (means == null) {
            throw new IllegalStateException(value);
        }
        return means;
    }
}
