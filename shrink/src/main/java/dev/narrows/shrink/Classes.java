package dev.narrows.shrink;

import java.util.ArrayList;
import java.util.List;

/** Channels that can only be removed together, as a disjoint-set forest (Tarjan 1975). Class 0 is of those that must stay. */
final class Classes {

    /** Of channels that must stay. */
    static final int FROZEN = 0;

    private final List<Integer> parents = new ArrayList<>(List.of(FROZEN));

    /** A new channel in a class of its own. */
    int add() {
        parents.add(parents.size());
        return parents.size() - 1;
    }

    /** So many new channels. */
    int[] add(int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = add();
        }
        return ids;
    }

    /** The class of a channel. */
    int of(int id) {
        int root = id;
        while (parents.get(root) != root) {
            root = parents.get(root);
        }
        int next = id;
        while (parents.get(next) != root) { // what was passed points at the root from now on
            int parent = parents.get(next);
            parents.set(next, root);
            next = parent;
        }
        return root;
    }

    /** Makes one class of two. */
    void join(int one, int other) {
        int a = of(one);
        int b = of(other);
        if (a != b) {
            parents.set(Math.max(a, b), Math.min(a, b)); // the frozen class stays the root
        }
    }

    void freeze(int... ids) {
        for (int id : ids) {
            join(FROZEN, id);
        }
    }

    int size() {
        return parents.size();
    }
}
