package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/* design
 *
 * 1. Every layer with weights makes channels; each gets a number. Walking the network in order, each value gets the numbers
 *    of the channels on one of its axes.
 * 2. Where two values meet (a residual sum), where a group of a convolution needs as many as the others, where a reshape
 *    spreads a channel over several places, numbers are joined into classes: they go together or stay together.
 * 3. What is read by something that no rule knows, or by the user of the network, is frozen.
 * 4. Each rule leaves an edit that says what its node and its weights become once classes are removed, so that a rule says
 *    everything of an operator in one place.
 */
/** The channels of a network, and what hangs together when one is removed. */
final class ChannelGraph {

    /** What a node becomes when channels are removed. */
    interface Edit {
        void apply(Removal removal);
    }

    /**
     * A layer that makes channels.
     *
     * @param node its index
     * @param weight the name of its weights
     * @param axis of the weights that counts what it makes
     * @param ids of the channels
     */
    @SuppressWarnings("ArrayRecordComponent") // read, compared never
    record Maker(int node, String weight, int axis, int[] ids) {}

    /**
     * A layer that reads channels.
     *
     * @param node its index
     * @param weight the name of its weights
     * @param axis of the weights that counts what it reads
     * @param ids of the channel at each place of that axis, for each group of a convolution
     */
    record Reader(int node, String weight, int axis, List<int[]> ids) {}

    private final Network network;
    private final Shapes shapes;
    private final Classes classes = new Classes();
    private final Map<String, Channels> channels = new HashMap<>();
    private final List<Edit> edits = new ArrayList<>();
    private final List<int[]> needed = new ArrayList<>();
    private final List<Maker> makers = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final Map<String, List<Integer>> users;
    private final Set<String> outputs;

    private ChannelGraph(Network network, Shapes shapes) {
        this.network = network;
        this.shapes = shapes;
        users = network.users();
        outputs = network.outputs().stream().map(ValueInfo::name).collect(Collectors.toSet());
    }

    /** @param network whose weights are initializers, or dequantised from initializers */
    static ChannelGraph of(Network network, Shapes shapes) {
        ChannelGraph graph = new ChannelGraph(network, shapes);
        for (int i = 0; i < network.nodes().size(); i++) {
            ChannelRules.apply(graph, i, network.nodes().get(i));
        }
        graph.outputs.forEach(graph::freeze);
        return graph;
    }

    Network network() {
        return network;
    }

    Classes classes() {
        return classes;
    }

    List<Maker> makers() {
        return makers;
    }

    List<Reader> readers() {
        return readers;
    }

    List<Edit> edits() {
        return edits;
    }

    Optional<Channels> of(String value) {
        return Optional.ofNullable(channels.get(value));
    }

    void put(String value, Channels own) {
        if (value.isEmpty()) {
            return; // an output that nobody wants
        }
        List<Long> dims = dims(value);
        if (!dims.isEmpty() && dims.get(own.axis()) != own.ids().length) {
            throw new IllegalStateException("channels: " + own.ids().length + " on axis " + own.axis() + " of " + dims
                    + ", value \"" + value + "\"");
        }
        channels.put(value, own);
    }

    void edit(Edit edit) {
        edits.add(edit);
    }

    void make(Maker maker) {
        needOneOf(maker.ids());
        makers.add(maker);
    }

    void read(Reader reader) {
        readers.add(reader);
    }

    /** All channels of a value must stay. */
    void freeze(String value) {
        of(value).ifPresent(own -> classes.freeze(own.ids()));
    }

    List<Long> dims(String value) {
        ConstantTensor held = network.initializers().get(value);
        if (held != null) {
            return held.dims();
        }
        return shapes.of(value).map(Shapes.Shape::dims).orElse(List.of());
    }

    boolean isConstant(String value) {
        return weight(value).isPresent();
    }

    /**
     * Whether parts of a held tensor can be taken out for one reader: not of an answer, nor of elements narrower than a
     * byte; of one behind a DequantizeLinear only if nobody else reads either, and its scales are held and of at most one
     * axis.
     */
    boolean isSliceable(String value) {
        Optional<Held> held = weight(value);
        boolean plain = held.isPresent() && held.get().tensor().type().bits() >= Byte.SIZE && !outputs.contains(value);
        if (!plain || held.get().dequantised().isEmpty()) {
            return plain;
        }
        String integers = held.get().tensor().name();
        Node node = network.nodes().get(held.get().dequantised().get());
        return users(value) == 1
                && users(integers) == 1
                && !outputs.contains(integers)
                && node.inputs().stream()
                        .skip(1)
                        .filter(name -> !name.isEmpty())
                        .allMatch(parameter -> {
                            ConstantTensor own = network.initializers().get(parameter);
                            return own != null && own.dims().size() <= 1;
                        });
    }

    /** Whether a tensor that the file holds has one reader, who may change it: it is no answer. */
    boolean isOnlyRead(String tensor) {
        return users(tensor) <= 1 && !outputs.contains(tensor);
    }

    /** Of these channels, places on one axis of a value, one must stay. */
    void needOneOf(int... ids) {
        needed.add(ids);
    }

    List<int[]> needed() {
        return needed;
    }

    /** How many nodes read a value. */
    int users(String value) {
        return users.getOrDefault(value, List.of()).size();
    }

    /** A tensor that the file holds: an initializer, or one that a DequantizeLinear makes of an initializer. */
    Optional<Held> weight(String value) {
        ConstantTensor tensor = network.initializers().get(value);
        if (tensor != null) {
            return Optional.of(new Held(tensor, Optional.empty()));
        }
        Integer producer = network.producers().get(value);
        if (producer == null) {
            return Optional.empty();
        }
        Node node = network.nodes().get(producer);
        boolean dequantised = node.opType().equals("DequantizeLinear");
        ConstantTensor integers =
                dequantised ? network.initializers().get(node.inputs().get(0)) : null;
        return integers == null ? Optional.empty() : Optional.of(new Held(integers, Optional.of(producer)));
    }

    /**
     * A tensor that the file holds.
     *
     * @param dequantised the node that makes floats of it, if there is one
     */
    record Held(ConstantTensor tensor, Optional<Integer> dequantised) {}

    /** The classes of each axis of removable channels, by the layers that make them: those that share one hang together. */
    Map<Integer, List<Integer>> groups() {
        Map<Integer, Integer> groupOf = new HashMap<>();
        Classes groups = new Classes();
        for (Maker maker : makers) {
            int first = -1;
            for (int id : maker.ids()) {
                int own = classes.of(id);
                if (own != Classes.FROZEN) {
                    int group = groupOf.computeIfAbsent(own, key -> groups.add());
                    first = first < 0 ? group : first;
                    groups.join(first, group);
                }
            }
        }
        Map<Integer, List<Integer>> members = new LinkedHashMap<>();
        new TreeMap<>(groupOf)
                .forEach((own, group) -> members.computeIfAbsent(groups.of(group), key -> new ArrayList<>())
                        .add(own));
        return members;
    }

    /** Ids that must stay, where there are no others. */
    static int[] frozen(long count) {
        int[] ids = new int[Math.toIntExact(count)];
        Arrays.fill(ids, Classes.FROZEN);
        return ids;
    }
}
