package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Classes of channels taken out of a network: what is left of its nodes and of the tensors that it holds. */
final class Removal {

    private record Slice(String name, int axis, List<Integer> kept) {}

    private final ChannelGraph graph;
    private final Set<Integer> removed;
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final Map<String, ConstantTensor> initializers;
    private final Map<Slice, String> slices = new HashMap<>();
    private final Map<String, Integer> sliced = new HashMap<>();

    private Removal(ChannelGraph graph, Set<Integer> removed) {
        this.graph = graph;
        this.removed = removed;
        initializers = new LinkedHashMap<>(graph.network().initializers());
    }

    /**
     * The network without some classes.
     *
     * @param removed classes of {@link ChannelGraph#classes}, none of them the frozen one
     */
    static Network of(ChannelGraph graph, Set<Integer> removed) {
        Removal removal = new Removal(graph, removed);
        graph.edits().forEach(edit -> edit.apply(removal));
        return removal.network();
    }

    private Network network() {
        Network network = graph.network();
        List<Node> left = new ArrayList<>();
        for (int i = 0; i < network.nodes().size(); i++) {
            left.add(nodes.getOrDefault(i, network.nodes().get(i)));
        }
        Set<String> read = new HashSet<>();
        network.outputs().forEach(output -> read.add(output.name()));
        left.forEach(node -> read.addAll(node.uses()));
        Set<String> before = network.users().keySet();
        initializers.keySet().removeIf(name -> before.contains(name) && !read.contains(name));
        Map<String, ValueInfo> types = new LinkedHashMap<>(network.valueInfos());
        types.keySet().removeIf(name -> graph.of(name).isPresent() || initializers.containsKey(name)); // shapes of old
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                left,
                initializers,
                types,
                network.metadata(),
                network.extra());
    }

    /** The places on an axis that stay. */
    int[] kept(int[] ids) {
        int[] places = new int[ids.length];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (!removed.contains(graph.classes().of(ids[i]))) {
                places[count++] = i;
            }
        }
        return Arrays.copyOf(places, count);
    }

    /** The node as it is by now. */
    Node node(int index) {
        return nodes.getOrDefault(index, graph.network().nodes().get(index));
    }

    void input(int index, int input, String name) {
        Node node = node(index);
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(input, name);
        nodes.put(
                index,
                new Node(
                        node.name(),
                        node.opType(),
                        node.domain(),
                        inputs,
                        node.outputs(),
                        node.attributes(),
                        node.extra()));
    }

    void attribute(int index, String name, Attribute value) {
        Node node = node(index);
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put(name, value);
        nodes.put(
                index,
                new Node(
                        node.name(),
                        node.opType(),
                        node.domain(),
                        node.inputs(),
                        node.outputs(),
                        attributes,
                        node.extra()));
    }

    /** Leaves some places of an axis of a held tensor that a node reads; behind a DequantizeLinear, of what it reads. */
    void slice(int index, int input, int axis, int[] kept) {
        String name = node(index).inputs().get(input);
        ChannelGraph.Held held = graph.weight(
                        graph.network().nodes().get(index).inputs().get(input))
                .orElseThrow();
        if (held.dequantised().isEmpty()) {
            input(index, input, sliced(name, axis, kept, index));
            return;
        }
        int source = held.dequantised().get(); // read by this node alone, or nothing of it was removable
        Node node = node(source);
        int own = axis < 0 ? axis + held.tensor().dims().size() : axis;
        long grid = node.intAttribute("axis", 1);
        input(source, 0, sliced(node.inputs().get(0), own, kept, source));
        for (int parameter = 1; parameter < node.inputs().size(); parameter++) {
            String scales = node(source).inputs().get(parameter);
            ConstantTensor parameters = tensor(scales);
            boolean byChannel = parameters.dims().size() == 1 && parameters.elements() > 1;
            if (byChannel && (grid < 0 ? grid + held.tensor().dims().size() : grid) == own) {
                input(source, parameter, sliced(scales, 0, kept, source));
            }
        }
    }

    private String sliced(String name, int axis, int[] kept, int reader) {
        ConstantTensor tensor = tensor(name);
        if (kept.length == tensor.dims().get(axis)) {
            return name;
        }
        Slice slice = new Slice(name, axis, Arrays.stream(kept).boxed().toList());
        return slices.computeIfAbsent(slice, key -> {
            boolean alone = graph.users(name) <= 1 || sliced.getOrDefault(name, -1) == reader;
            String result = alone ? name : fresh(name);
            sliced.put(result, reader);
            initializers.put(result, Slices.of(tensor, result, axis, kept));
            return result;
        });
    }

    private ConstantTensor tensor(String name) {
        ConstantTensor tensor = initializers.get(name);
        if (tensor == null) {
            throw new IllegalStateException(name);
        }
        return tensor;
    }

    /** A list of integers in place of the one that a node reads. */
    void integers(int index, int input, List<Long> values) {
        String name = fresh(node(index).inputs().get(input));
        initializers.put(name, ConstantTensor.of(name, values));
        input(index, input, name);
    }

    private String fresh(String wish) {
        int number = 2;
        while (initializers.containsKey(wish + "_" + number)
                || graph.network().producers().containsKey(wish + "_" + number)) {
            number++;
        }
        return wish + "_" + number;
    }
}
