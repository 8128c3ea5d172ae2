package dev.narrows.data;

import java.util.SplittableRandom;

/** Random generators by what they decide, so that no thread's order changes a choice. */
final class Seeds {

    /** 2⁶⁴ divided by the golden ratio, as in splitmix64. */
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private Seeds() {}

    /** What happens to one item in one epoch. */
    static SplittableRandom item(long seed, int epoch, int index) {
        return new SplittableRandom(mix(mix(mix(seed) + (epoch + 1L) * GOLDEN) + (index + 1L) * GOLDEN));
    }

    /** A random order of the numbers from 0 to {@code count} less 1, one for each epoch. R. Durstenfeld, 1964. */
    static int[] order(int count, long seed, int epoch) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        shuffle(order, item(seed, epoch, -1));
        return order;
    }

    static void shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[other];
            values[other] = swapped;
        }
    }

    /** The finaliser of splitmix64 (D. Stafford's variant 13). */
    private static long mix(long value) {
        long z = value + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
