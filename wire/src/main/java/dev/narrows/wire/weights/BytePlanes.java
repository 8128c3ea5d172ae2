package dev.narrows.wire.weights;

import java.util.Arrays;

/**
 * Codes elements byte by byte, the highest first: of a float first its sign and exponent, which follow a law, at last the
 * end of its mantissa, which is noise. A byte's context is the byte above it.
 */
final class BytePlanes {

    private static final int BYTE = 1 << Byte.SIZE;
    private static final int SHIFT_LEAST = 2; // a new probability moves by a quarter …
    private static final int SHIFT_MOST = 7; // … an old one by 1 / 128

    private final int width;
    private final int noise;
    private final short[][] probabilities; // [plane][byte above * 256 + node], of 2^16, less 2^15
    private final byte[][] shifts;

    /**
     * @param width bytes of an element, 1 to 8
     * @param noise how many of the lowest bytes are taken as they come
     */
    BytePlanes(int width, int noise) {
        this.width = width;
        this.noise = noise;
        probabilities = new short[width][];
        shifts = new byte[width][];
        for (int plane = noise; plane < width; plane++) {
            probabilities[plane] = new short[plane == width - 1 ? BYTE : BYTE * BYTE];
            shifts[plane] = new byte[probabilities[plane].length];
            Arrays.fill(shifts[plane], (byte) SHIFT_LEAST);
        }
    }

    /** Codes an element, little-endian as a number. */
    long code(BinaryCoder coder, long element) {
        long coded = 0;
        int above = 0;
        for (int plane = width - 1; plane >= 0; plane--) {
            int own = (int) (element >>> (Byte.SIZE * plane)) & (BYTE - 1);
            int value = plane < noise ? plain(coder, own) : learnt(coder, own, plane, plane == width - 1 ? 0 : above);
            coded |= (long) value << (Byte.SIZE * plane);
            above = value;
        }
        return coded;
    }

    private static int plain(BinaryCoder coder, int value) {
        int coded = 0;
        for (int bit = Byte.SIZE - 1; bit >= 0; bit--) {
            coded = (coded << 1) | coder.code((value >> bit) & 1, BinaryCoder.ONE / 2);
        }
        return coded;
    }

    private int learnt(BinaryCoder coder, int value, int plane, int above) {
        short[] own = probabilities[plane];
        byte[] shift = shifts[plane];
        int node = 1;
        for (int bit = Byte.SIZE - 1; bit >= 0; bit--) {
            int at = above * BYTE + node;
            int probability = own[at] + BinaryCoder.ONE / 2;
            int coded = coder.code((value >> bit) & 1, BinaryCoder.within(probability));
            int target = coded == 1 ? BinaryCoder.ONE - 1 : 0;
            own[at] += (short) ((target - probability) >> shift[at]);
            if (shift[at] < SHIFT_MOST) {
                shift[at]++;
            }
            node = (node << 1) | coded;
        }
        return node - BYTE;
    }
}
