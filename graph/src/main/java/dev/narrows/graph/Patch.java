package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A change to a network: nodes that others take the place of, values that are read in place of others, new weights.
 * {@link #apply} makes a new network with the same inputs, outputs, opsets and metadata; what nobody reads any more
 * because of the change is left out of it.
 *
 * <p>A patch is used once, by one thread. Where two changes of one patch would meet, the second is refused and can be made
 * by the next patch.
 */
public final class Patch {

    private final Network network;
    private final Shapes shapes;
    private final Map<String, Integer> producers;
    private final Map<String, List<Integer>> users;
    private final FreshNames names;
    private final Set<String> outputs = new HashSet<>();
    private final Set<String> captured = new HashSet<>(); // by subgraphs, under names that are not changed there
    private final Map<Integer, List<Node>> replaced = new HashMap<>();
    private final Map<String, String> instead = new HashMap<>(); // what is read in place of a value
    private final Map<String, String> renames = new HashMap<>(); // of what becomes an output of the network
    private final Set<String> involved = new HashSet<>(); // in a redirection
    private final Set<String> moved = new HashSet<>(); // that are read or made under another name from now on
    private final Map<String, ConstantTensor> weights = new LinkedHashMap<>();
    private int changes;
    private boolean onlyUsed;

    private Patch(Network network, Shapes shapes) {
        this.network = network;
        this.shapes = shapes;
        producers = network.producers();
        users = network.users();
        names = FreshNames.of(network);
        network.outputs().forEach(output -> outputs.add(output.name()));
        network.nodes().forEach(node -> node.subgraphs().forEach(subgraph -> captured.addAll(subgraph.captured())));
    }

    /**
     * A patch that changes nothing yet.
     *
     * @param shapes of the network's values, to hold that no value is read in place of one of another type; may know few
     */
    public static Patch of(Network network, Shapes shapes) {
        return new Patch(network, shapes);
    }

    /** How many changes it holds. */
    public int changes() {
        return changes;
    }

    public Network network() {
        return network;
    }

    /** The node that makes a value, if one does and this patch has not changed it. */
    public Optional<Integer> producer(String value) {
        return Optional.ofNullable(producers.get(value)).filter(this::isFree);
    }

    /** Whether this patch leaves a node as it is, so far. */
    public boolean isFree(int node) {
        return !replaced.containsKey(node);
    }

    /** The nodes that read a value, subgraphs' uses included. */
    public List<Integer> users(String value) {
        return users.getOrDefault(value, List.of());
    }

    /** Whether exactly one node reads a value, and no output of the network is it. */
    public boolean isOnlyRead(String value) {
        return users(value).size() == 1 && !outputs.contains(value);
    }

    /** The elements of an input of a node, if the file holds them as an initializer. */
    public Optional<ConstantTensor> weight(Node node, int input) {
        return input < node.inputs().size()
                ? Optional.ofNullable(network.initializers().get(node.inputs().get(input)))
                : Optional.empty();
    }

    /** A name that no value of the network has, nor a graph inside it: {@code wish}, or that with a number behind it. */
    public String freshName(String wish) {
        return names.like(wish);
    }

    /** Puts nodes in the place of one. What they read and make must be there in the end; {@link #apply} sorts them. */
    public void replace(int node, Node... by) {
        if (!isFree(node)) {
            throw new IllegalStateException(
                    "node: changed already, \"" + network.nodes().get(node).label() + "\"");
        }
        replaced.put(node, List.of(by));
        changes++;
    }

    /** A weight that is new, or takes the place of the one of its name. */
    public void put(ConstantTensor weight) {
        weights.put(weight.name(), weight);
    }

    /**
     * Puts two nodes' work into the second's place: the first goes, {@code by} makes what the second made. One change.
     */
    public void merge(int first, int second, Node by) {
        replace(second, by);
        replace(first);
        changes--;
    }

    /**
     * Lets everything that reads {@code value} read {@code other}. An output of the network keeps its name.
     *
     * @return whether that can be done: not where nobody reads the value, where subgraphs know the values by name, where an output cannot get the
     *     name, or where this patch has something to do with one of the two already
     * @throws InvalidException if the two are known to be of different types or shapes
     */
    public boolean redirect(String value, String other) {
        requireSameType(value, other);
        boolean read = users.containsKey(value) || outputs.contains(value);
        boolean free = !involved.contains(value) && !moved.contains(other) && !touches(value) && !touches(other);
        if (!read || !free) {
            return false;
        }
        if (outputs.contains(value)) {
            boolean renamed = producers.containsKey(other)
                    && !involved.contains(other)
                    && !outputs.contains(other)
                    && !captured.contains(other)
                    && !captured.contains(value);
            if (!renamed) {
                return false;
            }
            renames.put(other, value); // and whoever made the value makes it no more
            Optional.ofNullable(producers.get(value)).ifPresent(node -> replaced.put(node, without(node, value)));
        } else {
            if (captured.contains(value)) {
                return false;
            }
            instead.put(value, other);
        }
        involved.add(value);
        involved.add(other);
        moved.add(value);
        if (outputs.contains(value)) {
            moved.add(other); // it has another name now
        }
        changes++;
        return true;
    }

    /** Whether the node that makes a value is changed. */
    private boolean touches(String value) {
        Integer producer = producers.get(value);
        return producer != null && !isFree(producer);
    }

    /** A node that makes {@code value} no more: none, if it makes nothing else that is wanted. */
    private List<Node> without(int index, String value) {
        Node node = network.nodes().get(index);
        boolean wanted = node.outputs().stream()
                .anyMatch(output -> !output.isEmpty()
                        && !output.equals(value)
                        && (users.containsKey(output) || outputs.contains(output)));
        if (!wanted) {
            return List.of();
        }
        return List.of(node.withOutputs(node.outputs().stream()
                .map(output -> output.equals(value) ? freshName(value + "_unread") : output)
                .toList()));
    }

    private void requireSameType(String value, String other) {
        Optional<Shapes.Shape> one = shapes.of(value);
        Optional<Shapes.Shape> two = shapes.of(other);
        boolean known = one.isPresent() && two.isPresent();
        if (known
                && !(one.get().element() == two.get().element()
                        && one.get().dims().equals(two.get().dims()))) {
            throw new InvalidException("value: \"" + other + "\" of " + two.get() + " (expected: " + one.get()
                    + ", to be read in place of \"" + value + "\")");
        }
    }

    /** Leaves out, too, all nodes and initializers that no output needs, whether or not they ever were needed. */
    public void dropUnused() {
        List<Node> needed = new ArrayList<>(network.nodes());
        dropUnread(needed, producers.keySet());
        Set<String> read = new HashSet<>(outputs);
        needed.forEach(node -> read.addAll(node.uses()));
        long unread = network.initializers().keySet().stream()
                .filter(name -> !read.contains(name))
                .count();
        onlyUsed = true;
        changes += network.nodes().size() - needed.size() + Math.toIntExact(unread);
    }

    /** The changed network. Nodes that stay keep their order. */
    public Network apply() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < network.nodes().size(); i++) {
            List<Node> now = replaced.getOrDefault(i, List.of(network.nodes().get(i)));
            now.forEach(node -> nodes.add(renamed(node)));
        }
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        initializers.putAll(weights);
        List<Node> sorted = new ArrayList<>();
        for (int index : Wiring.order(nodes)) {
            sorted.add(nodes.get(index));
        }
        Set<String> readBefore = new HashSet<>(users.keySet());
        readBefore.addAll(weights.keySet());
        if (onlyUsed) {
            readBefore.addAll(producers.keySet());
        }
        dropUnread(sorted, readBefore);
        if (onlyUsed) {
            Set<String> read = new HashSet<>(outputs);
            sorted.forEach(node -> read.addAll(node.uses()));
            initializers.keySet().retainAll(read);
        }
        return network.rewired(sorted, initializers);
    }

    /** Takes out the nodes of which something was read before and nothing is now, and then what only they read. */
    private void dropUnread(List<Node> nodes, Set<String> readBefore) {
        Map<String, Integer> readers = new HashMap<>();
        outputs.forEach(output -> readers.merge(output, 1, Integer::sum));
        nodes.forEach(node -> node.uses().forEach(use -> readers.merge(use, 1, Integer::sum)));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            boolean read = node.outputs().stream().anyMatch(output -> readers.getOrDefault(output, 0) > 0);
            boolean before = node.outputs().stream().anyMatch(readBefore::contains);
            if (!read && before) {
                node.uses().forEach(use -> readers.merge(use, -1, Integer::sum));
                nodes.remove(i);
            }
        }
    }

    private Node renamed(Node node) {
        List<String> ins = node.inputs().stream()
                .map(name -> instead.getOrDefault(name, name))
                .map(name -> renames.getOrDefault(name, name))
                .toList();
        List<String> outs = node.outputs().stream()
                .map(name -> renames.getOrDefault(name, name))
                .toList();
        boolean same = ins.equals(node.inputs()) && outs.equals(node.outputs());
        return same ? node : node.withInputs(ins).withOutputs(outs);
    }
}
