package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a network flow: who makes each and who reads it. A <em>step</em> is a node that an output needs and
 * that depends on a network input (or is random); every other node either makes constants or makes nothing that is
 * wanted. Only what steps make, and the network's inputs, can cross a cut.
 */
final class Dataflow {

    /** Of a value that is a network input. */
    static final int INPUT = -1;

    /**
     * A value that flows.
     *
     * @param index its place in {@link #values}
     * @param producer the step that makes it, or {@link #INPUT}
     * @param readers the steps that read it, ascending, subgraphs' captures included
     * @param output whether it is one of the network's outputs
     */
    @SuppressWarnings("ArrayRecordComponent") // read many times, compared never
    record Value(int index, String name, int producer, int[] readers, boolean output) {}

    private final Network network;
    private final List<Value> values = new ArrayList<>();
    private final Map<String, Value> byName = new HashMap<>();
    private final Map<String, Integer> producers = new HashMap<>();
    private final BitSet steps = new BitSet();
    private final BitSet constantNodes = new BitSet();
    private final List<List<Value>> made;
    private final List<List<Value>> read;
    private final List<BitSet> before = new ArrayList<>();

    private Dataflow(Network network) {
        this.network = network;
        List<Node> nodes = network.nodes();
        BitSet varying = varyingNodes();
        BitSet needed = neededNodes();
        steps.or(varying);
        steps.and(needed);
        constantNodes.or(needed);
        constantNodes.andNot(varying);

        Map<String, List<Integer>> readers = new HashMap<>();
        steps.stream().forEach(step -> {
            for (String use : nodes.get(step).uses()) {
                readers.computeIfAbsent(use, name -> new ArrayList<>()).add(step);
            }
        });
        Set<String> outputs = new HashSet<>();
        network.outputs().forEach(output -> outputs.add(output.name()));
        made = new ArrayList<>();
        read = new ArrayList<>();
        nodes.forEach(node -> {
            made.add(new ArrayList<>());
            read.add(new ArrayList<>());
        });
        for (ValueInfo input : network.inputs()) {
            addValue(input.name(), INPUT, readers, outputs);
        }
        steps.stream().forEach(step -> {
            for (String name : nodes.get(step).outputs()) {
                if (!name.isEmpty()) {
                    addValue(name, step, readers, outputs);
                }
            }
        });
        for (int node = 0; node < nodes.size(); node++) {
            BitSet ancestors = new BitSet();
            for (Value value : read.get(node)) {
                if (value.producer() != INPUT) {
                    ancestors.or(before.get(value.producer()));
                    ancestors.set(value.producer());
                }
            }
            before.add(ancestors);
        }
    }

    static Dataflow of(Network network) {
        return new Dataflow(network);
    }

    private void addValue(String name, int producer, Map<String, List<Integer>> readers, Set<String> outputs) {
        int[] steps = readers.getOrDefault(name, List.of()).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        Value value = new Value(values.size(), name, producer, steps, outputs.contains(name));
        values.add(value);
        byName.put(name, value);
        if (producer != INPUT) {
            made.get(producer).add(value);
        }
        for (int reader : steps) {
            read.get(reader).add(value);
        }
    }

    /** Nodes that depend on a network input, or are random. Checks on the way that every use has a maker before it. */
    private BitSet varyingNodes() {
        Set<String> constants = network.constantNames();
        Set<String> known = new HashSet<>(network.initializers().keySet());
        known.addAll(Residue.sparseNames(network));
        network.inputs().forEach(input -> known.add(input.name()));
        BitSet nodes = new BitSet();
        for (int index = 0; index < network.nodes().size(); index++) {
            Node node = network.nodes().get(index);
            for (String use : node.uses()) {
                if (!known.contains(use)) {
                    throw new InvalidException(
                            "value: \"" + use + "\" (expected: made before it is used), node \"" + node.label() + "\"");
                }
            }
            for (String output : node.outputs()) {
                if (!output.isEmpty()) {
                    known.add(output);
                    producers.put(output, index);
                    nodes.set(index, !constants.contains(output));
                }
            }
        }
        for (ValueInfo output : network.outputs()) {
            if (!known.contains(output.name())) {
                throw new InvalidException("output: \"" + output.name() + "\" (expected: a value of the network)");
            }
        }
        return nodes;
    }

    private BitSet neededNodes() {
        BitSet needed = new BitSet();
        for (ValueInfo output : network.outputs()) {
            need(output.name(), needed);
        }
        for (int index = network.nodes().size() - 1; index >= 0; index--) {
            if (needed.get(index)) {
                network.nodes().get(index).uses().forEach(use -> need(use, needed));
            }
        }
        return needed;
    }

    private void need(String value, BitSet needed) {
        Integer producer = producers.get(value);
        if (producer != null) {
            needed.set(producer);
        }
    }

    Network network() {
        return network;
    }

    /** The values that flow: the network's inputs, then what steps make, in their order. */
    List<Value> values() {
        return values;
    }

    /** The value called {@code name}, or null if it does not flow. */
    @Nullable
    Value value(String name) {
        return byName.get(name);
    }

    /** Whether a node makes {@code name}, be it constant, wanted or not. */
    boolean isMade(String name) {
        return producers.containsKey(name);
    }

    /** A copy of the set of steps. */
    BitSet steps() {
        return (BitSet) steps.clone();
    }

    boolean isStep(int node) {
        return steps.get(node);
    }

    /** What a step makes that flows. */
    List<Value> made(int step) {
        return made.get(step);
    }

    /** What a step reads that flows. */
    List<Value> read(int step) {
        return read.get(step);
    }

    /** All steps that a step depends on. Not to be changed. */
    BitSet before(int step) {
        return before.get(step);
    }

    /** The constant nodes that {@code nodes} need, in their order. */
    BitSet constantsFor(BitSet nodes) {
        BitSet needed = new BitSet();
        nodes.stream().forEach(node -> network.nodes().get(node).uses().forEach(use -> need(use, needed)));
        addConstantsOfConstants(needed);
        return needed;
    }

    /** The constant nodes that make {@code value}, itself constant. */
    BitSet constantsFor(String value) {
        BitSet needed = new BitSet();
        need(value, needed);
        addConstantsOfConstants(needed);
        return needed;
    }

    private void addConstantsOfConstants(BitSet needed) {
        needed.and(constantNodes);
        for (int index = needed.length() - 1; index >= 0; index--) {
            if (needed.get(index)) {
                network.nodes().get(index).uses().forEach(use -> need(use, needed));
            }
        }
    }

    /** Whether {@code value} crosses from {@code upstream} to the rest: made there, and read beyond or an output. */
    boolean crosses(Value value, BitSet upstream) {
        if (value.producer() != INPUT && !upstream.get(value.producer())) {
            return false;
        }
        if (value.output()) {
            return true;
        }
        for (int reader : value.readers()) {
            if (!upstream.get(reader)) {
                return true;
            }
        }
        return false;
    }

    /** The values that cross from {@code upstream} to the rest, in the order in which they are made. */
    List<Value> crossing(BitSet upstream) {
        List<Value> crossing = new ArrayList<>();
        for (Value value : values) {
            if (crosses(value, upstream)) {
                crossing.add(value);
            }
        }
        return crossing;
    }
}
