package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;
import java.util.Arrays;
import java.util.Optional;

/*
 * The state x lies in [2²³, 2³¹). With f the frequency of a symbol, c the sum of the frequencies of those below it and
 * M = 2¹⁴ their total, coding takes
 *
 *     x → (x / f) M + c + x mod f         after moving low bytes of x out while x ≥ f 2¹⁷
 *
 * and decoding the way back: the symbol is the one whose [c, c + f) holds x mod M, then
 *
 *     x → f (x / M) + x mod M - c         then taking bytes in while x < 2²³
 *
 * The last symbol is coded first, from x = 2²³, so that decoding goes forward and ends at x = 2²³ exactly [1, 2].
 * Integers only; the largest product is below 2³¹. A symbol that its table does not list is coded as the table's escape
 * and then as itself with the frequency M / 2^bits.
 *
 * [1] J. Duda: Asymmetric numeral systems: entropy coding combining speed of Huffman coding with compression rate of
 *     arithmetic coding, 2013. arXiv:1311.2540
 * [2] F. Giesen: Interleaved entropy coders, 2014. arXiv:1402.3392 (byte-wise renormalisation; one state here: the
 *     context of a symbol is the one before it, so there is nothing to interleave).
 */

/** Codes the symbols of an item with a range Asymmetric Numeral System over a model's tables. Thread-safe. */
final class RansCoder {

    static final int LOWER_BITS = 23;

    /** The least state, and where coding starts if nothing else is asked for. */
    static final int LOWER = 1 << LOWER_BITS;

    private static final int STATE_BYTES = 4;
    private static final int SLOT_MASK = FrequencyTable.TOTAL - 1;

    private final SymbolModel model;
    private final int bits;
    private final int rawBits; // log₂ of an escaped symbol's frequency
    private final int[] frequencies; // [table << bits | symbol]: frequency << 14 | sum of those below
    private final int[] escapes; // [table]
    // Filled when something is first decoded: a device only encodes. Racing threads make the same.
    private volatile byte[] symbolBySlot = new byte[0]; // [table << 14 | slot]

    RansCoder(SymbolModel model) {
        this.model = model;
        bits = model.bits();
        rawBits = FrequencyTable.TOTAL_BITS - bits;
        int tables = model.tables().size();
        frequencies = new int[tables << bits];
        escapes = new int[tables];
        for (int t = 0; t < tables; t++) {
            FrequencyTable table = model.tables().get(t);
            escapes[t] = table.escape();
            int below = 0;
            for (int symbol = 0; symbol < 1 << bits; symbol++) {
                // A sum of 2¹⁴ occurs only above a symbol without frequency, which nothing reads.
                frequencies[(t << bits) | symbol] =
                        (table.frequency(symbol) << FrequencyTable.TOTAL_BITS) | (below & SLOT_MASK);
                below += table.frequency(symbol);
            }
        }
    }

    /**
     * The code of {@code symbols}: the last state as 4 bytes, highest first, then the bytes moved out, the last first.
     * Empty if it would be longer than {@code limit}.
     */
    Optional<byte[]> encode(byte[] symbols, int limit) {
        return encode(symbols, limit, LOWER);
    }

    /**
     * The code that {@link #decodeOpen} reads: without the last state's leading byte where that is zero.
     *
     * @param start the state to start from and to end decoding at, {@link #LOWER} to 2³¹ - 1
     */
    Optional<byte[]> encodeOpen(byte[] symbols, int limit, int start) {
        return encode(symbols, limit, start)
                .map(code -> code[0] == 0 ? Arrays.copyOfRange(code, 1, code.length) : code);
    }

    private Optional<byte[]> encode(byte[] symbols, int limit, int start) {
        byte[] tables = model.tablesOf(symbols);
        byte[] out = new byte[limit];
        int at = limit;
        int state = start;
        for (int i = symbols.length - 1; i >= 0; i--) {
            if (at < STATE_BYTES) {
                return Optional.empty(); // a symbol moves out at most four bytes, escape and itself
            }
            int table = tables[i];
            int symbol = symbols[i] & 0xFF;
            int entry = frequencies[(table << bits) | symbol];
            int frequency = entry >>> FrequencyTable.TOTAL_BITS;
            if (frequency == 0 || symbol == escapes[table]) {
                while (state >>> 17 >= 1 << rawBits) {
                    out[--at] = (byte) state;
                    state >>>= 8;
                }
                state = ((state >>> rawBits) << FrequencyTable.TOTAL_BITS)
                        | (symbol << rawBits)
                        | (state & ((1 << rawBits) - 1));
                entry = frequencies[(table << bits) | escapes[table]];
                frequency = entry >>> FrequencyTable.TOTAL_BITS;
            }
            while (state >>> 17 >= frequency) {
                out[--at] = (byte) state;
                state >>>= 8;
            }
            int quotient = state / frequency;
            state = (quotient << FrequencyTable.TOTAL_BITS) + (state - quotient * frequency) + (entry & SLOT_MASK);
        }
        if (at < STATE_BYTES) {
            return Optional.empty();
        }
        for (int i = 0; i < STATE_BYTES; i++) {
            out[--at] = (byte) (state >>> (8 * i));
        }
        return Optional.of(Arrays.copyOfRange(out, at, limit));
    }

