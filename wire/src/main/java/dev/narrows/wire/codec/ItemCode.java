package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;
import java.util.Optional;
import java.util.zip.CRC32;

/*
 * One item's code:
 *
 *     mode      1 byte    0: coded; 1: stored
 *     payload   n bytes   coded: RansCoder's bytes; stored: the symbols, `bits` bits each, low bits first, the last
 *                         byte filled up with zeros
 *     checksum  4 bytes   little-endian: CRC-32 of the codec's fingerprint (4 bytes, little-endian), mode, payload and
 *                         the symbols, a byte each
 *
 * The shorter mode is taken. The checksum covers the symbols too, so that tables other than the sender's are noticed
 * even where the bytes came unharmed, and the fingerprint, so that ranges are.
 */

/** The code of one item's symbols, framed and checked. Immutable and thread-safe. */
final class ItemCode {

    static final int CHECKSUM_BYTES = 4;

    private static final int CODED = 0;
    private static final int STORED = 1;

    private final RansCoder coder;
    private final int fingerprint;
    private final PackedSymbols packed;

    ItemCode(SymbolModel model, int fingerprint) {
        this.fingerprint = fingerprint;
        coder = new RansCoder(model);
        packed = PackedSymbols.of(model);
    }

    /** The most bytes that an item takes. */
    int maxBytes() {
        return 1 + packed.bytes() + CHECKSUM_BYTES;
    }

    byte[] encode(byte[] symbols) {
        Optional<byte[]> coded = coder.encode(symbols, packed.bytes());
        byte[] payload = coded.orElseGet(() -> packed.pack(symbols));
        byte[] code = new byte[1 + payload.length + CHECKSUM_BYTES];
        code[0] = (byte) (coded.isPresent() ? CODED : STORED);
        System.arraycopy(payload, 0, code, 1, payload.length);
        int end = 1 + payload.length;
        putInt(code, end, checksum(code, 0, end, symbols));
        return code;
    }

    /**
     * The symbols of a code.
     *
     * @throws MalformedException if the bytes are no code, or not one that this codec's peer made
     */
    byte[] decode(byte[] code) {
        if (code.length <= CHECKSUM_BYTES || code.length > maxBytes()) {
            throw new MalformedException(
                    "code: " + code.length + " bytes (expected: " + (1 + CHECKSUM_BYTES) + " to " + maxBytes() + ")");
        }
        int end = code.length - CHECKSUM_BYTES;
        byte[] symbols = switch (code[0]) {
            case CODED -> coder.decode(code, 1, end);
            case STORED -> packed.unpack(code, 1, end);
            default -> throw new MalformedException("mode: " + code[0] + " (expected: 0 or 1)");
        };
        int expected = checksum(code, 0, end, symbols);
        int found = getInt(code, end);
        if (found != expected) {
            throw new MalformedException(
                    "checksum: " + Integer.toHexString(found) + " (expected: " + Integer.toHexString(expected) + ")");
        }
        return symbols;
    }

    private int checksum(byte[] code, int from, int to, byte[] symbols) {
        byte[] prefix = new byte[4];
        putInt(prefix, 0, fingerprint);
        CRC32 crc = new CRC32();
        crc.update(prefix, 0, prefix.length);
        crc.update(code, from, to - from);
        crc.update(symbols, 0, symbols.length);
        return (int) crc.getValue();
    }

    private static int getInt(byte[] bytes, int at) {
        int value = 0;
        for (int i = 3; i >= 0; i--) {
            value = (value << 8) | (bytes[at + i] & 0xFF);
        }
        return value;
    }

    private static void putInt(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
