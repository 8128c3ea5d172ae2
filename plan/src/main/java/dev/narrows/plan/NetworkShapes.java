package dev.narrows.plan;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Dim;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Types and shapes of all values of a network, found by running it: with one item, with another one (what differs
 * depends on data), and with two items where its batch is free (what grows in axis 0 from one to two counts items).
 */
public final class NetworkShapes {

    private static final long SEED = 1;

    /** Operators whose outputs' lengths are a matter of their inputs' values, whatever two items happen to show. */
    private static final Set<String> DATA_DEPENDENT =
            Set.of("NonZero", "NonMaxSuppression", "Unique", "Compress", "StringSplit");

    private final Network network;
    private final InputLengths lengths;
    private final Map<String, Tensor> samples;

    private NetworkShapes(Network network, InputLengths lengths, Map<String, Tensor> samples) {
        this.network = network;
        this.lengths = lengths;
        this.samples = samples;
    }

    /**
     * Shapes with random items.
     *
     * @param inputShapes lengths of inputs' axes by input name; needed for free axes other than the batch, -1 or absent
     *     elsewhere. A free axis 0 counts items whatever is given for it; {@link #pinned} fixes it
     * @throws InvalidException if a free axis is not given, or a given length does not fit; the message names the input
     * @throws dev.narrows.errors.UnsupportedException if the runtime cannot load the network
     */
    public static Shapes infer(Network network, Map<String, List<Long>> inputShapes) {
        return infer(network, inputShapes, Map.of());
    }

    /**
     * Shapes with given values for some inputs, where random ones would not do (a sample rate, an index).
     *
     * @param samples tensors by input name, for one item; their shapes count as given
     */
    public static Shapes infer(Network network, Map<String, List<Long>> inputShapes, Map<String, Tensor> samples) {
        Map<String, List<Long>> given = new HashMap<>(inputShapes);
        samples.forEach((name, tensor) -> {
            List<Long> shape = new ArrayList<>();
            for (long length : tensor.shape()) {
                shape.add(length);
            }
            given.put(name, shape);
        });
        return new NetworkShapes(network, new InputLengths(network, given), Map.copyOf(samples)).infer();
    }

    /**
     * The network with the given lengths written into its inputs, axis 0 included where it is given as 0 or more; axes of
     * the same name follow. A batch that is fixed at 1 allows cuts through tensors in which the batch is not axis 0.
     */
    public static Network pinned(Network network, Map<String, List<Long>> inputShapes) {
        new InputLengths(network, inputShapes).checkGiven();
        Map<String, Long> symbols = new HashMap<>();
        for (ValueInfo input : network.inputs()) {
            List<Long> given = inputShapes.get(input.name());
            List<Dim> dims = input.type().flatMap(TensorType::shape).orElse(List.of());
            for (int axis = 0; given != null && axis < dims.size(); axis++) {
                if (dims.get(axis) instanceof Dim.Symbol symbol && given.get(axis) >= 0) {
                    symbols.put(symbol.name(), given.get(axis));
                }
            }
        }
        List<ValueInfo> inputs = new ArrayList<>();
        for (ValueInfo input : network.inputs()) {
            inputs.add(new ValueInfo(
                    input.name(),
                    input.type().map(type -> pinned(type, inputShapes.get(input.name()), symbols)),
                    input.doc(),
                    input.encoded()));
        }
        return network.withInputs(inputs);
    }

    private static TensorType pinned(
            TensorType type, @org.jspecify.annotations.Nullable List<Long> given, Map<String, Long> symbols) {
        if (type.shape().isEmpty()) {
            return given == null
                    ? type
                    : TensorType.of(type.element(), given.stream().map(Dim::of).toList());
        }
        List<Dim> dims = new ArrayList<>();
        for (Dim dim : type.shape().get()) {
            long own = given == null ? -1 : given.get(dims.size());
            if (dim instanceof Dim.Symbol symbol && symbols.containsKey(symbol.name())) {
                dims.add(new Dim.Known(symbols.get(symbol.name())));
            } else {
                dims.add(own >= 0 ? new Dim.Known(own) : dim);
            }
        }
        return TensorType.of(type.element(), dims);
    }

