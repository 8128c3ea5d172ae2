package dev.narrows.data;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One array of bytes in the IDX format of the MNIST database (Y. LeCun, C. Cortes: two zero bytes, type, rank, the axes as
 * big-endian integers, the elements), plain or gzipped.
 */
final class IdxFile {

    private static final int UINT8 = 8;
    private static final int MAX_RANK = 8;
    /** No deflated byte gives more (RFC 1951: 258 bytes of a match take two bits at least). */
    private static final long MAX_INFLATION = 1032;

    private IdxFile() {}

    /** Whether the file starts as an array of at least {@code rank} axes does. */
    static boolean is(Path file, int rank) {
        try (InputStream stream = open(file)) {
            byte[] magic = stream.readNBytes(4);
            return magic.length == 4
                    && magic[0] == 0
                    && magic[1] == 0
                    && magic[2] == UINT8
                    && magic[3] >= rank
                    && magic[3] <= MAX_RANK;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The whole array, u8.
     *
     * @throws MalformedException if the file is no IDX file, is damaged, ends too early or too late
     * @throws UnsupportedException if its elements are no bytes
     * @throws InvalidException if there is no such file
     */
    static Tensor read(Path file) {
        try (InputStream stream = open(file)) {
            long[] shape = shape(stream, file);
            long size = 1;
            for (long axis : shape) {
                size = axis != 0 && size > Integer.MAX_VALUE / axis ? Integer.MAX_VALUE + 1L : size * axis;
            }
            if (size > Integer.MAX_VALUE || size > MAX_INFLATION * Files.size(file)) {
                throw new MalformedException(
                        "elements: " + size + " bytes by the header (expected: as many as the file's "
                                + Files.size(file) + " bytes can hold), file \"" + file + "\"");
            }
            int header = 4 + 4 * shape.length;
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) size).order(ByteOrder.nativeOrder());
            byte[] chunk = new byte[1 << 16];
            while (bytes.hasRemaining()) {
                int got = stream.read(chunk, 0, Math.min(chunk.length, bytes.remaining()));
                if (got < 0) {
                    throw new MalformedException("truncated at byte " + (header + bytes.position()) + " (expected: "
                            + (header + size) + " bytes), file \"" + file + "\"");
                }
                bytes.put(chunk, 0, got);
            }
            if (stream.read() >= 0) {
                throw new MalformedException(
                        "bytes after byte " + (header + size) + " (expected: the end), file \"" + file + "\"");
            }
            return Tensor.of(DType.UINT8, bytes.flip(), shape);
        } catch (NoSuchFileException e) {
            throw new InvalidException("no such file: \"" + file + "\"", e);
        } catch (EOFException | ZipException e) {
            throw new MalformedException("gzip: damaged (" + e.getMessage() + "), file \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        BufferedInputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            stream.mark(2);
            boolean gzip = stream.read() == 0x1F && stream.read() == 0x8B;
            stream.reset();
            return gzip ? new GZIPInputStream(stream, 1 << 16) : stream;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    private static long[] shape(InputStream stream, Path file) throws IOException {
        byte[] magic = stream.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0 || magic[3] < 1 || magic[3] > MAX_RANK) {
            throw new MalformedException("magic: " + hex(magic) + " (expected: 00 00 08 and a rank of 1 to " + MAX_RANK
                    + "), byte 0, file \"" + file + "\"");
        }
        if (magic[2] != UINT8) {
            throw new UnsupportedException(
                    "type: " + hex(magic[2]) + " (expected: 08, bytes), byte 2, file \"" + file + "\"");
        }
        byte[] axes = stream.readNBytes(4 * magic[3]);
        if (axes.length < 4 * magic[3]) {
            throw new MalformedException("truncated at byte " + (4 + axes.length) + " (expected: a header of "
                    + (4 + 4 * magic[3]) + "), file \"" + file + "\"");
        }
        ByteBuffer buffer = ByteBuffer.wrap(axes); // big-endian
        long[] shape = new long[magic[3]];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = buffer.getInt() & 0xFFFF_FFFFL;
        }
        return shape;
    }

    private static String hex(byte... bytes) {
        StringBuilder text = new StringBuilder();
        for (byte value : bytes) {
            text.append(text.length() == 0 ? "" : " ").append(String.format("%02x", value));
        }
        return text.toString();
    }
}
