package dev.narrows.wire.weights;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The different values of a tensor that has few: first the commonest, then the others in ascending order. */
final class Palette {

    static final int MOST = 256;

    private final long[] values;
    private final byte[] symbols;

    private Palette(long[] values, byte[] symbols) {
        this.values = values;
        this.symbols = symbols;
    }

    /** The values of a tensor, of one element or more; empty if they are more than {@value #MOST}. */
    static Optional<Palette> of(Elements elements) {
        Map<Long, int[]> counts = new HashMap<>();
        for (int i = 0; i < elements.count(); i++) {
            counts.computeIfAbsent(elements.get(i), value -> new int[1])[0]++;
            if (counts.size() > MOST) {
                return Optional.empty();
            }
        }
        // of equally common ones the least, so that the same tensor always has the same code
        long commonest = counts.entrySet().stream()
                .max(Comparator.<Map.Entry<Long, int[]>>comparingInt(entry -> entry.getValue()[0])
                        .thenComparing(Map.Entry::getKey, Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .orElse(0L); // there is one: no tensor is empty here
        long[] values = new long[counts.size()];
        values[0] = commonest;
        int next = 1;
        for (long value : counts.keySet()) {
            if (value != commonest) {
                values[next++] = value;
            }
        }
        ascending(values);
        Map<Long, Byte> places = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            places.put(values[i], (byte) i);
        }
        byte[] symbols = new byte[elements.count()];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = places.getOrDefault(elements.get(i), (byte) 0);
        }
        return Optional.of(new Palette(values, symbols));
    }

    /** Sorts all but the first, as numbers without a sign. */
    private static void ascending(long[] values) {
        for (int i = 1; i < values.length; i++) {
            values[i] ^= Long.MIN_VALUE;
        }
        Arrays.sort(values, 1, values.length);
        for (int i = 1; i < values.length; i++) {
            values[i] ^= Long.MIN_VALUE;
        }
    }

    int size() {
        return values.length;
    }

    long value(int symbol) {
        return values[symbol];
    }

    /** By element, the place of its value: no copy. */
    byte[] symbols() {
        return symbols;
    }
}
