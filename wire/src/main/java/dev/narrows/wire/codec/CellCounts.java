package dev.narrows.wire.codec;

import java.util.List;

/**
 * How often each symbol came in each cell: a block of channels and a bin of neighbour sums. Blocks are single channels
 * up to a limit, then runs of them.
 */
final class CellCounts {

    private static final int MAX_BLOCKS = 1024;

    final int blocks;
    final int bins;
    final int symbols;

    /** {@code [block × bins + bin][symbol]}. */
    final int[][] counts;

    private CellCounts(int blocks, int bins, int symbols, int[][] counts) {
        this.blocks = blocks;
        this.bins = bins;
        this.symbols = symbols;
        this.counts = counts;
    }

    static int blocks(Layout layout) {
        return Math.min(layout.channels(), MAX_BLOCKS);
    }

    static int blockOf(Layout layout, int channel) {
        return (int) ((long) channel * blocks(layout) / layout.channels());
    }

    static CellCounts of(Layout layout, int bits, int start, int[] thresholds, List<byte[]> items) {
        int bins = thresholds.length + 1;
        int[][] counts = new int[blocks(layout) * bins][1 << bits];
        byte[] binBySum = new byte[2 << bits];
        for (int sum = 0, bin = 0; sum < binBySum.length; sum++) {
            while (bin < thresholds.length && thresholds[bin] <= sum) {
                bin++;
            }
            binBySum[sum] = (byte) bin;
        }
        short[] sums = new short[layout.elements()];
        for (byte[] item : items) {
            layout.neighbourSums(item, start, sums);
            int at = 0;
            for (int line = 0; line < layout.lines(); line++) {
                int cell = blockOf(layout, layout.channel(line)) * bins;
                for (int end = at + layout.columns(); at < end; at++) {
                    counts[cell + binBySum[sums[at]]][item[at] & 0xFF]++;
                }
            }
        }
        return new CellCounts(blocks(layout), bins, 1 << bits, counts);
    }

    CellCounts plus(CellCounts other) {
        int[][] sum = new int[counts.length][];
        for (int cell = 0; cell < counts.length; cell++) {
            sum[cell] = counts[cell].clone();
            add(other.counts[cell], sum[cell]);
        }
        return new CellCounts(blocks, bins, symbols, sum);
    }

    /** The counts without regard to neighbours. */
    CellCounts oneBin() {
        int[][] sums = new int[blocks][symbols];
        for (int cell = 0; cell < counts.length; cell++) {
            add(counts[cell], sums[cell / bins]);
        }
        return new CellCounts(blocks, 1, symbols, sums);
    }

    /** The counts of {@code (group, bin)} at {@code group × bins + bin}. */
    int[][] grouped(int[] groupOfBlock, int groups) {
        int[][] sums = new int[groups * bins][symbols];
        for (int cell = 0; cell < counts.length; cell++) {
            add(counts[cell], sums[groupOfBlock[cell / bins] * bins + cell % bins]);
        }
        return sums;
    }

    int[] whole() {
        int[] sum = new int[symbols];
        for (int[] cell : counts) {
            add(cell, sum);
        }
        return sum;
    }

    static void add(int[] from, int[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i] += from[i];
        }
    }
}
