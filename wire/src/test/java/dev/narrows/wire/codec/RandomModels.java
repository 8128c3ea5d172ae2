package dev.narrows.wire.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Models, items and layouts from a seed: flat and extreme tables, with and without escape. */
final class RandomModels {

    private RandomModels() {}

    static Layout layout(Random random) {
        return new Layout(1 + random.nextInt(2), 1 + random.nextInt(5), 1 + random.nextInt(6), 1 + random.nextInt(9));
    }

    static SymbolModel model(Layout layout, int bits, Random random) {
        int bins = 1 + random.nextInt(Math.min(4, 1 << bits));
        int groups = 1 + random.nextInt(3);
        int[] thresholds = random.ints(1, 2 * ((1 << bits) - 1) + 1)
                .distinct()
                .limit(Math.min(bins - 1, 2 * ((1 << bits) - 1)))
                .sorted()
                .toArray();
        byte[] groupOf = new byte[layout.channels()];
        for (int channel = 0; channel < groupOf.length; channel++) {
            groupOf[channel] = (byte) random.nextInt(groups);
        }
        int tables = 1 + random.nextInt(5);
        byte[] cells = new byte[groups * (thresholds.length + 1)];
        for (int cell = 0; cell < cells.length; cell++) {
            cells[cell] = (byte) random.nextInt(tables);
        }
        List<FrequencyTable> list = new ArrayList<>();
        for (int table = 0; table < tables; table++) {
            list.add(table(bits, random));
        }
        return new SymbolModel(layout, bits, random.nextInt(1 << bits), groupOf, thresholds, cells, list);
    }

    static FrequencyTable table(int bits, Random random) {
        int symbols = 1 << bits;
        int[] counts = new int[symbols];
        switch (random.nextInt(4)) {
            case 0 -> counts[random.nextInt(symbols)] = 1_000_000; // all but certain
            case 1 -> java.util.Arrays.fill(counts, 1000); // flat, every symbol listed
            case 2 -> { // a few, far apart
                for (int i = 0; i < 3; i++) {
                    counts[random.nextInt(symbols)] += 1 + random.nextInt(100_000);
                }
            }
            default -> { // falling off
                for (int symbol = 0; symbol < symbols; symbol++) {
                    counts[symbol] = (int) (10_000 * Math.pow(0.5 + random.nextDouble() / 2, symbol));
                }
            }
        }
        return TableFitter.fit(counts, counts, bits);
    }

    /** Symbols that follow the model's tables now and then, and are random else. */
    static byte[] symbols(Layout layout, int bits, Random random) {
        byte[] symbols = new byte[layout.elements()];
        boolean flat = random.nextInt(3) == 0;
        byte last = 0;
        for (int i = 0; i < symbols.length; i++) {
            last = flat || random.nextInt(6) == 0 ? (byte) random.nextInt(1 << bits) : last;
            symbols[i] = last;
        }
        return symbols;
    }
}
