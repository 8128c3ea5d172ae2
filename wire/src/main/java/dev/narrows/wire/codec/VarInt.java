package dev.narrows.wire.codec;

import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;

/** Integers of 0 to 2²¹ - 1 in one to three bytes: 7 bits a byte, low bits first, bit 7 set on all but the last. */
final class VarInt {

    private static final int MAX_BYTES = 3;

    private VarInt() {}

    static void write(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    /** Reads integers one by one from bytes. */
    static final class Reader {

        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        int next() {
            int value = 0;
            for (int i = 0; i < MAX_BYTES; i++) {
                if (at == bytes.length) {
                    throw new MalformedException("tables: end after " + at + " bytes (expected: more)");
                }
                int next = bytes[at++];
                value |= (next & 0x7F) << (7 * i);
                if (next >= 0) {
                    return value;
                }
            }
            throw new MalformedException(
                    "tables: an integer of over " + MAX_BYTES + " bytes (expected: at most that), offset " + at);
        }

        void requireEnd() {
            if (at != bytes.length) {
                throw new MalformedException("tables: " + bytes.length + " bytes (expected: " + at + ")");
            }
        }
    }
}
