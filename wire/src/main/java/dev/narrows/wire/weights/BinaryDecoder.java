package dev.narrows.wire.weights;

import dev.narrows.errors.MalformedException;

/** Reads what {@link BinaryEncoder} wrote. Behind the code's last byte there are four zeros, which an encoder may leave out, and four that are read ahead. */
final class BinaryDecoder implements BinaryCoder {

    private static final long TOP = 1L << 24;

    private final byte[] code;
    private final int from;
    private final int to;
    private int at;
    private long range = 0xFFFFFFFFL;
    private long offset; // of the code from the interval's low end

    /**
     * @param from where the code begins, inclusive
     * @param to where it ends, exclusive
     */
    BinaryDecoder(byte[] code, int from, int to) {
        this.code = code;
        this.from = from;
        this.to = to;
        at = from;
        for (int i = 0; i < Integer.BYTES; i++) {
            offset = (offset << 8) | next();
        }
    }

    @Override
    public int code(int bit, int probability) {
        long ones = (range * probability) >>> PROBABILITY_BITS;
        int decoded;
        if (offset < ones) {
            range = ones;
            decoded = 1;
        } else {
            offset -= ones;
            range -= ones;
            decoded = 0;
        }
        while (range < TOP) {
            range <<= 8;
            offset = (offset << 8) | next();
        }
        return decoded;
    }

    @Override
    public int at() {
        return Math.min(at, to);
    }

    private int next() {
        if (at < to) {
            return code[at++] & 0xFF;
        }
        if (at >= to + 2 * Integer.BYTES) {
            throw new MalformedException("code: " + (to - from) + " bytes (expected: more), byte " + to);
        }
        at++;
        return 0;
    }

    /**
     * Checks that the code ends where its bytes do.
     *
     * @throws MalformedException if bytes are left
     */
    void requireEnd() {
        // four bytes are read ahead, of which an encoder leaves out up to four
        if (at < to) {
            throw new MalformedException("code: " + (to - at) + " bytes left (expected: none), byte " + at);
        }
    }
}
