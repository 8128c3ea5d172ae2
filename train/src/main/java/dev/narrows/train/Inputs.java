package dev.narrows.train;

import dev.narrows.data.Dataset;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Dim;
import dev.narrows.graph.Network;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * How a batch's values become a network's input: taken less {@code mean}, over {@code deviation}, channel by channel, as
 * the network was trained.
 *
 * @param name of the input
 * @param mean of each channel; empty for 0
 * @param deviation of each channel; empty for 1
 */
public record Inputs(String name, List<Float> mean, List<Float> deviation) {

    public Inputs {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (!deviation.isEmpty() && !mean.isEmpty() && mean.size() != deviation.size()) {
            throw new IncompatibleException(
                    "mean: " + mean.size() + " channels (expected: as the deviation, " + deviation.size() + ")");
        }
        mean.forEach(value -> Range.require("mean", value, -Float.MAX_VALUE, Float.MAX_VALUE));
        deviation.forEach(value -> Range.require("deviation", value, Float.MIN_NORMAL, Float.MAX_VALUE));
    }

    /** Values as they are, for a network's only input. */
    public static Inputs of(Network network) {
        return of(network, List.of(), List.of());
    }

    /**
     * For a network's only input.
     *
     * @throws IncompatibleException if it has several
     */
    public static Inputs of(Network network, List<Float> mean, List<Float> deviation) {
        List<ValueInfo> inputs = network.inputs().stream()
                .filter(input -> !network.initializers().containsKey(input.name()))
                .toList();
        if (inputs.size() != 1) {
            throw new IncompatibleException("inputs: " + inputs.size() + " (expected: 1)");
        }
        return new Inputs(inputs.get(0).name(), mean, deviation);
    }

    /**
     * The network's inputs for a batch.
     *
     * @param values (items, …) f32
     */
    Map<String, Tensor> of(Tensor values) {
        Tensor shifted = mean.isEmpty() ? values : values.sub(perChannel(mean, values.dim()));
        return Map.of(name, deviation.isEmpty() ? shifted : shifted.div(perChannel(deviation, values.dim())));
    }

    /** The same in Java's memory, for ONNX Runtime. */
    Map<String, dev.narrows.engine.Tensor> ofHost(dev.narrows.engine.Tensor values) {
        if (mean.isEmpty() && deviation.isEmpty()) {
            return Map.of(name, values);
        }
        try (PointerScope scope = new PointerScope()) {
            return Map.of(
                    name,
                    Torch.toHost(
                            Optional.ofNullable(of(Torch.of(values)).get(name)).orElseThrow()));
        }
    }

    private static Tensor perChannel(List<Float> numbers, long rank) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i);
        }
        long[] shape = new long[(int) rank];
        Arrays.fill(shape, 1);
        shape[values.length == 1 ? 0 : 1] = values.length;
        return Torch.of(dev.narrows.engine.Tensor.of(values, shape));
    }

    /** @throws IncompatibleException if there is no such input, or the items are not of the shape that it takes */
    void require(Network network, Dataset data) {
        ValueInfo input = network.inputs().stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IncompatibleException("input: \"" + name + "\" (expected: one of "
                        + network.inputs().stream().map(ValueInfo::name).toList() + ")"));
        List<Dim> dims = input.type().flatMap(TensorType::shape).orElse(List.of());
        long[] shape = data.shape();
        boolean fits = dims.isEmpty() || dims.size() == shape.length + 1;
        for (int axis = 1; fits && axis < dims.size(); axis++) {
            fits = !(dims.get(axis) instanceof Dim.Known known) || known.length() == shape[axis - 1];
        }
        if (!fits) {
            List<Long> wanted = dims.stream().skip(1).map(Dim::lengthOrMinusOne).toList();
            throw new IncompatibleException("items: " + Arrays.toString(shape) + " (expected: " + wanted
                    + ", as input \"" + name + "\" takes them)");
        }
        int channels = Math.max(mean.size(), deviation.size());
        if (channels > 1 && (shape.length == 0 || shape[0] != channels)) {
            throw new IncompatibleException("items: " + Arrays.toString(shape) + " (expected: of " + channels
                    + " channels, as the mean and the deviation)");
        }
    }
}
