package dev.narrows.items;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * NumPy's .npy files (format 1.0 to 3.0): one tensor each. Reads f2, f4, f8, i1, u1, i2, i4, i8 and b1 of either byte
 * order, in C or Fortran order; writes them little-endian in C order, format 1.0.
 */
public final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 16;

    private Npy() {}

    static boolean isNpy(byte[] start) {
        if (start.length < MAGIC.length) {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (start[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads one file. Needs no more memory than the file's size, whatever its header claims (twice that in Fortran
     * order).
     *
     * @throws MalformedException if it is no .npy file, is damaged, or its size is not what its shape needs
     * @throws UnsupportedException if its elements are of a type that tensors have not
     */
    public static Tensor read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel, channel.size(), "file \"" + file + "\"");
        } catch (NoSuchFileException e) {
            throw new InvalidException("no such file: \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a file's content from a stream, such as an entry of an .npz archive; leaves the stream open.
     *
     * @param sizeBytes of the content; no more memory is taken
     * @param place what errors name, such as {@code entry "x.npy"}
     * @throws IOException if the stream does
     */
    public static Tensor read(InputStream stream, long sizeBytes, String place) throws IOException {
        return read(Channels.newChannel(stream), sizeBytes, place);
    }

    private static Tensor read(ReadableByteChannel channel, long sizeBytes, String place) throws IOException {
        byte[] start = fill(channel, 8, 0, place);
        if (!isNpy(start)) {
            throw new MalformedException("tensor: not an .npy file, " + place);
        }
        int major = start[6];
        if (major < 1 || major > 3) {
            throw new UnsupportedException(
                    ".npy format: " + major + "." + start[7] + " (expected: 1.0, 2.0 or 3.0), " + place);
        }
        int width = major == 1 ? 2 : 4;
        ByteBuffer length = ByteBuffer.wrap(fill(channel, width, 8, place)).order(ByteOrder.LITTLE_ENDIAN);
        long size = major == 1 ? length.getShort(0) & 0xFFFF : length.getInt(0) & 0xFFFF_FFFFL;
        if (size > MAX_HEADER) {
            throw new MalformedException(
                    ".npy header: " + size + " bytes (expected: at most " + MAX_HEADER + "), " + place);
        }
        byte[] text = fill(channel, (int) size, 8 + width, place);
        NpyHeader header = NpyHeader.parse(new String(text, StandardCharsets.UTF_8), place);
        long from = 8 + width + size;
        if (header.sizeBytes() != sizeBytes - from) {
            throw new MalformedException("data: " + (sizeBytes - from) + " bytes (expected: " + header.sizeBytes()
                    + " for shape " + header.shape() + "), " + place);
        }
        ByteBuffer data = ByteBuffer.allocateDirect((int) header.sizeBytes()).order(ByteOrder.nativeOrder());
        fill(channel, data, from, place);
        return tensor(header, data.flip());
    }

    private static byte[] fill(ReadableByteChannel channel, int size, long from, String place) throws IOException {
        byte[] bytes = new byte[size];
        fill(channel, ByteBuffer.wrap(bytes), from, place);
        return bytes;
    }

    private static void fill(ReadableByteChannel channel, ByteBuffer buffer, long from, String place)
            throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new MalformedException("truncated at byte " + (from + buffer.position()) + ", " + place);
            }
        }
    }

    private static Tensor tensor(NpyHeader header, ByteBuffer data) {
        int width = header.dtype().bytes();
        if (header.order() != ByteOrder.nativeOrder() && width > 1) {
            swap(data, width);
        }
        if (header.dtype() == DType.BOOL) {
            for (int i = 0; i < data.limit(); i++) {
                data.put(i, (byte) (data.get(i) == 0 ? 0 : 1));
            }
        }
        long[] shape = header.shape().stream().mapToLong(Long::longValue).toArray();
        return Tensor.of(header.dtype(), header.fortran() ? rowMajor(data, width, shape) : data, shape);
    }

    private static void swap(ByteBuffer data, int width) {
        for (int at = 0; at < data.limit(); at += width) {
            for (int low = at, high = at + width - 1; low < high; low++, high--) {
                byte swapped = data.get(low);
                data.put(low, data.get(high));
                data.put(high, swapped);
            }
        }
    }

    /** The first axis varies fastest in Fortran order, the last one in C order. */
    private static ByteBuffer rowMajor(ByteBuffer columns, int width, long[] shape) {
        ByteBuffer rows = ByteBuffer.allocateDirect(columns.limit()).order(ByteOrder.nativeOrder());
        long[] stride = new long[shape.length];
        long elements = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            stride[axis] = elements;
            elements *= shape[axis];
        }
        long[] index = new long[shape.length];
        long from = 0;
        for (long element = 0; element < elements; element++) {
            for (int i = 0; i < width; i++) {
                rows.put(columns.get((int) (from * width) + i));
            }
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                index[axis]++;
                from += stride[axis];
                if (index[axis] < shape[axis]) {
                    break;
                }
                from -= index[axis] * stride[axis];
                index[axis] = 0;
            }
        }
        return rows.flip();
    }

    /**
     * Writes a tensor, over a file that is there.
     *
     * @throws UnsupportedException for bfloat16, which the format has not
     */
    public static void write(Path file, Tensor tensor) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        String shape = LongStream.of(tensor.shape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "(", tensor.rank() == 1 ? ",)" : ")"));
        StringBuilder header = new StringBuilder("{'descr': '")
                .append(NpyHeader.descr(tensor.dtype(), little))
                .append("', 'fortran_order': False, 'shape': ")
                .append(shape)
                .append(", }");
        // Data starts at a multiple of 64 bytes, as the format advises; 10 bytes lie before the header.
        while ((header.length() + 1 + 10) % 64 != 0) {
            header.append(' ');
        }
        byte[] text = header.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
        if (text.length > 0xFFFF) {
            throw new InvalidException("rank: " + tensor.rank() + " is too large, file \"" + file + "\"");
        }
        ByteBuffer start = ByteBuffer.allocate(10 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        start.put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length)
                .put(text)
                .flip();
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer part : new ByteBuffer[] {start, tensor.bytes()}) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
        } catch (IOException e) {
            throw new InvalidException("cannot be written: \"" + file + "\": " + e.getMessage(), e);
        }
    }
}
