package dev.narrows.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One operation.
 *
 * @param name the node's name; may be empty
 * @param opType the operator
 * @param domain the operator's domain; empty is ONNX's own
 * @param inputs the values it reads, in order; an empty name is an absent optional input
 * @param outputs the values it makes, in order; an empty name is an unwanted optional output
 * @param attributes by name, in the file's order
 * @param extra fields of the NodeProto that have no words here (doc string, overload, metadata), to be written back
 */
public record Node(
        String name,
        String opType,
        String domain,
        List<String> inputs,
        List<String> outputs,
        Map<String, Attribute> attributes,
        Encoded extra) {

    private static final Set<String> RANDOM = Set.of(
            "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Bernoulli");

    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    public static Node of(
            String name, String opType, List<String> inputs, List<String> outputs, Map<String, Attribute> attributes) {
        return new Node(name, opType, "", inputs, outputs, attributes, Encoded.NONE);
    }

    /** The same node with other inputs. */
    public Node withInputs(List<String> newInputs) {
        return new Node(name, opType, domain, newInputs, outputs, attributes, extra);
    }

    /** The same node with other outputs. */
    public Node withOutputs(List<String> newOutputs) {
        return new Node(name, opType, domain, inputs, newOutputs, attributes, extra);
    }

    /** The same node with other attributes. */
    public Node withAttributes(Map<String, Attribute> newAttributes) {
        return new Node(name, opType, domain, inputs, outputs, newAttributes, extra);
    }

    /** Whether this is ONNX's own operator {@code type}. */
    public boolean is(String type) {
        return opType.equals(type) && isOnnx();
    }

    /** Whether this is one of ONNX's own operators. */
    public boolean isOnnx() {
        return OpsetImport.isOnnx(domain);
    }

    /** Whether this is one of ONNX's own operators whose result is no function of its inputs. */
    public boolean isRandom() {
        return isOnnx() && RANDOM.contains(opType);
    }

    /** The values that this node needs: its inputs and what its subgraphs capture; no empty names, no repeats. */
    public List<String> uses() {
        Set<String> uses = new LinkedHashSet<>(inputs);
        for (Subgraph subgraph : subgraphs()) {
            uses.addAll(subgraph.captured());
        }
        uses.remove("");
        return List.copyOf(uses);
    }

    /** The graphs among its attributes. */
    public List<Subgraph> subgraphs() {
        List<Subgraph> subgraphs = new ArrayList<>();
        for (Attribute attribute : attributes.values()) {
            if (attribute instanceof Attribute.GraphValue graph) {
                subgraphs.add(graph.value());
            }
        }
        return subgraphs;
    }

    /** The integer attribute {@code attribute}, or the default if absent. */
    public long intAttribute(String attribute, long defaultValue) {
        return attributes.get(attribute) instanceof Attribute.IntValue value ? value.value() : defaultValue;
    }

    /** The float attribute {@code attribute}, or the default if absent. */
    public float floatAttribute(String attribute, float defaultValue) {
        return attributes.get(attribute) instanceof Attribute.FloatValue value ? value.value() : defaultValue;
    }

    /** The list of integers {@code attribute}, if there. */
    public Optional<List<Long>> intsAttribute(String attribute) {
        return attributes.get(attribute) instanceof Attribute.Ints value
                ? Optional.of(value.values())
                : Optional.empty();
    }

    /** The text attribute {@code attribute}, or the default if absent. */
    public String textAttribute(String attribute, String defaultValue) {
        return attributes.get(attribute) instanceof Attribute.Text value ? value.value() : defaultValue;
    }

    /** How errors and tables call this node: its name, or its operator and first output. */
    public String label() {
        if (!name.isEmpty()) {
            return name;
        }
        return outputs.isEmpty() ? opType : opType + " → " + outputs.get(0);
    }
}
