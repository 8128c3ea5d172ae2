package dev.narrows.wire.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/*
 * Every model that is tried is fitted on one half of the items and measured on the other, and the other way round: items
 * 0, 2, 4, … and 1, 3, 5, …. Tried are tables by channel group only, and by channel group and neighbours, each with 1 to
 * 64 or 128 tables. The fewest tables whose bits are nearly the best win, and neighbours only if they save enough: the
 * calibration is a sample, and what is simpler decodes faster. The winner is fitted anew on all items.
 */

/** Chooses and fits the entropy model of a tensor's symbols. Deterministic. */
final class ModelFitter {

    private static final int MOST_BINS = 12;

    /** How fine a model may be. */
    private static final class Grain {

        /** The most groups of channels. */
        final int groups;
        /** The factor of the least bits that fewer tables may cost. */
        final double worthTables;
        /** The factor of the bits with neighbours that those without may cost. */
        final double worthNeighbours;
        /** How many tables to try, from many to few. */
        final int[] tables;

        Grain(int groups, double worthTables, double worthNeighbours, int... tables) {
            this.groups = groups;
            this.worthTables = worthTables;
            this.worthNeighbours = worthNeighbours;
            this.tables = tables;
        }
    }

    /** For what is quantised after the fact: kilobytes an item, calibrated on tens of items, channels much alike. */
    private static final Grain COARSE = new Grain(12, 1.005, 1.01, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1);

    /**
     * For codes of trained bottlenecks: tens of bytes an item, calibrated on thousands of items, and channels trained with
     * a distribution of their own each. For 32 such channels and 500 bytes (BottleneckSizesTest) 12 groups take 584
     * bytes, 64 take 504.
     */
    private static final Grain FINE = new Grain(64, 1.001, 1.002, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1);

    private final Layout layout;
    private final int bits;
    private final List<byte[]> items;
    private final int start;
    private final int[] thresholds;
    private final Grain grain;

    private ModelFitter(Layout layout, int bits, List<byte[]> items, Grain grain) {
        this.layout = layout;
        this.bits = bits;
        this.items = items;
        this.grain = grain;
        start = mostFrequent(items, 1 << bits);
        thresholds = thresholds();
    }

    /** The model for symbols like those of {@code items}; at least one item. */
    static SymbolModel fit(Layout layout, int bits, List<byte[]> items) {
        return new ModelFitter(layout, bits, items, COARSE).fit();
    }

    /** The same with up to 64 groups of channels and 128 tables. */
    static SymbolModel fitFinely(Layout layout, int bits, List<byte[]> items) {
        return new ModelFitter(layout, bits, items, FINE).fit();
    }

    private SymbolModel fit() {
        CellCounts even = counts(0);
        CellCounts odd = counts(1);
        CellCounts all = even.plus(odd);
        if (items.size() < 2) {
            return model(all.oneBin(), new int[] {}, 1); // nothing to measure on
        }
        double[] plain = heldOutBits(even.oneBin(), odd.oneBin());
        double[] near = heldOutBits(even, odd);
        if (least(plain) <= least(near) * grain.worthNeighbours) {
            return model(all.oneBin(), new int[] {}, fewest(plain));
        }
        return model(all, thresholds, fewest(near));
    }

    private CellCounts counts(int first) {
        List<byte[]> half = new ArrayList<>();
        for (int item = first; item < items.size(); item += 2) {
            half.add(items.get(item));
        }
        return CellCounts.of(layout, bits, start, thresholds, half);
    }

    /** Bits by index into {@link Grain#tables} for both halves, each coded with tables from the other. */
    private double[] heldOutBits(CellCounts even, CellCounts odd) {
        double[] bitsOf = new double[grain.tables.length];
        addHeldOutBits(even, odd, bitsOf);
        addHeldOutBits(odd, even, bitsOf);
        return bitsOf;
    }

