package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Dataflow.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Extracts the sub-network between two borders, each given as the steps upstream of it. */
final class SegmentMaker {

    private final Dataflow dataflow;
    private final Network network;
    private final CutTypes types;

    SegmentMaker(Dataflow dataflow, Shapes shapes) {
        this.dataflow = dataflow;
        this.network = dataflow.network();
        this.types = new CutTypes(network, shapes);
    }

    Network make(int index, BitSet from, BitSet to, boolean last) {
        BitSet steps = (BitSet) to.clone();
        steps.andNot(from);
        List<ValueInfo> outputs = outputs(steps, to, last);
        BitSet nodes = dataflow.constantsFor(steps);
        nodes.or(steps);
        if (last) {
            outputs.forEach(output -> nodes.or(dataflow.constantsFor(output.name())));
        }
        List<Node> kept = nodes.stream().mapToObj(network.nodes()::get).toList();
        Set<String> made = new HashSet<>();
        Set<String> uses = new LinkedHashSet<>();
        kept.forEach(node -> {
            made.addAll(node.outputs());
            uses.addAll(node.uses());
        });
        List<ValueInfo> inputs = new ArrayList<>();
        for (Value value : dataflow.values()) {
            if (uses.contains(value.name()) && !made.contains(value.name())) {
                inputs.add(types.of(value.name()));
            }
        }
        outputs.forEach(output -> uses.add(output.name()));
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        initializers.keySet().retainAll(uses);
        Map<String, ValueInfo> inner = new LinkedHashMap<>(network.valueInfos());
        inner.keySet().retainAll(made);
        outputs.forEach(output -> inner.remove(output.name()));
        return new Network(
                network.name() + "/" + index,
                network.irVersion(),
                network.opsets(),
                inputs,
                outputs,
                kept,
                initializers,
                inner,
                network.metadata(),
                new Network.Extras(network.extra().model(), Residue.graphWith(network, uses, made)));
    }

    /** What the steps make that is read beyond or is an output; of the last segment in the network's order. */
    private List<ValueInfo> outputs(BitSet steps, BitSet to, boolean last) {
        List<ValueInfo> outputs = new ArrayList<>();
        if (last) {
            for (ValueInfo output : network.outputs()) {
                Value value = dataflow.value(output.name());
                if (value == null || (value.producer() != Dataflow.INPUT && steps.get(value.producer()))) {
                    outputs.add(output);
                }
            }
            return outputs;
        }
        for (Value value : dataflow.crossing(to)) {
            if (value.producer() != Dataflow.INPUT && steps.get(value.producer())) {
                outputs.add(types.of(value.name()));
            }
        }
        return outputs;
    }

    /** The types of values that become a segment's inputs and outputs. */
    private static final class CutTypes {

        private final Map<String, ValueInfo> declared = new HashMap<>();
        private final Set<String> own = new HashSet<>();
        private final Shapes shapes;
        private final boolean pinned;
        private final String batch;

        CutTypes(Network network, Shapes shapes) {
            this.shapes = shapes;
            declared.putAll(network.valueInfos());
            network.outputs().forEach(output -> declared.put(output.name(), output));
            network.inputs().forEach(input -> declared.put(input.name(), input));
            network.outputs().forEach(output -> own.add(output.name()));
            network.inputs().forEach(input -> own.add(input.name()));
            pinned = network.inputs().stream().allMatch(input -> isPinned(input, shapes));
            batch = batchName(network, shapes);
        }

        /** Whether the input's lengths are all known, but for an axis 0 that counts items. */
        private static boolean isPinned(ValueInfo input, Shapes shapes) {
            List<Dim> dims = input.type().flatMap(TensorType::shape).orElse(null);
            if (dims == null) {
                return false;
            }
            boolean counts =
                    shapes.of(input.name()).map(Shapes.Shape::batchAxis).orElse(false);
            for (int axis = 0; axis < dims.size(); axis++) {
                if (!(dims.get(axis) instanceof Dim.Known) && !(axis == 0 && counts)) {
                    return false;
                }
            }
            return true;
        }

        /** What the network's inputs call the axis that counts items; otherwise a name that they use for no axis. */
        private static String batchName(Network network, Shapes shapes) {
            Set<String> used = new HashSet<>();
            for (ValueInfo input : network.inputs()) {
                List<Dim> dims = input.type().flatMap(TensorType::shape).orElse(List.of());
                boolean counts =
                        shapes.of(input.name()).map(Shapes.Shape::batchAxis).orElse(false);
                for (int axis = 0; axis < dims.size(); axis++) {
                    if (dims.get(axis) instanceof Dim.Symbol symbol) {
                        if (axis == 0 && counts) {
                            return symbol.name();
                        }
                        used.add(symbol.name());
                    }
                }
            }
            String name = "batch";
            while (used.contains(name)) {
                name += "_items";
            }
            return name;
        }

        ValueInfo of(String value) {
            ValueInfo known = declared.get(value);
            if (known != null && (own.contains(value) || known.type().isEmpty())) {
                return known;
            }
            Shapes.Shape shape = shapes.steady(value)
                    .orElseThrow(() -> new InvalidException(
                            "shape: unknown (expected: one found by a run), tensor \"" + value + "\""));
            List<Dim> file = known == null
                    ? List.of()
                    : known.type().flatMap(TensorType::shape).orElse(List.of());
            List<Dim> dims = new ArrayList<>();
            for (int axis = 0; axis < shape.dims().size(); axis++) {
                if (axis == 0 && shape.batchAxis()) {
                    dims.add(new Dim.Symbol(batch));
                } else if (pinned) {
                    dims.add(new Dim.Known(shape.dims().get(axis)));
                } else {
                    // one run shows one length; only the file can say that there are no others
                    dims.add(file.size() == shape.dims().size() ? file.get(axis) : new Dim.Unknown());
                }
            }
            return ValueInfo.of(value, TensorType.of(shape.element(), dims));
        }
    }
}
