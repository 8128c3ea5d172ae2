package dev.narrows.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph, immutable. Nodes are in topological order; every value has one producer; initializers that the file
 * also lists among its inputs (IR versions before 4) are initializers here, not inputs.
 *
 * @param name the graph's name
 * @param irVersion the file's IR version
 * @param opsets the domains and versions it uses
 * @param inputs the values that a run must give
 * @param outputs the values that a run returns
 * @param nodes in topological order
 * @param initializers by name, in the file's order
 * @param valueInfos what the file says of inner values, by name
 * @param metadata the file's metadata properties
 * @param extra fields of ModelProto and GraphProto that have no words here (producer, documentation, local functions,
 *     training information, quantisation annotations …), to be written back
 */
public record Network(
        String name,
        long irVersion,
        List<OpsetImport> opsets,
        List<ValueInfo> inputs,
        List<ValueInfo> outputs,
        List<Node> nodes,
        Map<String, ConstantTensor> initializers,
        Map<String, ValueInfo> valueInfos,
        Map<String, String> metadata,
        Extras extra) {

    /**
     * The unread parts of a file.
     *
     * @param model a ModelProto with only the fields that Network has no words for
     * @param graph a GraphProto with only the fields that Network has no words for
     */
    public record Extras(Encoded model, Encoded graph) {
        public static final Extras NONE = new Extras(Encoded.NONE, Encoded.NONE);
    }

    public Network {
        opsets = List.copyOf(opsets);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        nodes = List.copyOf(nodes);
        initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
        valueInfos = Collections.unmodifiableMap(new LinkedHashMap<>(valueInfos));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** The same network with other inputs' types, for example with known lengths instead of symbols. */
    public Network withInputs(List<ValueInfo> newInputs) {
        return new Network(
                name, irVersion, opsets, newInputs, outputs, nodes, initializers, valueInfos, metadata, extra);
    }

    /** The same network with other outputs. */
    public Network withOutputs(List<ValueInfo> newOutputs) {
        return new Network(
                name, irVersion, opsets, inputs, newOutputs, nodes, initializers, valueInfos, metadata, extra);
    }
}
