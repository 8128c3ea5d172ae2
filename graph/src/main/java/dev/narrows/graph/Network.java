package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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

    /** The node that makes each value, as an index into {@link #nodes}, by value name. */
    public Map<String, Integer> producers() {
        return Wiring.producers(nodes);
    }

    /**
     * The nodes that use each value, as ascending indices into {@link #nodes}, by value name; uses inside their
     * subgraphs included. Values that no node uses are absent.
     */
    public Map<String, List<Integer>> users() {
        return Wiring.users(nodes);
    }

    /** The values that the file itself gives: initializers, and what {@code Constant} nodes hold; by name. */
    public Map<String, ConstantTensor> constants() {
        return Constants.held(this);
    }

    /**
     * The names of all values that depend on no input: {@link #constants}, sparse initializers, and what is computed
     * from them alone. What a random operator makes is none of them, as two runs may disagree on it.
     */
    public Set<String> constantNames() {
        return Constants.names(this);
    }

    /** The version of ONNX's own operators that it uses. */
    public long opset() {
        for (OpsetImport opset : opsets) {
            if (opset.isOnnx()) {
                return opset.version();
            }
        }
        throw new InvalidException("opset: none (expected: one for ONNX's own operators), network \"" + name + "\"");
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

    /** The same network with other initializers. */
    public Network withInitializers(Map<String, ConstantTensor> newInitializers) {
        return new Network(
                name, irVersion, opsets, inputs, outputs, nodes, newInitializers, valueInfos, metadata, extra);
    }

    /** The same network with other types of inner values. */
    public Network withValueInfos(Map<String, ValueInfo> newValueInfos) {
        return new Network(
                name, irVersion, opsets, inputs, outputs, nodes, initializers, newValueInfos, metadata, extra);
    }

    /** The same network with other opsets. */
    public Network withOpsets(List<OpsetImport> newOpsets) {
        return new Network(
                name, irVersion, newOpsets, inputs, outputs, nodes, initializers, valueInfos, metadata, extra);
    }

    /**
     * The same network with other nodes and initializers. Left out is what is about values that are no more: initializers
     * that were read and are not now, new ones that nothing reads, types of inner values that are not made or held, or held as
     * another tensor.
     */
    public Network rewired(List<Node> newNodes, Map<String, ConstantTensor> newInitializers) {
        Set<String> read = new HashSet<>();
        Set<String> made = new HashSet<>();
        outputs.forEach(output -> read.add(output.name()));
        for (Node node : newNodes) {
            read.addAll(node.uses());
            made.addAll(node.outputs());
        }
        Set<String> readBefore = users().keySet();
        Map<String, ConstantTensor> held = new LinkedHashMap<>(newInitializers);
        held.keySet()
                .removeIf(
                        name -> !read.contains(name) && (readBefore.contains(name) || !initializers.containsKey(name)));
        Map<String, ValueInfo> types = new LinkedHashMap<>(valueInfos);
        types.keySet()
                .removeIf(name -> !made.contains(name)
                        && (!held.containsKey(name) || !Objects.equals(held.get(name), initializers.get(name))));
        return new Network(
                name,
                irVersion,
                opsets,
                inputs,
                outputs,
                newNodes,
                held,
                types,
                metadata,
                new Extras(extra.model(), Residue.graphWith(this, read, made)));
    }
}
