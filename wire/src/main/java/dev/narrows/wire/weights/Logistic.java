package dev.narrows.wire.weights;

/**
 * Probabilities as the logarithms of their odds, and back, in integers: on this scale predictions of several models can be
 * added up (M. Mahoney, <i>Adaptive weighing of context models for lossless data compression</i>, 2005). A logarithm is in
 * 256ths and ends at ±{@value #LIMIT}.
 */
final class Logistic {

    /** The largest logarithm of odds: 10 of natural logarithm. */
    static final int LIMIT = 2560;

    private static final int STEP_BITS = 7;

    // 65536 / (1 + e^-x) for x = -10, -9.5 … 0, rounded; between them straight lines, above 0 what is missing to 65536
    private static final int[] KNOTS = {
        3, 5, 8, 13, 22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768
    };

    private static final int LOGARITHM_BITS = 12; // of a probability whose logarithm is asked for

    private static final short[] LOGARITHMS = logarithms();

    private Logistic() {}

    /** The probability, of {@link BinaryCoder#ONE}, with these odds. */
    static int probability(int logarithm) {
        int below = Math.max(-LIMIT, -Math.abs(logarithm)) + LIMIT;
        int knot = below >> STEP_BITS;
        int rest = below & ((1 << STEP_BITS) - 1);
        int small = knot == KNOTS.length - 1
                ? KNOTS[knot]
                : KNOTS[knot] + (((KNOTS[knot + 1] - KNOTS[knot]) * rest) >> STEP_BITS);
        return logarithm <= 0 ? small : BinaryCoder.ONE - small;
    }

    /** The logarithm of the odds of a probability, of which the highest 12 bits count. */
    static int logarithm(int probability) {
        return LOGARITHMS[probability >>> (BinaryCoder.PROBABILITY_BITS - LOGARITHM_BITS)];
    }

    /** The least logarithm whose probability reaches the middle of each twelve bits' interval. */
    private static short[] logarithms() {
        short[] logarithms = new short[1 << LOGARITHM_BITS];
        int half = 1 << (BinaryCoder.PROBABILITY_BITS - LOGARITHM_BITS - 1);
        int logarithm = -LIMIT;
        for (int i = 0; i < logarithms.length; i++) {
            int middle = (2 * i + 1) * half;
            while (probability(logarithm) < middle) {
                logarithm++;
            }
            logarithms[i] = (short) logarithm;
        }
        return logarithms;
    }
}
