package dev.narrows.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** IDX files written byte by byte. */
final class IdxFixture {

    private IdxFixture() {}

    static byte[] idx(byte[] elements, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + elements.length);
        bytes.put(new byte[] {0, 0, 8, (byte) shape.length});
        for (int axis : shape) {
            bytes.putInt(axis);
        }
        return bytes.put(elements).array();
    }

    static Path write(Path file, byte[] elements, int... shape) {
        return write(file, idx(elements, shape));
    }

    static Path write(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream stream = new GZIPOutputStream(bytes)) {
            stream.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Elements 0, 1, 2 … modulo 256. */
    static byte[] counting(int elements) {
        byte[] bytes = new byte[elements];
        for (int i = 0; i < elements; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
