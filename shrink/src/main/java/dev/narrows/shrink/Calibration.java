package dev.narrows.shrink;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        List<ValueInfo> outputs = new ArrayList<>();
        Map<String, Integer> axes = new LinkedHashMap<>(); // that count channels
        for (LinearNode layer : plan.layers().values()) {
            if (!layer.node().is("MatMul")) { // it has no bias that could make up for anything
                axes.put(layer.node().inputs().get(0), 1);
            }
        }
        for (String value : plan.values()) {
            calibration.seen.put(value, new Histogram());
            outputs.add(ValueInfo.of(value, new TensorType(ElementType.FLOAT, Optional.empty())));
        }
        List<String> inputs = network.inputs().stream().map(ValueInfo::name).toList();
        outputs.removeIf(output -> inputs.contains(output.name()));
        Network probed = outputs.isEmpty() ? network : network.withOutputs(outputs);
        try (Session session =
                Session.open("calibration", OnnxWriter.write(probed), Map.of(), SessionOptions.DEFAULT)) {
            int count = 0;
            for (Map<String, Tensor> item : items) {
                Map<String, Tensor> values = new LinkedHashMap<>(item);
                values.putAll(session.run(item));
                count++;
                for (Map.Entry<String, Histogram> entry : calibration.seen.entrySet()) {
                    Tensor tensor = values.get(entry.getKey());
                    if (tensor == null) {
                        throw new IllegalStateException(entry.getKey());
                    }
                    float[] numbers = tensor.toFloats();
                    entry.getValue().add(numbers);
                    Integer axis = axes.get(entry.getKey());
                    if (axis != null) {
                        calibration.average(entry.getKey(), numbers, tensor.shape(), axis, count);
                    }
                }
            }
        }
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
    Range range(String value, CalibrationMethod method) {
        Histogram histogram = seen.get(value);
        if (histogram == null || histogram.isEmpty()) {
            throw new ExecutionException("calibration: no finite number (expected: some), value \"" + value + "\"");
        }
        return method.range(histogram);
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
