package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;

/**
 * An item's symbols as they are: {@code bits} bits each, low bits first, the last byte filled up with zeros.
 *
 * @param elements symbols of an item
 * @param bits of a symbol, 1 to 8
 */
record PackedSymbols(int elements, int bits) {

    static PackedSymbols of(SymbolModel model) {
        return new PackedSymbols(model.layout().elements(), model.bits());
    }

    /** The bytes of an item. */
    int bytes() {
        return (int) (((long) elements * bits + 7) / 8);
    }

    byte[] pack(byte[] symbols) {
        byte[] packed = new byte[bytes()];
        long bitAt = 0;
        for (byte symbol : symbols) {
            int at = (int) (bitAt >>> 3);
            int shifted = (symbol & 0xFF) << (bitAt & 7);
            packed[at] |= (byte) shifted;
            if (shifted > 0xFF) {
                packed[at + 1] |= (byte) (shifted >>> 8);
            }
            bitAt += bits;
        }
        return packed;
    }

    /**
     * The symbols that lie at {@code from} (inclusive) to {@code to} (exclusive).
     *
     * @throws MalformedException if that are not as many bytes as an item takes, or bits behind the last symbol are set
     */
    byte[] unpack(byte[] code, int from, int to) {
        if (to - from != bytes()) {
            throw new MalformedException("stored: " + (to - from) + " bytes (expected: " + bytes() + ")");
        }
        byte[] symbols = new byte[elements];
        int mask = (1 << bits) - 1;
        long bitAt = 0;
        for (int i = 0; i < symbols.length; i++) {
            int at = from + (int) (bitAt >>> 3);
            int pair = (code[at] & 0xFF) | (at + 1 < to ? (code[at + 1] & 0xFF) << 8 : 0);
            symbols[i] = (byte) ((pair >>> (bitAt & 7)) & mask);
            bitAt += bits;
        }
        if (bitAt % 8 != 0 && (code[to - 1] & 0xFF) >>> (bitAt % 8) != 0) {
            throw new MalformedException("stored: bits set behind the last symbol (expected: zeros)");
        }
        return symbols;
    }
}
