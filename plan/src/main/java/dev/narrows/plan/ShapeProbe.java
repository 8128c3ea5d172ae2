package dev.narrows.plan;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.SessionOptions.Optimization;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.FreshNames;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks the runtime for the types and shapes of all inner values of a network.
 *
 * <p>design: types come from a session that has every value as an output and never runs. Shapes come from one that has,
 * for every value, the output of a Shape node behind it: a run then returns a few numbers for each value and the values
 * themselves are freed as soon as they are read, so that the largest network needs no more memory than when it runs
 * alone. Both are loaded without optimisation, which would rename and fuse values.
 */
final class ShapeProbe implements AutoCloseable {

    private static final SessionOptions OPTIONS = SessionOptions.DEFAULT.withOptimization(Optimization.NONE);

    /** Operators that make sequences and optionals, which are no tensors. */
    private static final Set<String> NO_TENSORS = Set.of(
            "SequenceConstruct",
            "SequenceEmpty",
            "SequenceInsert",
            "SequenceErase",
            "SequenceMap",
            "SplitToSequence",
            "Optional",
            "ZipMap");

    private final Network network;
    private final Map<String, TensorSpec> types;
    private final Map<String, String> shapeNames = new LinkedHashMap<>(); // of the Shape node's output, by value
    private final Session session;

    /** @throws UnsupportedException if the runtime cannot load the network */
    ShapeProbe(Network network) {
        this.network = network;
        try (Session whole = Session.open(network.name(), OnnxWriter.write(network), Map.of(), OPTIONS)) {
            List<String> values = new ArrayList<>();
            for (Node node : network.nodes()) {
                if (!NO_TENSORS.contains(node.opType())) {
                    node.outputs().stream().filter(name -> !name.isEmpty()).forEach(values::add);
                }
            }
            types = types(network, values);
            whole.outputs().forEach(output -> types.putIfAbsent(output.name(), output));
        }
        session = Session.open(network.name(), OnnxWriter.write(withShapeNodes()), Map.of(), OPTIONS);
    }

    /** The types of all values that are tensors the engine knows, with the lengths that the runtime infers. */
    Map<String, TensorSpec> types() {
        return types;
    }

    /**
     * The shapes of all values in a run.
     *
     * @return by value name; empty if the network cannot run on these inputs
     */
    Optional<Map<String, List<Long>>> run(Map<String, Tensor> inputs) {
        Map<String, Tensor> outputs;
        try {
            outputs = session.run(inputs);
        } catch (ExecutionException e) {
            return Optional.empty(); // the caller falls back on what the runtime infers, and says what is missing
        }
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapeNames.forEach((value, name) -> {
            Tensor shape = outputs.get(name);
            if (shape == null) {
                throw new InvalidException("output: \"" + name + "\" missing (expected: the shape of a value)");
            }
            List<Long> dims = new ArrayList<>();
            for (long length : shape.toLongs()) {
                dims.add(length);
            }
            shapes.put(value, dims);
        });
        return Optional.of(shapes);
    }

    /**
     * The lengths that the runtime infers without a run, on the network with the lengths of its inputs filled in; values
     * of which it does not know all are absent.
     */
    static Map<String, List<Long>> inferred(Network fixed) {
        List<String> values = new ArrayList<>();
        fixed.nodes()
                .forEach(node ->
                        node.outputs().stream().filter(name -> !name.isEmpty()).forEach(values::add));
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        types(fixed, values).forEach((name, spec) -> {
            // an unknown rank looks like a scalar
            if (!spec.shape().isEmpty() && !spec.shape().contains(-1L)) {
                shapes.put(name, spec.shape());
            }
        });
        return shapes;
    }

    private Network withShapeNodes() {
        FreshNames names = FreshNames.of(network);
        List<Node> nodes = new ArrayList<>(network.nodes());
        List<ValueInfo> outputs = new ArrayList<>();
        for (String value : types.keySet()) {
            String name = names.like(value + "/shape");
            nodes.add(Node.of("", "Shape", List.of(value), List.of(name), Map.of()));
            outputs.add(ValueInfo.of(name, TensorType.of(ElementType.INT64, List.of(new Dim.Unknown()))));
            shapeNames.put(value, name);
        }
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                outputs,
                nodes,
                network.initializers(),
                network.valueInfos(),
                network.metadata(),
                network.extra());
    }

    /** Types by a session with the values as outputs; halves the list until what the engine has no words for is out. */
    private static Map<String, TensorSpec> types(Network network, List<String> values) {
        Map<String, TensorSpec> types = new LinkedHashMap<>();
        if (values.isEmpty()) {
            return types;
        }
        List<ValueInfo> outputs = new ArrayList<>();
        for (String value : values) {
            // without a type: the runtime infers it
            outputs.add(new ValueInfo(value, Optional.empty(), "", Encoded.NONE));
        }
        try (Session all =
                Session.open(network.name(), OnnxWriter.write(network.withOutputs(outputs)), Map.of(), OPTIONS)) {
            all.outputs().forEach(spec -> types.put(spec.name(), spec));
        } catch (UnsupportedException e) {
            if (values.size() > 1) {
                types.putAll(types(network, values.subList(0, values.size() / 2)));
                types.putAll(types(network, values.subList(values.size() / 2, values.size())));
            } // else this value is no tensor of the engine's: its type stays unknown
        }
        return types;
    }

    @Override
    public void close() {
        session.close();
    }
}