    private Shapes infer() {
        try (ShapeProbe probe = new ShapeProbe(network)) {
            Map<String, List<Long>> one = probe.run(item(1, SEED)).orElseGet(() -> inferred(1));
            Optional<Map<String, List<Long>>> other = probe.run(item(1, SEED + 1));
            Map<String, List<Long>> two = Map.of();
            boolean batched = false;
            if (lengths.canBeTwo()) {
                two = probe.run(item(2, SEED)).orElseGet(() -> other.isPresent() ? Map.of() : inferred(2));
                batched = countsItems(one, two);
            }
            return collect(probe.types(), one, other.orElse(one), batched ? two : one, batched);
        }
    }

    private Map<String, List<Long>> inferred(long items) {
        return ShapeProbe.inferred(lengths.fixed(items));
    }

    private Shapes collect(
            Map<String, TensorSpec> types,
            Map<String, List<Long>> one,
            Map<String, List<Long>> other,
            Map<String, List<Long>> two,
            boolean batched) {
        Map<String, Shapes.Shape> shapes = new LinkedHashMap<>();
        for (TensorSpec input : lengths.specs(1)) {
            boolean counts = batched && lengths.batched().contains(input.name());
            shapes.put(input.name(), new Shapes.Shape(Elements.elementType(input.dtype()), input.shape(), counts));
        }
        network.initializers()
                .forEach((name, tensor) -> shapes.put(name, new Shapes.Shape(tensor.type(), tensor.dims(), false)));
        Set<String> unsteady = new HashSet<>();
        for (Node node : network.nodes()) {
            for (String value : node.outputs()) {
                TensorSpec type = types.get(value);
                List<Long> dims = one.get(value);
                if (type == null || dims == null) {
                    continue;
                }
                List<Long> twice = two.getOrDefault(value, List.of(-1L));
                boolean counts = countsItems(dims, twice);
                shapes.put(value, new Shapes.Shape(Elements.elementType(type.dtype()), dims, counts));
                boolean steady = dims.equals(other.getOrDefault(value, dims)) && (counts || dims.equals(twice));
                if (!steady || DATA_DEPENDENT.contains(node.opType())) {
                    unsteady.add(value);
                }
            }
        }
        return new Shapes(shapes, unsteady);
    }

    /** Whether the outputs count items in axis 0, or do not change at all; at least one must. */
    private boolean countsItems(Map<String, List<Long>> one, Map<String, List<Long>> two) {
        for (ValueInfo input : network.inputs()) {
            if (!lengths.batched().contains(input.name()) && !lengths.sameForTwo(input.name())) {
                return false;
            }
        }
        boolean any = false;
        for (ValueInfo output : network.outputs()) {
            List<Long> single = one.get(output.name());
            List<Long> twice = two.get(output.name());
            if (single == null || twice == null) {
                if (lengths.batched().contains(output.name())) {
                    continue; // an input handed through
                }
                return false;
            }
            any |= countsItems(single, twice);
            if (!countsItems(single, twice) && !single.equals(twice)) {
                return false;
            }
        }
        return any;
    }

    private static boolean countsItems(List<Long> one, List<Long> two) {
        return !one.isEmpty()
                && one.size() == two.size()
                && one.get(0) == 1
                && two.get(0) == 2
                && one.subList(1, one.size()).equals(two.subList(1, two.size()));
    }

    private Map<String, Tensor> item(int items, long seed) {
        Map<String, Tensor> item = new LinkedHashMap<>(RandomItems.item(lengths.specs(items), seed));
        samples.forEach((name, sample) -> item.put(
                name,
                items == 2 && lengths.batched().contains(name) ? Tensor.concat(List.of(sample, sample)) : sample));
        return item;
    }
}
