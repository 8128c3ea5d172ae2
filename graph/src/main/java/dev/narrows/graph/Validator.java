package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of ONNX that a network must keep, whatever made it: versions that can run, every value made once and before
 * it is used, types and shapes that are possible, subgraphs that say rightly what they use, local functions that exist
 * and end. What operators demand of their inputs is left to the runtime.
 */
public final class Validator {

    /** The oldest and the newest IR version; the newest is ONNX Runtime 1.29's. */
    public static final long MIN_IR_VERSION = 3;

    public static final long MAX_IR_VERSION = 13;

    /** The oldest and the newest version of ONNX's own operators; the newest is ONNX Runtime 1.29's. */
    public static final long MIN_OPSET = 7;

    public static final long MAX_OPSET = 26;

    private final Set<String> domains = new HashSet<>();
    private final FunctionChecks functions;

    private Validator(Network network) {
        for (OpsetImport opset : network.opsets()) {
            domains.add(opset.isOnnx() ? "" : opset.domain());
        }
        this.functions = FunctionChecks.of(network);
    }

    /**
     * Checks a network.
     *
     * @throws InvalidException if it breaks a rule
     * @throws UnsupportedException if a version is older or newer than what can run
     */
    public static void check(Network network) {
        checkIrVersion(network.irVersion());
        checkOpsets(network.opsets());
        Validator validator = new Validator(network);
        validator.functions.check();
        validator.checkGraph(network);
    }

    static void checkIrVersion(long version) {
        if (version < MIN_IR_VERSION || version > MAX_IR_VERSION) {
            throw new UnsupportedException(
                    "IR version: " + version + " (expected: " + MIN_IR_VERSION + " to " + MAX_IR_VERSION + ")");
        }
    }

    static void checkOpsets(List<OpsetImport> opsets) {
        Map<String, Long> versions = new HashMap<>();
        for (OpsetImport opset : opsets) {
            String domain = opset.isOnnx() ? "" : opset.domain();
            Long other = versions.put(domain, opset.version());
            if (other != null && other != opset.version()) {
                throw new InvalidException("opset: " + other + " and " + opset.version()
                        + " (expected: one version), domain \"" + opset.domain() + "\"");
            }
            if (opset.version() < 1) {
                throw new InvalidException(
                        "opset: " + opset.version() + " (expected: 1 or more), domain \"" + opset.domain() + "\"");
            }
        }
        Long onnx = versions.get("");
        if (onnx == null) {
            throw new InvalidException("opset: none (expected: one for ONNX's own operators)");
        }
        if (onnx < MIN_OPSET || onnx > MAX_OPSET) {
            throw new UnsupportedException("opset: " + onnx + " (expected: " + MIN_OPSET + " to " + MAX_OPSET + ")");
        }
    }

    private void checkGraph(Network network) {
        if (network.name().isEmpty()) {
            throw new InvalidException("graph: no name (expected: one)");
        }
        if (network.nodes().isEmpty()) {
            throw new InvalidException("graph: no nodes (expected: one at least), network \"" + network.name() + "\"");
        }
        if (network.outputs().isEmpty()) {
            throw new InvalidException(
                    "graph: no outputs (expected: one at least), network \"" + network.name() + "\"");
        }
        Set<String> values = new HashSet<>();
        for (ValueInfo input : network.inputs()) {
            define(values, input.name(), "input");
            ValueChecks.checkInput(input);
        }
        network.initializers().forEach((name, tensor) -> {
            define(values, name, "initializer");
            if (!tensor.name().equals(name)) {
                throw new InvalidException("initializer: listed as \"" + name + "\" (expected: its name), tensor \""
                        + tensor.name() + "\"");
            }
        });
        for (String name : SparseChecks.check(network)) {
            define(values, name, "sparse initializer");
        }
        checkNodes(network.nodes(), Set.of(), values);
        checkOutputs(network.outputs(), values);
        network.valueInfos().forEach((name, value) -> {
            if (name.isEmpty() || !name.equals(value.name())) {
                throw new InvalidException(
                        "value info: listed as \"" + name + "\" (expected: its name), value \"" + value.name() + "\"");
            }
            ValueChecks.check(value);
        });
    }

