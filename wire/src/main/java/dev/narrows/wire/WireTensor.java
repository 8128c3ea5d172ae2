package dev.narrows.wire;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A tensor as a message carries it.
 *
 * @param name the tensor's name
 * @param datatype the protocol's name of the element type, see {@link Datatype}
 * @param shape its axes; of BYTES {@code [items]}
 * @param parameters parameters of this tensor
 * @param data elements in row-major order, little-endian; of BYTES each string behind its length as 4 little-endian
 *     bytes. Read-only, positioned at 0.
 */
public record WireTensor(String name, String datatype, List<Long> shape, Parameters parameters, ByteBuffer data) {

    public WireTensor {
        shape = List.copyOf(shape);
        for (long axis : shape) {
            if (axis < 0) {
                throw new InvalidException("axis: " + axis + " (expected: 0 or more), tensor \"" + name + "\"");
            }
        }
        data = data.slice().asReadOnlyBuffer();
    }

    /** The tensor's elements as they are, under {@code name}. Shares the memory where the machine is little-endian. */
    public static WireTensor of(String name, Tensor value) {
        List<Long> shape = new ArrayList<>();
        for (long axis : value.shape()) {
            shape.add(axis);
        }
        return new WireTensor(
                name,
                Datatype.of(value.dtype()),
                shape,
                Parameters.NONE,
                swapped(value.bytes(), value.dtype().bytes()));
    }

    /**
     * The tensor that travelled as it is; the opposite of {@link #of}.
     *
     * @param spec what the network takes; its name plays no part
     * @throws InvalidException if datatype, shape or the number of bytes do not fit, or a BOOL is neither 0 nor 1
     */
    public Tensor toTensor(TensorSpec spec) {
        if (!Datatype.of(spec.dtype()).equals(datatype)) {
            throw new InvalidException("datatype: " + datatype + " (expected: " + Datatype.of(spec.dtype())
                    + "), tensor \"" + name + "\"");
        }
        long[] axes = new long[shape.size()];
        for (int axis = 0; axis < axes.length; axis++) {
            axes[axis] = shape.get(axis);
        }
        if (!spec.accepts(spec.dtype(), axes)) {
            throw new InvalidException(
                    "shape: " + shape + " (expected: " + spec.shape() + "), tensor \"" + name + "\"");
        }
        checkSize(spec.dtype());
        return Tensor.of(spec.dtype(), swapped(data(), spec.dtype().bytes()), axes);
    }

    /**
     * The product of the axes; 1 for a scalar.
     *
     * @throws InvalidException if it is 2⁶³ or more
     */
    public long elements() {
        return elements(name, shape);
    }

    static long elements(String name, List<Long> shape) {
        long product = 1;
        try {
            for (long axis : shape) {
                product = Math.multiplyExact(product, axis);
            }
        } catch (ArithmeticException e) {
            throw new InvalidException(
                    "shape: " + shape + " (expected: less than 2^63 elements), tensor \"" + Shown.of(name) + "\"", e);
        }
        return product;
    }

    /**
     * A BYTES tensor of one axis.
     *
     * @throws InvalidException if the strings are 2³¹ bytes or more in all
     */
    public static WireTensor ofStrings(String name, List<byte[]> strings) {
        long size = 0;
        for (byte[] string : strings) {
            size += 4L + string.length;
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new InvalidException(
                    "strings: " + size + " bytes (expected: less than 2^31), tensor \"" + name + "\"");
        }
        ByteBuffer data = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] string : strings) {
            data.putInt(string.length).put(string);
        }
        ((Buffer) data).flip();
        return new WireTensor(name, Datatype.BYTES, List.of((long) strings.size()), Parameters.NONE, data);
    }

    /**
     * The strings of a BYTES tensor, in row-major order; they share the memory.
     *
     * @throws InvalidException if it is of another datatype
     * @throws MalformedException if the data is not as many strings as the shape says
     */
    public List<ByteBuffer> strings() {
        if (!datatype.equals(Datatype.BYTES)) {
            throw new InvalidException(
                    "datatype: " + Shown.of(datatype) + " (expected: BYTES), tensor \"" + Shown.of(name) + "\"");
        }
        List<ByteBuffer> strings = new ArrayList<>();
        ByteBuffer rest = data();
        while (rest.hasRemaining()) {
            long length = rest.remaining() < 4 ? -1 : rest.getInt() & 0xFFFF_FFFFL;
            if (length < 0 || length > rest.remaining()) {
                throw new MalformedException("string " + strings.size() + " of " + (length < 0 ? "no" : "" + length)
                        + " bytes with " + rest.remaining() + " left (expected: 4 bytes of length, then the string),"
                        + " tensor \"" + Shown.of(name) + "\"");
            }
            ByteBuffer string = rest.slice();
            ((Buffer) string).limit((int) length);
            strings.add(string.slice());
            ((Buffer) rest).position(rest.position() + (int) length);
        }
        if (strings.size() != elements()) {
            throw new MalformedException("strings: " + strings.size() + " (expected: " + elements() + " as shape "
                    + shape + " says), tensor \"" + Shown.of(name) + "\"");
        }
        return strings;
    }

    /**
     * This tensor, once its data is known to be as long as datatype and shape say: what a server checks of a tensor
     * from outside before anything else.
     *
     * @throws dev.narrows.errors.UnsupportedException if the datatype is unknown
     * @throws InvalidException if there are too few or too many bytes
     * @throws MalformedException if BYTES are not as many strings as the shape says
     */
    public WireTensor checked() {
        if (datatype.equals(Datatype.BYTES)) {
            strings();
        } else {
            checkSize(Datatype.parse(datatype));
        }
        return this;
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A message finds its tensors by name, so each has one of its own. */
    static void requireNames(List<WireTensor> tensors) {
        Set<String> names = new HashSet<>();
        for (WireTensor tensor : tensors) {
            if (tensor.name().isEmpty() || !names.add(tensor.name())) {
                throw new InvalidException("tensor's name: \"" + Shown.of(tensor.name())
                        + "\" (expected: one that no other tensor of the message has)");
            }
        }
    }

    private void checkSize(DType dtype) {
        long elements = elements();
        if (elements > Integer.MAX_VALUE || elements * dtype.bytes() != data.limit()) {
            throw new InvalidException("data: " + data.limit() + " bytes (expected: " + elements + " elements of "
                    + dtype.bytes() + " bytes), tensor \"" + Shown.of(name) + "\"");
        }
    }

    /** The bytes of each element the other way round where the machine is big-endian, else {@code bytes} itself. */
    private static ByteBuffer swapped(ByteBuffer bytes, int width) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN || width == 1) {
            return bytes;
        }
        ByteBuffer other = ByteBuffer.allocateDirect(bytes.remaining());
        for (int at = 0; at < other.limit(); at++) {
            int within = at % width;
            other.put(at, bytes.get(bytes.position() + at - within + (width - 1 - within)));
        }
        return other;
    }
}
