package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;
import java.util.Optional;
import java.util.zip.CRC32;

/*
 * One item's code, which says itself where it ends:
 *
 *     coded     RansCoder's bytes without a leading zero byte, from the state 2²³ + check
 *     stored    1 byte    0
 *               3 bytes   the check, highest byte first
 *               n bytes   the symbols, `bits` bits each
 *
 *     check     the low 23 bits of the CRC-32 of the codec's fingerprint (4 bytes, little-endian) and the symbols, a
 *               byte each
 *
 * A coder has to start somewhere between 2²³ and 2³¹, and where it starts comes back at the end of decoding: 23 bits in
 * which a check travels for half a bit. It covers the symbols and not the codec alone: damage may move a state from one
 * symbol's interval to the like place in another's, and decoding comes to the right end with a wrong symbol. Of 10⁶ damaged
 * codes of 64 symbols 14 came to a constant end that way; with the symbols in the check none did, for then the wrong symbol
 * changes the end that is expected (BottleneckDamageTest).
 *
 * The least state that has four bytes has a first byte of 1: so a first byte of 128 or more is a state of three bytes, and
 * 0 is free for what is stored.
 */

/** The code of one item of a trained bottleneck: no length, no mode, and a check of 23 bits. Immutable and thread-safe. */
final class BottleneckCode {

    private static final int STORED = 0;
    private static final int CHECK_BYTES = 3;
    private static final int CHECK_MASK = (1 << RansCoder.LOWER_BITS) - 1;

    /** What a coder must have left to take in any symbol. */
    private static final int ROOM = 8;

    private final RansCoder coder;
    private final PackedSymbols packed;
    private final byte[] fingerprint;

    BottleneckCode(SymbolModel model, int fingerprint) {
        coder = new RansCoder(model);
        packed = PackedSymbols.of(model);
        this.fingerprint = new byte[Integer.BYTES];
        for (int i = 0; i < Integer.BYTES; i++) {
            this.fingerprint[i] = (byte) (fingerprint >>> (8 * i));
        }
    }

    /** The most bytes that an item takes. */
    int maxBytes() {
        return 1 + CHECK_BYTES + packed.bytes();
    }

    byte[] encode(byte[] symbols) {
        int check = check(symbols);
        Optional<byte[]> coded = coder.encodeOpen(symbols, maxBytes() + ROOM, RansCoder.LOWER + check);
        if (coded.isPresent() && coded.get().length <= maxBytes()) {
            return coded.get();
        }
        byte[] code = new byte[maxBytes()];
        code[0] = STORED;
        for (int i = 0; i < CHECK_BYTES; i++) {
            code[1 + i] = (byte) (check >>> (8 * (CHECK_BYTES - 1 - i)));
        }
        System.arraycopy(packed.pack(symbols), 0, code, 1 + CHECK_BYTES, packed.bytes());
        return code;
    }

    /**
     * The symbols of the code at {@code from} (inclusive) to {@code to} (exclusive); zeros may follow it there.
     *
     * @throws MalformedException if the bytes are no code, or not one that this codec's peer made
     */
    byte[] decode(byte[] code, int from, int to) {
        if (from == to) {
            throw new MalformedException("code: 0 bytes (expected: at least " + CHECK_BYTES + ")");
        }
        RansCoder.Decoded decoded = code[from] == STORED ? unpack(code, from, to) : coder.decodeOpen(code, from, to);
        int expected = RansCoder.LOWER + check(decoded.symbols());
        if (decoded.state() != expected) {
            throw new MalformedException("check: state 0x" + Integer.toHexString(decoded.state()) + " (expected: 0x"
                    + Integer.toHexString(expected) + ")");
        }
        for (int at = decoded.end(); at < to; at++) {
            if (code[at] != 0) {
                throw new MalformedException(
                        "code: " + (to - from) + " bytes (expected: zeros behind byte " + (decoded.end() - from) + ")");
            }
        }
        return decoded.symbols();
    }

    private RansCoder.Decoded unpack(byte[] code, int from, int to) {
        int end = from + maxBytes();
        if (to < end) {
            throw new MalformedException("stored: " + (to - from) + " bytes (expected: " + maxBytes() + ")");
        }
        int check = 0;
        for (int i = 0; i < CHECK_BYTES; i++) {
            check = (check << 8) | (code[from + 1 + i] & 0xFF);
        }
        byte[] symbols = packed.unpack(code, from + 1 + CHECK_BYTES, end);
        return new RansCoder.Decoded(symbols, RansCoder.LOWER + check, end);
    }

    private int check(byte[] symbols) {
        CRC32 crc = new CRC32();
        crc.update(fingerprint, 0, fingerprint.length);
        crc.update(symbols, 0, symbols.length);
        return (int) crc.getValue() & CHECK_MASK;
    }
}
