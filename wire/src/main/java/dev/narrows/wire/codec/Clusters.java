package dev.narrows.wire.codec;

import java.util.Arrays;

/** Finds what may share a table: channels alike into groups, cells alike into clusters. Deterministic. */
final class Clusters {

    private static final int ROUNDS = 8;

    private Clusters() {}

    /**
     * The group of each block of channels, at most {@code most + 1} groups. Blocks of one symbol only are one group;
     * the others start in order of their entropy and move to the group that codes them in the fewest bits until none
     * moves (Lloyd's method with code length for distance).
     */
    static int[] groups(CellCounts counts, int most) {
        int[][] histograms = counts.oneBin().counts;
        int blocks = histograms.length;
        double[] entropy = new double[blocks];
        Integer[] order = new Integer[blocks];
        int constant = 0;
        for (int block = 0; block < blocks; block++) {
            order[block] = block;
            entropy[block] = perSymbol(histograms[block]);
            constant += entropy[block] == 0 ? 1 : 0;
        }
        Arrays.sort(order, (a, b) -> Double.compare(entropy[a], entropy[b]));
        int[] group = new int[blocks];
        int groups = Math.min(most, blocks - constant);
        for (int rank = constant; rank < blocks; rank++) {
            group[order[rank]] = (int) ((long) (rank - constant) * groups / (blocks - constant));
        }
        if (groups == blocks - constant) { // each has its own
            groups = 0;
        }
        for (int round = 0; round < ROUNDS && groups > 1; round++) {
            if (!moved(histograms, entropy, group, groups)) {
                break;
            }
        }
        int others = Math.min(most, blocks - constant);
        for (int rank = 0; rank < constant; rank++) {
            group[order[rank]] = others;
        }
        return dense(group);
    }

    private static boolean moved(int[][] histograms, double[] entropy, int[] group, int groups) {
        double[][] costs = new double[groups][histograms[0].length];
        for (int block = 0; block < group.length; block++) {
            if (entropy[block] > 0) {
                for (int symbol = 0; symbol < histograms[block].length; symbol++) {
                    costs[group[block]][symbol] += histograms[block][symbol];
                }
            }
        }
        for (double[] cost : costs) {
            double sum = 0;
            for (double count : cost) {
                sum += count + 0.5; // so that a symbol new to the group costs something finite
            }
            for (int symbol = 0; symbol < cost.length; symbol++) {
                cost[symbol] = Logarithms.log2(sum / (cost[symbol] + 0.5));
            }
        }
        boolean moved = false;
        for (int block = 0; block < group.length; block++) {
            if (entropy[block] == 0) {
                continue;
            }
            int best = group[block];
            double least = codeLength(histograms[block], costs[best]);
            for (int candidate = 0; candidate < groups; candidate++) {
                double length = codeLength(histograms[block], costs[candidate]);
                if (length < least) {
                    least = length;
                    best = candidate;
                }
            }
            moved |= best != group[block];
            group[block] = best;
        }
        return moved;
    }

    private static double codeLength(int[] histogram, double[] costs) {
        double bits = 0;
        for (int symbol = 0; symbol < histogram.length; symbol++) {
            bits += histogram[symbol] * costs[symbol];
        }
        return bits;
    }

    /** The same partition with numbers from 0 in order of appearance. */
    static int[] dense(int[] of) {
        int[] number = new int[Arrays.stream(of).max().orElse(0) + 1];
        Arrays.fill(number, -1);
        int next = 0;
        int[] dense = new int[of.length];
        for (int i = 0; i < of.length; i++) {
            if (number[of[i]] < 0) {
                number[of[i]] = next++;
            }
            dense[i] = number[of[i]];
        }
        return dense;
    }

