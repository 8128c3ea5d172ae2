package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;
import java.util.List;

/*
 * Which frequency table codes which element:
 *
 *     channel → group          so that hundreds of channels share a few statistics
 *     left + upper symbol → bin, by thresholds      what is near predicts what is here [1]
 *     (group, bin) → table     any cells may share one
 *
 * The largest index of each is known, so hostile bytes cannot lead out of the tables.
 *
 * [1] Context modelling as in lossless image coding, e.g. M. Weinberger, G. Seroussi, G. Sapiro: The LOCO-I lossless
 *     image compression algorithm, 2000; here the contexts are static and calibrated.
 */

/** What the entropy coder expects of each element of an item, given those before it. Immutable. */
final class SymbolModel {

    /** The most tables: what a context's index fits, and what keeps a bundle small. */
    static final int MAX_TABLES = 128;

    static final int MAX_GROUPS = 255;
    static final int MAX_BINS = 64;

    private final Layout layout;
    private final int bits;
    private final int start;
    private final byte[] groups;
    private final int[] thresholds;
    private final byte[] cells;
    private final List<FrequencyTable> tables;
    private final byte[][] tableBySum; // [group][left + upper]

    /**
     * @param bits of a symbol, 1 to 8
     * @param start the symbol that stands for both neighbours where there are none
     * @param groups the group of each channel; empty if all are in group 0
     * @param thresholds ascending; a sum of neighbours is in bin k if k thresholds are at most as large
     * @param cells the table of (group, bin) at {@code group × bins + bin}
     * @throws MalformedException if the parts do not fit together
     */
    SymbolModel(
            Layout layout,
            int bits,
            int start,
            byte[] groups,
            int[] thresholds,
            byte[] cells,
            List<FrequencyTable> tables) {
        this.layout = layout;
        this.bits = bits;
        this.start = start;
        this.groups = groups.clone();
        this.thresholds = thresholds.clone();
        this.cells = cells.clone();
        this.tables = List.copyOf(tables);
        int symbols = 1 << bits;
        require(start >= 0 && start < symbols, "start", start, "a symbol of " + bits + " bits");
        require(tables.size() >= 1 && tables.size() <= MAX_TABLES, "tables", tables.size(), "1 to " + MAX_TABLES);
        for (FrequencyTable table : tables) {
            require(table.symbols() == symbols, "symbols of a table", table.symbols(), "" + symbols);
        }
        require(
                groups.length == 0 || groups.length == layout.channels(),
                "groups",
                groups.length,
                "none or " + layout.channels());
        int bins = thresholds.length + 1;
        require(bins <= MAX_BINS, "bins", bins, "at most " + MAX_BINS);
        require(cells.length > 0 && cells.length % bins == 0, "cells", cells.length, "a multiple of " + bins);
        int groupCount = cells.length / bins;
        require(groupCount <= MAX_GROUPS, "groups", groupCount, "at most " + MAX_GROUPS);
        for (byte group : groups) {
            require((group & 0xFF) < groupCount, "group", group & 0xFF, "less than " + groupCount);
        }
        for (byte cell : cells) {
            require(cell >= 0 && cell < tables.size(), "table", cell & 0xFF, "less than " + tables.size());
        }
        for (int i = 0; i < thresholds.length; i++) {
            require(
                    thresholds[i] > (i == 0 ? 0 : thresholds[i - 1]) && thresholds[i] <= 2 * (symbols - 1),
                    "threshold",
                    thresholds[i],
                    "ascending, 1 to " + 2 * (symbols - 1));
        }
        tableBySum = new byte[groupCount][2 * symbols - 1];
        for (int group = 0; group < groupCount; group++) {
            for (int sum = 0, bin = 0; sum < tableBySum[group].length; sum++) {
                while (bin < thresholds.length && thresholds[bin] <= sum) {
                    bin++;
                }
                tableBySum[group][sum] = cells[group * bins + bin];
            }
        }
    }

    private static void require(boolean holds, String what, int value, String expected) {
        if (!holds) {
            throw new MalformedException(what + ": " + value + " (expected: " + expected + ")");
        }
    }

    Layout layout() {
        return layout;
    }

    int bits() {
        return bits;
    }

    int start() {
        return start;
    }

    byte[] groups() {
        return groups.clone();
    }

    int[] thresholds() {
        return thresholds.clone();
    }

    byte[] cells() {
        return cells.clone();
    }

    List<FrequencyTable> tables() {
        return tables;
    }

    /** The table by the sum of the neighbours for the elements of {@code channel}. Not to be written to. */
    byte[] tableBySum(int channel) {
        return tableBySum[groups.length == 0 ? 0 : groups[channel] & 0xFF];
    }

    /** The index of the table that codes each element of {@code symbols}. */
    byte[] tablesOf(byte[] symbols) {
        short[] sums = new short[symbols.length];
        layout.neighbourSums(symbols, start, sums);
        byte[] chosen = new byte[symbols.length];
        int at = 0;
        for (int line = 0; line < layout.lines(); line++) {
            byte[] bySum = tableBySum(layout.channel(line));
            for (int end = at + layout.columns(); at < end; at++) {
                chosen[at] = bySum[sums[at]];
            }
        }
        return chosen;
    }
}