    /** Checks nodes that may use {@code outer} values, and those in {@code values}, to which their outputs come. */
    private void checkNodes(List<Node> nodes, Set<String> outer, Set<String> values) {
        for (Node node : nodes) {
            Located.run(Located.node(node), () -> checkNode(node, outer, values));
            node.outputs().stream()
                    .filter(name -> !name.isEmpty())
                    .forEach(name -> define(values, name, "output of" + " node \"" + node.label() + "\""));
        }
    }

    private void checkNode(Node node, Set<String> outer, Set<String> values) {
        if (node.opType().isEmpty()) {
            throw new InvalidException("operator: none (expected: one)");
        }
        if (node.outputs().isEmpty()) {
            throw new InvalidException("outputs: none (expected: one at least)");
        }
        String domain = OpsetImport.isOnnx(node.domain()) ? "" : node.domain();
        if (!domains.contains(domain)) {
            throw new InvalidException("operator: \"" + node.opType() + "\" of domain \"" + domain
                    + "\" (expected: an opset import for the domain)");
        }
        functions.checkCall(node);
        for (String use : node.uses()) {
            if (!values.contains(use) && !outer.contains(use)) {
                throw new InvalidException(
                        "input: \"" + use + "\" (expected: an input, an initializer or an earlier node's output)");
            }
        }
        for (Subgraph subgraph : node.subgraphs()) {
            Located.run("graph \"" + subgraph.name() + "\"", () -> checkSubgraph(subgraph));
        }
    }

    /** What it captures is among the uses of its node, and so is known to be there. */
    private void checkSubgraph(Subgraph subgraph) {
        Set<String> captured = new LinkedHashSet<>();
        for (String name : subgraph.captured()) {
            if (!captured.add(name)) {
                throw new InvalidException("captured: \"" + name + "\" twice (expected: once)");
            }
        }
        Set<String> own = new HashSet<>();
        for (ValueInfo input : subgraph.inputs()) {
            define(own, input.name(), "input");
            ValueChecks.check(input);
        }
        for (ConstantTensor tensor : subgraph.initializers()) {
            // Before IR version 4 initializers had to be inputs as well, and files still do it.
            if (subgraph.inputs().stream().noneMatch(input -> input.name().equals(tensor.name()))) {
                define(own, tensor.name(), "initializer");
            }
        }
        own.addAll(SparseChecks.names(subgraph));
        checkNodes(subgraph.nodes(), captured, own);
        for (ValueInfo output : subgraph.outputs()) {
            if (!own.contains(output.name()) && !captured.contains(output.name())) {
                throw new InvalidException("output: \"" + output.name() + "\" (expected: a value of the graph)");
            }
            ValueChecks.check(output);
        }
    }

    private static void checkOutputs(List<ValueInfo> outputs, Set<String> values) {
        Set<String> seen = new HashSet<>();
        for (ValueInfo output : outputs) {
            if (!seen.add(output.name())) {
                throw new InvalidException("output: given twice (expected: once), value \"" + output.name() + "\"");
            }
            if (!values.contains(output.name())) {
                throw new InvalidException(
                        "output: made by no node (expected: a value of the network), value \"" + output.name() + "\"");
            }
            ValueChecks.check(output);
        }
    }

    private static void define(Set<String> values, String name, String what) {
        if (name.isEmpty()) {
            throw new InvalidException(what + ": no name (expected: one)");
        }
        if (!values.add(name)) {
            throw new InvalidException(
                    what + ": given twice, or made elsewhere too (expected: once), value \"" + name + "\"");
        }
    }
}
