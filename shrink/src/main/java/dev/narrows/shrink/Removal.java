package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.FreshNames;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
    private final FreshNames names;

    private Removal(ChannelGraph graph, Set<Integer> removed, Map<String, ConstantTensor> held) {
        this.graph = graph;
        this.removed = removed;
        initializers = new LinkedHashMap<>(held);
        names = FreshNames.of(graph.network());
    }

    /**
     * The network without some classes.
     *
     * @param removed classes of {@link ChannelGraph#classes}, none of them the frozen one
     * @param held the tensors to take parts of: the network's own, or others of their shapes
     */
    static Network of(ChannelGraph graph, Set<Integer> removed, Map<String, ConstantTensor> held) {
        Removal removal = new Removal(graph, removed, held);
        graph.edits().forEach(edit -> edit.apply(removal));
        return removal.network();
    }

    private Network network() {
        Network network = graph.network();
        List<Node> left = new ArrayList<>();
        for (int i = 0; i < network.nodes().size(); i++) {
            left.add(nodes.getOrDefault(i, network.nodes().get(i)));
        }
        Map<String, ValueInfo> types = new LinkedHashMap<>(network.valueInfos());
        types.keySet().removeIf(name -> graph.of(name).isPresent()); // shapes of old
        return network.withValueInfos(types).rewired(left, initializers);
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
        nodes.put(index, node.withInputs(inputs));
    }

    void attribute(int index, String name, Attribute value) {
        Node node = node(index);
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put(name, value);
        nodes.put(index, node.withAttributes(attributes));
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
            if (scales.isEmpty()) {
                continue; // no zero points
            }
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
            boolean alone = graph.isOnlyRead(name) || sliced.getOrDefault(name, -1) == reader;
            String result = alone ? name : names.like(name);
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
        String name = names.like(node(index).inputs().get(input));
        initializers.put(name, ConstantTensor.of(name, values));
        input(index, input, name);
    }
}
