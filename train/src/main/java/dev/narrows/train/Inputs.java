package dev.narrows.train;

import dev.narrows.data.Dataset;
import dev.narrows.data.Kind;
import dev.narrows.data.Modality;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.graph.Dim;
import dev.narrows.graph.Network;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How a batch's values become a network's inputs: all of an item is the only input, or each input takes the modality of its
 * name. Scaled as the network was trained.
 */
public final class Inputs {

    private final Map<String, Scale> scales; // of each input
    private final Optional<Kind.Several> items;

    private Inputs(Map<String, Scale> scales, Optional<Kind.Several> items) {
        this.scales = scales;
        this.items = items;
    }

    /** Values as they are, for a network's only input. */
    public static Inputs of(Network network) {
        return of(network, List.of(), List.of());
    }

    /**
     * For a network's only input.
     *
     * @param mean taken off, see {@link Scale}
     * @param deviation divided by, see {@link Scale}
     * @throws IncompatibleException if it has several
     */
    public static Inputs of(Network network, List<Float> mean, List<Float> deviation) {
        List<String> names = names(network);
        if (names.size() != 1) {
            throw new IncompatibleException(
                    "inputs: " + names + " (expected: 1, as the items are of one modality, which has no name)");
        }
        return new Inputs(Map.of(names.get(0), new Scale(mean, deviation)), Optional.empty());
    }

    /**
     * For items of several modalities; one that no input is named after is left out.
     *
     * @param scales by modality; the values of those that are not named stay as they are
     * @throws IncompatibleException if an input has the name of none
     */
    public static Inputs of(Network network, Kind.Several items, Map<String, Scale> scales) {
        List<String> names = names(network);
        if (!items.names().containsAll(names)) {
            throw new IncompatibleException("inputs: " + names
                    + " (expected: each named as one of the items' modalities, " + items.names() + ")");
        }
        scales.keySet().forEach(items::modality);
        Map<String, Scale> byInput = new LinkedHashMap<>();
        names.forEach(name -> byInput.put(name, scales.getOrDefault(name, Scale.NONE)));
        return new Inputs(byInput, Optional.of(items));
    }

    private static List<String> names(Network network) {
        return network.inputs().stream()
                .map(ValueInfo::name)
                .filter(name -> !network.initializers().containsKey(name))
                .toList();
    }

    /**
     * The network's inputs for a batch.
     *
     * @param values as in a {@link dev.narrows.data.Batch}
     */
    Map<String, Tensor> of(Tensor values) {
        Map<String, Tensor> made = new LinkedHashMap<>();
        scales.forEach((name, scale) -> made.put(
                name,
                scale.apply(items.map(all -> part(values, all.modality(name))).orElse(values))));
        return made;
    }

    private static Tensor part(Tensor values, Modality modality) {
        long[] shape = new long[modality.shape().size() + 1];
        shape[0] = values.size(0);
        System.arraycopy(modality.dims(), 0, shape, 1, shape.length - 1);
        return values.narrow(1, modality.from(), modality.length()).reshape(shape);
    }

    /** The same in Java's memory, for ONNX Runtime. */
    Map<String, dev.narrows.engine.Tensor> ofHost(dev.narrows.engine.Tensor values) {
        Map<String, dev.narrows.engine.Tensor> made = new LinkedHashMap<>();
        Map<String, dev.narrows.engine.Tensor> split =
                items.map(all -> all.split(values)).orElse(Map.of());
        scales.forEach((name, scale) -> {
            dev.narrows.engine.Tensor own = split.getOrDefault(name, values);
            made.put(name, scale.applyHost(own));
        });
        return made;
    }

    /**
     * Items as ONNX Runtime takes them, of one each.
     *
     * @param count the most, spread evenly over the data
     */
    public List<Map<String, dev.narrows.engine.Tensor>> items(Dataset data, int count) {
        require(data);
        List<Map<String, dev.narrows.engine.Tensor>> items = new ArrayList<>();
        int size = Math.min(count, data.size());
        long[] own = data.shape();
        long[] shape = new long[own.length + 1];
        shape[0] = 1;
        System.arraycopy(own, 0, shape, 1, own.length);
        for (int i = 0; i < size; i++) {
            float[] values = data.values((int) ((long) i * data.size() / size));
            items.add(ofHost(dev.narrows.engine.Tensor.of(values, shape)));
        }
        return items;
    }

    /** @throws IncompatibleException if the items are not of the modalities that these inputs were made for */
    void require(Dataset data) {
        Optional<Kind.Several> theirs = Kind.Several.of(data);
        if (!theirs.equals(items)) {
            throw new IncompatibleException(
                    "modalities: " + described(theirs) + " (expected: " + described(items) + ", as for the inputs)");
        }
    }

    private static String described(Optional<Kind.Several> items) {
        return items.map(Kind.Several::toString).orElse("one without a name");
    }

    /**
     * Refuses items that do not fit.
     *
     * @throws IncompatibleException if there is no such input, or the items are not of the shape that it takes
     */
    void require(Network network, Dataset data) {
        require(data);
        scales.forEach((name, scale) -> {
            long[] shape = items.map(all -> all.modality(name).dims()).orElseGet(data::shape);
            requireShape(network, name, shape);
            scale.require(shape);
        });
    }

    private static void requireShape(Network network, String name, long[] shape) {
        ValueInfo input = network.inputs().stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IncompatibleException("input: \"" + name + "\" (expected: one of "
                        + network.inputs().stream().map(ValueInfo::name).toList() + ")"));
        List<Dim> dims = input.type().flatMap(TensorType::shape).orElse(List.of());
        boolean fits = dims.isEmpty() || dims.size() == shape.length + 1;
        for (int axis = 1; fits && axis < dims.size(); axis++) {
            fits = !(dims.get(axis) instanceof Dim.Known known) || known.length() == shape[axis - 1];
        }
        if (!fits) {
            List<Long> wanted = dims.stream().skip(1).map(Dim::lengthOrMinusOne).toList();
            throw new IncompatibleException("items: " + Arrays.toString(shape) + " (expected: " + wanted
                    + ", as input \"" + name + "\" takes them)");
        }
    }
}