    /**
     * Merges cells until {@code sizes[k]} clusters are left, for each k: whichever two cost the fewest bits to put
     * together. Cells that never came first join the nearest in their group that did.
     *
     * @param cells the counts at {@code group × bins + bin}
     * @param sizes in descending order; more than there are cells that came gives as many as did
     * @return for each size the cluster of each cell
     */
    static int[][] merge(int[][] cells, int bins, int[] sizes) {
        int[] cluster = joinEmpty(cells, bins);
        int[][] histograms = new int[cells.length][];
        double[] bits = new double[cells.length];
        int alive = 0;
        for (int cell = 0; cell < cells.length; cell++) {
            histograms[cell] = cells[cell].clone();
            bits[cell] = bits(histograms[cell]);
            alive += cluster[cell] == cell ? 1 : 0;
        }
        double[][] costs = new double[cells.length][cells.length];
        for (int a = 0; a < cells.length; a++) {
            for (int b = 0; b < a && cluster[a] == a; b++) {
                costs[a][b] = cluster[b] == b ? mergeCost(histograms, bits, a, b) : 0;
            }
        }
        int[][] partitions = new int[sizes.length][];
        for (int k = 0; k < sizes.length; k++) {
            for (; alive > sizes[k]; alive--) {
                mergeCheapest(cluster, histograms, bits, costs);
            }
            partitions[k] = dense(cluster);
        }
        return partitions;
    }

    private static int[] joinEmpty(int[][] cells, int bins) {
        int[] cluster = new int[cells.length];
        for (int cell = 0; cell < cells.length; cell++) {
            int from = cell / bins * bins;
            cluster[cell] = cell;
            for (int distance = 0; distance < bins; distance++) {
                if (cell - distance >= from && came(cells[cell - distance])) {
                    cluster[cell] = cell - distance;
                    break;
                }
                if (cell + distance < from + bins && came(cells[cell + distance])) {
                    cluster[cell] = cell + distance;
                    break;
                }
            }
        }
        return cluster;
    }

    private static boolean came(int[] counts) {
        for (int count : counts) {
            if (count > 0) {
                return true;
            }
        }
        return false;
    }

    private static void mergeCheapest(int[] cluster, int[][] histograms, double[] bits, double[][] costs) {
        int into = -1;
        int gone = -1;
        for (int a = 0; a < cluster.length; a++) {
            for (int b = 0; b < a && cluster[a] == a; b++) {
                if (cluster[b] == b && (gone < 0 || costs[a][b] < costs[gone][into])) {
                    gone = a;
                    into = b;
                }
            }
        }
        CellCounts.add(histograms[gone], histograms[into]);
        bits[into] = bits(histograms[into]);
        for (int cell = 0; cell < cluster.length; cell++) {
            cluster[cell] = cluster[cell] == gone ? into : cluster[cell];
        }
        for (int other = 0; other < cluster.length; other++) {
            if (other != into && cluster[other] == other) {
                double cost = mergeCost(histograms, bits, into, other);
                costs[Math.max(into, other)][Math.min(into, other)] = cost;
            }
        }
    }

    private static double mergeCost(int[][] histograms, double[] bits, int a, int b) {
        double together = 0;
        int sum = 0;
        for (int symbol = 0; symbol < histograms[a].length; symbol++) {
            int count = histograms[a][symbol] + histograms[b][symbol];
            together -= Logarithms.countLogCount(count);
            sum += count;
        }
        return together + Logarithms.countLogCount(sum) - bits[a] - bits[b];
    }

    /** The bits that symbols of these counts take by their own entropy. */
    private static double bits(int[] histogram) {
        double bits = 0;
        int sum = 0;
        for (int count : histogram) {
            bits -= Logarithms.countLogCount(count);
            sum += count;
        }
        return bits + Logarithms.countLogCount(sum);
    }

    private static double perSymbol(int[] histogram) {
        int distinct = 0;
        int sum = 0;
        for (int count : histogram) {
            distinct += count > 0 ? 1 : 0;
            sum += count;
        }
        return distinct <= 1 ? 0 : bits(histogram) / sum;
    }
}
