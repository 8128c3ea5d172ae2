package dev.narrows.wire.weights;

import java.io.ByteArrayOutputStream;

/*
 * The interval is [low, low + range), range in [2²⁴, 2³²) whenever a bit is coded, low below 2³² but for a carry, which runs
 * into bytes already moved out: the last of them is held back, and 0xFF bytes behind it are counted [1, 2]. A bit of
 * probability p / 2¹⁶ takes range · p / 2¹⁶ of it, rounded down: at least 2⁸, and never all.
 *
 * [1] G. Martin: Range encoding: an algorithm for removing redundancy from a digitised message, 1979.
 * [2] M. Schindler: A fast renormalisation for arithmetic coding, 1998.
 */

/** Writes bits as a range coder does, each with a probability of its own. */
final class BinaryEncoder implements BinaryCoder {

    private static final long TOP = 1L << 24;
    private static final long CARRY = 1L << 32;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long low;
    private long range = CARRY - 1;
    private int held = -1; // the last byte moved out, which a carry can change; none yet
    private long full; // 0xFF bytes behind it

    @Override
    public int code(int bit, int probability) {
        long ones = (range * probability) >>> PROBABILITY_BITS;
        if (bit == 1) {
            range = ones;
        } else {
            low += ones;
            range -= ones;
        }
        while (range < TOP) {
            moveOut();
            range <<= 8;
        }
        return bit;
    }

    @Override
    public int at() {
        return out.size();
    }

    private void moveOut() {
        if (low < 0xFF000000L || low >= CARRY) {
            int carry = (int) (low >>> 32);
            release(carry);
            held = (int) (low >>> 24) & 0xFF;
        } else {
            full++;
        }
        low = (low << 8) & 0xFFFFFFFFL;
    }

    private void release(int carry) {
        if (held >= 0) {
            out.write(held + carry);
        }
        for (; full > 0; full--) {
            out.write(0xFF + carry);
        }
    }

    /**
     * The code. Of its last four bytes only those are there that it takes to lie in the interval, with zeros behind them.
     * Nothing can be coded afterwards.
     */
    byte[] finish() {
        int bits = Integer.SIZE;
        while (lowest(bits) >= low + range) {
            bits -= Byte.SIZE;
        }
        low = lowest(bits);
        for (int written = bits; written < Integer.SIZE; written += Byte.SIZE) {
            moveOut();
        }
        release((int) (low >>> Integer.SIZE));
        return out.toByteArray();
    }

    /** The lowest number of the interval, or the first above it, that ends in so many zeros. */
    private long lowest(int zeros) {
        long mask = (1L << zeros) - 1;
        return (low + mask) & ~mask;
    }
}
