package dev.narrows.wire.weights;

import dev.narrows.errors.MalformedException;
import java.util.Arrays;
import java.util.function.Function;

/** Reads integers from a part of a file; what it refuses it names by its byte in the file. */
final class CodeReader {

    private static final int MAX_BYTES = 5;

    private final byte[] file;
    private final int to;
    private int at;

    CodeReader(byte[] file, int from, int to) {
        this.file = file;
        this.at = from;
        this.to = to;
    }

    int at() {
        return at;
    }

    int oneByte(String what) {
        if (at >= to) {
            throw new MalformedException(what + ": missing (expected: a byte), byte " + at);
        }
        return file[at++] & 0xFF;
    }

    /** An integer of 0 to 2³¹ - 1: 7 bits a byte, low bits first, bit 7 set on all but the last. */
    int integer(String what) {
        int start = at;
        long value = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            int next = oneByte(what);
            value |= (long) (next & 0x7F) << (7 * i);
            if (next < 0x80) {
                if (value > Integer.MAX_VALUE) {
                    break;
                }
                return (int) value;
            }
        }
        throw new MalformedException(what + ": too large (expected: 0 to " + Integer.MAX_VALUE + "), byte " + start);
    }

    /** All that is left, which must be so many bytes. */
    byte[] rest(int length) {
        if (to - at != length) {
            throw new MalformedException("stored: " + (to - at) + " bytes (expected: " + length + "), byte " + at);
        }
        return Arrays.copyOfRange(file, at, to);
    }

    /** What a model makes of all that is left. */
    byte[] decoded(Function<BinaryDecoder, byte[]> model) {
        BinaryDecoder decoder = new BinaryDecoder(file, at, to);
        byte[] bytes = model.apply(decoder);
        decoder.requireEnd();
        return bytes;
    }
}
