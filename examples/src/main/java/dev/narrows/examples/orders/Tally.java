package dev.narrows.examples.orders;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Right answers among all, by groups. Not thread-safe. */
final class Tally {

    private final Map<String, int[]> groups = new TreeMap<>();

    void add(String group, boolean right) {
        int[] counts = groups.computeIfAbsent(group, name -> new int[2]);
        counts[0] += right ? 1 : 0;
        counts[1]++;
    }

    boolean has(String group) {
        return groups.containsKey(group);
    }

    Iterable<String> groups() {
        return groups.keySet();
    }

    /** Such as {@code 94.5 % of 899}; a dash for a group without items. */
    String share(String group) {
        int[] counts = groups.get(group);
        return counts == null
                ? "–"
                : String.format(Locale.ROOT, "%.1f %% of %d", 100.0 * counts[0] / counts[1], counts[1]);
    }
}
