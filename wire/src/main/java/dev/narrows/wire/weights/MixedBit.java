package dev.narrows.wire.weights;

import java.util.Arrays;

/*
 * Each input is an array of adaptive probabilities, of which the caller names one by its context. A probability moves
 * towards each bit by 1 / (n + 1.5) after n of them, and by no less than 1 / (LIMIT + 1.5). One that is new begins where
 * input 0 stands, as if it had seen PRIOR bits. The logarithms of the odds are weighted and summed [1]; after each bit the
 * weights move against the gradient of its cost. All in integers, so that both sides come to the same on every machine.
 * The constants were tried on two pruned and shared networks of 20 and 36 kB, and on made-up weights: others cost up to 1 %.
 *
 * [1] M. Mahoney: Adaptive weighing of context models for lossless data compression, 2005.
 */

/** Codes bits of one kind with a probability that several contexts agree on. */
final class MixedBit {

    private static final int COUNT_BITS = 10;
    private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
    private static final int HALF = 1 << 31;

    /** How many bits a probability remembers; more of them follow a change more slowly. */
    private static final int LIMIT = 1000;

    private static final int PRIOR = 4;

    private static final int WEIGHT_BITS = 16;

    // How fast weights move, in 2^-20: by RATE, and at first by FIRST_RATE more, of which half is left after PATIENCE
    // bits.
    private static final int RATE = 14;
    private static final int FIRST_RATE = 40;
    private static final int PATIENCE = 512;
    private static final int RATE_BITS = 20;
    private static final int OLD = 1 << 20; // bits after which the rate stays

    private static final int[] SHARES = new int[COUNT_MASK + 1]; // of 2^16, by bits seen

    static {
        for (int n = 0; n < SHARES.length; n++) {
            SHARES[n] = (2 << 16) / (2 * n + 3);
        }
    }

    private final int[][] states; // [input][context]: probability of 22 bits << 10 | bits seen; 0 where new
    private final int[] contexts;
    private final int[] logarithms;
    private final int[] weights; // [set * inputs + input]
    private final int[] coded; // [set]: bits

    /**
     * @param sizes how many contexts each input has; input 0 should have few
     * @param sets how many sets of weights there are
     */
    MixedBit(int[] sizes, int sets) {
        states = new int[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            states[i] = new int[sizes[i]];
        }
        Arrays.fill(states[0], HALF);
        contexts = new int[sizes.length];
        logarithms = new int[sizes.length];
        weights = new int[sizes.length * sets];
        coded = new int[sets];
        Arrays.fill(weights, (1 << WEIGHT_BITS) / sizes.length);
    }

    /** Names the context of an input for the next bit. */
    void context(int input, int context) {
        contexts[input] = context;
    }

    /**
     * Codes a bit and learns from it.
     *
     * @param set of weights
     */
    int code(BinaryCoder coder, int bit, int set) {
        int inputs = contexts.length;
        int first = set * inputs;
        long sum = 0;
        int parent = states[0][contexts[0]];
        for (int i = 0; i < inputs; i++) {
            int state = states[i][contexts[i]];
            if (state == 0) {
                state = (parent & ~COUNT_MASK) | PRIOR;
                states[i][contexts[i]] = state;
            }
            logarithms[i] = Logistic.logarithm(state >>> 16);
            sum += (long) logarithms[i] * weights[first + i];
        }
        int logarithm = (int) Math.max(-Logistic.LIMIT, Math.min(Logistic.LIMIT, sum >> WEIGHT_BITS));
        int mixed = Logistic.probability(logarithm);
        int bitCoded = coder.code(bit, BinaryCoder.within(mixed));
        learn(bitCoded, mixed, set);
        return bitCoded;
    }

    private void learn(int bit, int mixed, int set) {
        int first = set * contexts.length;
        int rate = RATE + FIRST_RATE * PATIENCE / (PATIENCE + coded[set]);
        coded[set] = Math.min(OLD, coded[set] + 1);
        long error = (long) ((bit << BinaryCoder.PROBABILITY_BITS) - mixed) * rate;
        for (int i = 0; i < contexts.length; i++) {
            weights[first + i] += (int) ((logarithms[i] * error + (1 << (RATE_BITS - 1))) >> RATE_BITS);
            int state = states[i][contexts[i]];
            int seen = state & COUNT_MASK;
            int probability = state >>> COUNT_BITS;
            int target = bit == 1 ? (1 << (Integer.SIZE - COUNT_BITS)) - 1 : 0;
            probability += (int) (((long) (target - probability) * SHARES[seen]) >> 16);
            states[i][contexts[i]] = (probability << COUNT_BITS) | Math.min(LIMIT, seen + 1);
        }
    }
}
