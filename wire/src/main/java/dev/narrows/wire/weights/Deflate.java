package dev.narrows.wire.weights;

import dev.narrows.errors.MalformedException;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** RFC 1951's deflate at its highest level, without zlib's frame. */
final class Deflate {

    private static final int BUFFER = 1 << 13;
    private static final int MOST_OF_A_BYTE = 1040; // 258 bytes for 2 bits, and a little

    private Deflate() {}

    static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[BUFFER];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /** Exactly {@code length} bytes. */
    static byte[] inflated(byte[] file, int from, int to, int length) {
        if (length > (long) MOST_OF_A_BYTE * (to - from)) {
            throw new MalformedException(
                    "deflate: " + (to - from) + " bytes (expected: more for " + length + "), byte " + from);
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(file, from, to - from);
            byte[] bytes = new byte[length];
            int at = 0;
            while (at < length) {
                int read = inflater.inflate(bytes, at, length - at);
                if (read == 0) { // the end, or more input or a dictionary is asked for
                    throw new MalformedException("deflate: ends after " + at + " bytes (expected: " + length
                            + "), byte " + (from + inflater.getBytesRead()));
                }
                at += read;
            }
            boolean more = inflater.inflate(new byte[1]) > 0;
            if (more || !inflater.finished() || inflater.getRemaining() > 0) {
                throw new MalformedException(
                        "deflate: goes on (expected: its end), byte " + (from + inflater.getBytesRead()));
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new MalformedException(
                    "deflate: " + e.getMessage() + ", byte " + (from + inflater.getBytesRead()), e);
        } finally {
            inflater.end();
        }
    }
}