    private void addHeldOutBits(CellCounts seen, CellCounts unseen, double[] bitsOf) {
        int[] groups = Clusters.groups(seen, grain.groups);
        int groupCount = Arrays.stream(groups).max().orElse(0) + 1;
        int[][] seenCells = seen.grouped(groups, groupCount);
        int[][] unseenCells = unseen.grouped(groups, groupCount);
        int[][] partitions = Clusters.merge(seenCells, seen.bins, grain.tables);
        for (int k = 0; k < grain.tables.length; k++) {
            int[][] held = clustered(unseenCells, partitions[k]);
            List<FrequencyTable> tables = tables(clustered(seenCells, partitions[k]), seen.whole());
            for (int table = 0; table < held.length; table++) {
                for (int symbol = 0; symbol < held[table].length; symbol++) {
                    if (held[table][symbol] > 0) {
                        bitsOf[k] += held[table][symbol] * tables.get(table).cost(symbol, bits);
                    }
                }
            }
        }
    }

    private static double least(double[] bitsOf) {
        return Arrays.stream(bitsOf).min().orElse(0);
    }

    private int fewest(double[] bitsOf) {
        double enough = least(bitsOf) * grain.worthTables;
        int chosen = grain.tables[0];
        for (int k = 0; k < grain.tables.length; k++) {
            chosen = bitsOf[k] <= enough ? grain.tables[k] : chosen;
        }
        return chosen;
    }

    private SymbolModel model(CellCounts counts, int[] usedThresholds, int size) {
        int[] groupOfBlock = Clusters.groups(counts, grain.groups);
        int groupCount = Arrays.stream(groupOfBlock).max().orElse(0) + 1;
        int[][] cells = counts.grouped(groupOfBlock, groupCount);
        int[] partition = Clusters.merge(cells, counts.bins, new int[] {size})[0];
        List<FrequencyTable> tables = tables(clustered(cells, partition), counts.whole());
        byte[] tableOfCell = new byte[cells.length];
        for (int cell = 0; cell < cells.length; cell++) {
            tableOfCell[cell] = (byte) partition[cell];
        }
        if (size == 1) { // then groups and bins say nothing
            return new SymbolModel(layout, bits, start, new byte[0], new int[0], new byte[1], tables);
        }
        byte[] groups = new byte[layout.channels()];
        for (int channel = 0; channel < groups.length; channel++) {
            groups[channel] = (byte) groupOfBlock[CellCounts.blockOf(layout, channel)];
        }
        return new SymbolModel(
                layout, bits, start, groupCount == 1 ? new byte[0] : groups, usedThresholds, tableOfCell, tables);
    }

    private static int[][] clustered(int[][] cells, int[] partition) {
        int[][] sums = new int[Arrays.stream(partition).max().orElse(0) + 1][cells[0].length];
        for (int cell = 0; cell < cells.length; cell++) {
            CellCounts.add(cells[cell], sums[partition[cell]]);
        }
        return sums;
    }

    private List<FrequencyTable> tables(int[][] counts, int[] whole) {
        List<FrequencyTable> tables = new ArrayList<>();
        for (int[] table : counts) {
            tables.add(TableFitter.fit(table, whole, bits));
        }
        return tables;
    }

    private static int mostFrequent(List<byte[]> items, int symbols) {
        int[] counts = new int[symbols];
        for (byte[] item : items) {
            for (byte symbol : item) {
                counts[symbol & 0xFF]++;
            }
        }
        int best = 0;
        for (int symbol = 1; symbol < symbols; symbol++) {
            best = counts[symbol] > counts[best] ? symbol : best;
        }
        return best;
    }

    /** Thresholds that put about as many of the remaining elements into each remaining bin. */
    private int[] thresholds() {
        int[] histogram = new int[2 << bits];
        short[] sums = new short[layout.elements()];
        int remaining = 0;
        for (byte[] item : items) {
            layout.neighbourSums(item, start, sums);
            for (short sum : sums) {
                histogram[sum]++;
                remaining++;
            }
        }
        int[] found = new int[MOST_BINS - 1];
        int bins = 0;
        int inBin = 0;
        for (int sum = 0; sum <= 2 * ((1 << bits) - 1) && bins < found.length; sum++) {
            if (inBin > 0 && histogram[sum] > 0 && inBin >= (double) remaining / (MOST_BINS - bins)) {
                remaining -= inBin;
                inBin = 0;
                found[bins++] = sum;
            }
            inBin += histogram[sum];
        }
        return Arrays.copyOf(found, bins);
    }
}
