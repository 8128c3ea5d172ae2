package dev.narrows.graph;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that a mistyped one may have meant. */
final class Spelling {

    private Spelling() {}

    /** The {@code count} names nearest to {@code name}: those that contain it, then by edit distance (Levenshtein, 1966). */
    static List<String> nearest(String name, List<String> names, int count) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return names.stream()
                .sorted(Comparator.<String>comparingInt(
                                other -> other.toLowerCase(Locale.ROOT).contains(wanted) ? 0 : 1)
                        .thenComparingInt(other -> distance(wanted, other.toLowerCase(Locale.ROOT))))
                .limit(count)
                .toList();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
