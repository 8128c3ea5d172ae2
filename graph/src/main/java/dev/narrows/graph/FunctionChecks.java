package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of a file's local functions, which a network carries unread. */
final class FunctionChecks {

    /**
     * The most nodes that a network has once its functions are put in for their calls, as runtimes do: functions that
     * call the next one twice, thirty deep, would be a thousand million.
     */
    static final long MAX_INLINED_NODES = 1_000_000;

    private record Key(String domain, String name, String overload) {}

    private final Map<Key, FunctionProto> functions = new LinkedHashMap<>();
    private final Map<Key, Long> inlined = new HashMap<>();
    private final Set<Key> open = new HashSet<>();
    private long called;

    private FunctionChecks(List<FunctionProto> protos) {
        for (FunctionProto function : protos) {
            Key key = key(function.getDomain(), function.getName(), function.getOverload());
            if (function.getName().isEmpty()) {
                throw new InvalidException(
                        "function: no name (expected: one), domain \"" + function.getDomain() + "\"");
            }
            if (functions.put(key, function) != null) {
                throw new InvalidException(
                        "function: given twice (expected: once), function \"" + function.getName() + "\"");
            }
        }
    }

    static FunctionChecks of(Network network) {
        return new FunctionChecks(
                network.extra().model().isEmpty()
                        ? List.of()
                        : Residue.model(network).getFunctionsList());
    }

    void check() {
        functions.forEach((key, function) -> Located.run("function \"" + key.name() + "\"", () -> {
            checkBody(function);
            nodesOf(key);
        }));
    }

    /** Refuses a call that gives a function more than it takes, or wants more than it gives. */
    void checkCall(Node node) {
        if (functions.isEmpty()) {
            return;
        }
        Key key = key(node.domain(), node.opType(), Residue.node(node).getOverload());
        FunctionProto function = functions.get(key);
        if (function == null) {
            return;
        }
        if (node.inputs().size() > function.getInputCount() || node.outputs().size() > function.getOutputCount()) {
            throw new InvalidException("call: " + node.inputs().size() + " inputs and "
                    + node.outputs().size() + " outputs (expected: at most " + function.getInputCount() + " and "
                    + function.getOutputCount() + "), function \"" + key.name() + "\"");
        }
        called += nodesOf(key);
        refuseTooMany(called);
    }

    private static void checkBody(FunctionProto function) {
        Set<String> values = new HashSet<>();
        for (String input : function.getInputList()) {
            define(values, input, "input");
        }
        Set<String> domains = new HashSet<>();
        function.getOpsetImportList()
                .forEach(opset -> domains.add(OpsetImport.isOnnx(opset.getDomain()) ? "" : opset.getDomain()));
        for (NodeProto node : function.getNodeList()) {
            String domain = OpsetImport.isOnnx(node.getDomain()) ? "" : node.getDomain();
            if (node.getOpType().isEmpty() || !domains.contains(domain)) {
                throw new InvalidException("operator: \"" + node.getOpType() + "\" of domain \"" + domain
                        + "\" (expected: one, and an opset import for its domain), node \"" + node.getName() + "\"");
            }
            for (String input : node.getInputList()) {
                if (!input.isEmpty() && !values.contains(input)) {
                    throw new InvalidException("input: \"" + input
                            + "\" (expected: an input or an earlier node's output), node \"" + node.getName() + "\"");
                }
            }
            for (String output : node.getOutputList()) {
                if (!output.isEmpty()) {
                    define(values, output, "output");
                }
            }
        }
        for (String output : function.getOutputList()) {
            if (!values.contains(output)) {
                throw new InvalidException("output: \"" + output + "\" (expected: a value of the function)");
            }
        }
    }

    /** How many nodes a call stands for, calls inside included. */
    private long nodesOf(Key key) {
        Long known = inlined.get(key);
        if (known != null) {
            return known;
        }
        if (!open.add(key)) {
            throw new InvalidException("function: calls itself (expected: an end), function \"" + key.name() + "\"");
        }
        if (open.size() > WireCheck.MAX_DEPTH) {
            throw new UnsupportedException("functions: more than " + WireCheck.MAX_DEPTH + " deep (expected: fewer)");
        }
        long nodes = nodesOf(
                functions.getOrDefault(key, FunctionProto.getDefaultInstance()).getNodeList());
        open.remove(key);
        refuseTooMany(nodes);
        inlined.put(key, nodes);
        return nodes;
    }

    private long nodesOf(List<NodeProto> body) {
        long nodes = 0;
        for (NodeProto node : body) {
            Key callee = key(node.getDomain(), node.getOpType(), node.getOverload());
            nodes += functions.containsKey(callee) ? nodesOf(callee) : 1;
            for (AttributeProto attribute : node.getAttributeList()) {
                List<GraphProto> graphs = new ArrayList<>(attribute.getGraphsList());
                graphs.add(attribute.getG());
                for (GraphProto graph : graphs) {
                    nodes += nodesOf(graph.getNodeList());
                }
            }
            refuseTooMany(nodes);
        }
        return nodes;
    }

    private static void refuseTooMany(long nodes) {
        if (nodes > MAX_INLINED_NODES) {
            throw new UnsupportedException("functions: more than " + MAX_INLINED_NODES
                    + " nodes when put in for their calls (expected: fewer)");
        }
    }

    private static Key key(String domain, String name, String overload) {
        return new Key(OpsetImport.isOnnx(domain) ? "" : domain, name, overload);
    }

    private static void define(Set<String> values, String name, String what) {
        if (name.isEmpty() || !values.add(name)) {
            throw new InvalidException(what + ": \"" + name + "\" has no name, or is made twice (expected: once)");
        }
    }
}