    /**
     * The symbols of the code at {@code from} (inclusive) to {@code to} (exclusive). Work and memory depend on the
     * model's layout and not on the bytes.
     *
     * @throws MalformedException if the bytes are no code of such an item
     */
    byte[] decode(byte[] code, int from, int to) {
        if (to - from < STATE_BYTES) {
            throw new MalformedException("code: " + (to - from) + " bytes (expected: at least " + STATE_BYTES + ")");
        }
        int state = 0;
        for (int i = 0; i < STATE_BYTES; i++) {
            state = (state << 8) | (code[from + i] & 0xFF);
        }
        if (state < LOWER) { // negative where bit 31 is set
            throw new MalformedException("state: 0x" + Integer.toHexString(state) + " (expected: 0x" + //
                    Integer.toHexString(LOWER) + " to 0x7fffffff)");
        }
        Decoding decoding = new Decoding(code, from + STATE_BYTES, to, state);
        Decoded decoded = decoding.item();
        if (decoded.end() != to || decoded.state() != LOWER) {
            throw new MalformedException("code: " + (to - decoded.end()) + " bytes left, state 0x"
                    + Integer.toHexString(decoded.state()) + " (expected: none, 0x" + Integer.toHexString(LOWER) + ")");
        }
        return decoded.symbols();
    }

    /** What was decoded of an item. */
    static final class Decoded {

        private final byte[] symbols;
        private final int state;
        private final int end;

        Decoded(byte[] symbols, int state, int end) {
            this.symbols = symbols;
            this.state = state;
            this.end = end;
        }

        /** The symbols themselves, no copy. */
        byte[] symbols() {
            return symbols;
        }

        /** The state in which decoding ended; with the right tables that in which encoding started. */
        int state() {
            return state;
        }

        /** The index behind the code's last byte. */
        int end() {
            return end;
        }
    }

    /**
     * The symbols of a code that starts at {@code from} (inclusive), ends before {@code to} wherever it ends, and whose
     * first state lacks a leading zero byte if it has one: the state is what taking bytes in makes of 0. Work and memory
     * depend on the model's layout and not on the bytes.
     *
     * @throws MalformedException if the bytes are no code of such an item
     */
    Decoded decodeOpen(byte[] code, int from, int to) {
        if (from >= to || code[from] == 0) {
            throw new MalformedException("state: none (expected: one without a leading zero byte)");
        }
        Decoding decoding = new Decoding(code, from, to, 0);
        decoding.state = decoding.refill(0);
        return decoding.item();
    }

    private byte[] symbolBySlot() {
        byte[] filled = symbolBySlot;
        if (filled.length == 0) {
            filled = new byte[model.tables().size() << FrequencyTable.TOTAL_BITS];
            int slot = 0;
            for (FrequencyTable table : model.tables()) {
                for (int symbol = 0; symbol < table.symbols(); symbol++) {
                    int end = slot + table.frequency(symbol);
                    Arrays.fill(filled, slot, end, (byte) symbol);
                    slot = end;
                }
            }
            symbolBySlot = filled;
        }
        return filled;
    }

    /** The state of decoding one item. */
    private final class Decoding {

        private final byte[] code;
        private final int to;
        private final byte[] slots = symbolBySlot();
        private int at;
        private int state;

        Decoding(byte[] code, int at, int to, int state) {
            this.code = code;
            this.at = at;
            this.to = to;
            this.state = state;
        }

        Decoded item() {
            Layout layout = model.layout();
            byte[] symbols = new byte[layout.elements()];
            int columns = layout.columns();
            int next = 0;
            for (int line = 0; next < symbols.length; line++) {
                line(symbols, next, next + columns, layout.hasUpper(line), model.tableBySum(layout.channel(line)));
                next += columns;
            }
            return new Decoded(symbols, state, at);
        }

        /** Decodes elements {@code from} to {@code end} of one line, whose first has no left neighbour. */
        void line(byte[] symbols, int from, int end, boolean upper, byte[] tableBySum) {
            int columns = end - from;
            int left = upper ? symbols[from - columns] & 0xFF : model.start();
            int x = state;
            for (int i = from; i < end; i++) {
                int sum = left + (upper ? symbols[i - columns] & 0xFF : left);
                int table = tableBySum[sum];
                int slot = x & SLOT_MASK;
                int symbol = slots[(table << FrequencyTable.TOTAL_BITS) | slot] & 0xFF;
                int entry = frequencies[(table << bits) | symbol];
                x = (entry >>> FrequencyTable.TOTAL_BITS) * (x >>> FrequencyTable.TOTAL_BITS)
                        + slot
                        - (entry & SLOT_MASK);
                if (x < LOWER) {
                    x = refill(x);
                }
                if (symbol == escapes[table]) {
                    symbol = (x & SLOT_MASK) >>> rawBits;
                    if (symbol != escapes[table]
                            && frequencies[(table << bits) | symbol] >>> FrequencyTable.TOTAL_BITS != 0) {
                        throw new MalformedException(
                                "escaped symbol: " + symbol + " (expected: an unlisted one), element " + i);
                    }
                    x = ((x >>> FrequencyTable.TOTAL_BITS) << rawBits) | (x & ((1 << rawBits) - 1));
                    if (x < LOWER) {
                        x = refill(x);
                    }
                }
                symbols[i] = (byte) symbol;
                left = symbol;
            }
            state = x;
        }

        private int refill(int low) {
            int x = low;
            do {
                if (at == to) {
                    throw new MalformedException("code: " + code.length + " bytes (expected: more)");
                }
                x = (x << 8) | (code[at++] & 0xFF);
            } while (x < LOWER);
            return x;
        }
    }
}
