package dev.narrows.wire.weights;

/**
 * Either direction of arithmetic coding, so that a model of the data is written once and cannot differ between the two
 * sides.
 */
interface BinaryCoder {

    /** Bits of a probability. */
    int PROBABILITY_BITS = 16;

    /** What a probability of 1 would be. */
    int ONE = 1 << PROBABILITY_BITS;

    /** The least probability that a model gives to either: no bit costs less than 1 / 2,840, no byte holds more of them. */
    int LEAST = 16;

    /**
     * Codes a bit.
     *
     * @param bit 0 or 1; a decoder takes no notice of it
     * @param probability that it is 1, {@link #LEAST} to {@link #ONE} - {@link #LEAST}
     * @return the bit
     */
    int code(int bit, int probability);

    /** How far the code has been written, or read in its file. */
    int at();

    /** The nearest probability that may be given. */
    static int within(int probability) {
        return Math.max(LEAST, Math.min(ONE - LEAST, probability));
    }
}
