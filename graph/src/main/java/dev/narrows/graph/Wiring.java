package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Who makes and who uses the values of a list of nodes. */
final class Wiring {

    private Wiring() {}

    /** @throws InvalidException if a value is made twice */
    static Map<String, Integer> producers(List<Node> nodes) {
        Map<String, Integer> producers = new LinkedHashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                Integer other = output.isEmpty() ? null : producers.put(output, i);
                if (other != null) {
                    throw new InvalidException(
                            "output: made by node \"" + nodes.get(other).label() + "\" too (expected: by one), value \""
                                    + output + "\", " + Located.node(nodes.get(i)));
                }
            }
        }
        return Collections.unmodifiableMap(producers);
    }

    static Map<String, List<Integer>> users(List<Node> nodes) {
        Map<String, List<Integer>> users = new LinkedHashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String use : nodes.get(i).uses()) {
                users.computeIfAbsent(use, key -> new ArrayList<>()).add(i);
            }
        }
        users.replaceAll((value, indices) -> List.copyOf(indices));
        return Collections.unmodifiableMap(users);
    }

    /**
     * The order in which the nodes can run, as indices: each after what it uses, otherwise as they come (Kahn 1962 with
     * the least index first; O((n + e) log n)). Nodes that are in order already stay where they are.
     *
     * @throws InvalidException if they form a cycle or make a value twice
     */
    static int[] order(List<Node> nodes) {
        Map<String, Integer> producers = producers(nodes);
        int[] waiting = new int[nodes.size()];
        Map<Integer, List<Integer>> followers = new HashMap<>();
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < waiting.length; i++) {
            Set<Integer> needs = new LinkedHashSet<>();
            for (String use : nodes.get(i).uses()) {
                Integer producer = producers.get(use);
                if (producer != null) {
                    needs.add(producer);
                }
            }
            waiting[i] = needs.size();
            for (int need : needs) {
                followers.computeIfAbsent(need, key -> new ArrayList<>()).add(i);
            }
            if (needs.isEmpty()) {
                ready.add(i);
            }
        }
        int[] order = new int[waiting.length];
        int done = 0;
        while (!ready.isEmpty()) {
            int next = ready.remove();
            order[done++] = next;
            for (int follower : followers.getOrDefault(next, List.of())) {
                if (--waiting[follower] == 0) {
                    ready.add(follower);
                }
            }
        }
        if (done < order.length) {
            int stuck = 0;
            while (waiting[stuck] == 0) {
                stuck++;
            }
            throw new InvalidException("nodes: " + (order.length - done)
                    + " of them wait for each other (expected: no cycle), node \""
                    + nodes.get(stuck).label() + "\"");
        }
        return order;
    }
}
