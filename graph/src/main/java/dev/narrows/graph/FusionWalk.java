package dev.narrows.graph;

import dev.narrows.graph.Dataflow.Value;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Steps along a network as a fusion sees it. Nodes are given by their index; -1 is none. */
final class FusionWalk {

    static final int NONE = -1;

    // removed before anything is fused: identity_elimination.cc, dropout_elimination.cc
    private static final Set<String> TRANSPARENT = Set.of("Identity", "Dropout");

    private final Dataflow dataflow;

    FusionWalk(Dataflow dataflow) {
        this.dataflow = dataflow;
    }

    Node node(int index) {
        return dataflow.network().nodes().get(index);
    }

    /** Whether the node is one of ONNX's own operators {@code types}. */
    boolean is(int index, Set<String> types) {
        return index >= 0 && types.stream().anyMatch(node(index)::is);
    }

    boolean is(int index, String type) {
        return index >= 0 && node(index).is(type);
    }

    /** The only reader of all that the node makes, or none; identities are passed over and added to {@code passed}. */
    int onlyReader(int index, BitSet passed) {
        List<Value> made = dataflow.made(index);
        int reader = NONE;
        for (Value value : made) {
            if (value.output() || value.readers().length > 1) {
                return NONE;
            }
            for (int next : value.readers()) {
                if (reader != NONE && reader != next) {
                    return NONE;
                }
                reader = next;
            }
        }
        if (reader != NONE && is(reader, TRANSPARENT)) {
            passed.set(reader);
            return onlyReader(reader, passed);
        }
        return reader;
    }

    int onlyReader(int index) {
        return onlyReader(index, new BitSet());
    }

    /** The steps that read what the node makes. */
    int[] readers(int index) {
        return dataflow.made(index).stream()
                .flatMapToInt(value -> java.util.Arrays.stream(value.readers()))
                .toArray();
    }

    /** The step that makes input {@code input} of the node, or none. */
    int maker(int index, int input) {
        List<String> inputs = node(index).inputs();
        if (index < 0 || input >= inputs.size()) {
            return NONE;
        }
        Value value = dataflow.value(inputs.get(input));
        return value == null ? NONE : value.producer();
    }

    /** Whether input {@code input} of the node depends on the network's inputs. */
    boolean flows(int index, int input) {
        List<String> inputs = node(index).inputs();
        return input < inputs.size() && dataflow.value(inputs.get(input)) != null;
    }

    /** Of a node with two inputs, one of which is constant, the other one's place. */
    Optional<Integer> flowingBesideConstant(int index) {
        if (node(index).inputs().size() != 2 || flows(index, 0) == flows(index, 1)) {
            return Optional.empty();
        }
        return Optional.of(flows(index, 0) ? 0 : 1);
    }

    /** How many inputs of the node depend on the network's inputs. */
    int flowing(int index) {
        int count = 0;
        for (int input = 0; input < node(index).inputs().size(); input++) {
            count += flows(index, input) ? 1 : 0;
        }
        return count;
    }

    String input(int index, int input) {
        return node(index).inputs().get(input);
    }

    String output(int index) {
        return node(index).outputs().get(0);
    }
}
