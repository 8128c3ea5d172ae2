package dev.narrows.engine;

import dev.narrows.errors.InvalidException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable dense tensor in direct memory that Java owns: dtype, shape and elements in native byte order, row-major.
 * Needs no closing; sessions wrap its memory for a run without a copy. At most 2³¹ − 1 bytes.
 */
public final class Tensor {

    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer bytes; // direct, native order, position 0, limit = capacity = size

    private Tensor(DType dtype, long[] shape, ByteBuffer bytes) {
        this.dtype = dtype;
        this.shape = shape;
        this.bytes = bytes;
    }

    /** A float32 tensor with a copy of the values. */
    public static Tensor of(float[] values, long... shape) {
        ByteBuffer bytes = allocate(DType.FLOAT32, values.length, shape);
        bytes.asFloatBuffer().put(values);
        return new Tensor(DType.FLOAT32, shape.clone(), bytes);
    }

    /** A float64 tensor with a copy of the values. */
    public static Tensor of(double[] values, long... shape) {
        ByteBuffer bytes = allocate(DType.FLOAT64, values.length, shape);
        bytes.asDoubleBuffer().put(values);
        return new Tensor(DType.FLOAT64, shape.clone(), bytes);
    }

    /** An int64 tensor with a copy of the values. */
    public static Tensor of(long[] values, long... shape) {
        ByteBuffer bytes = allocate(DType.INT64, values.length, shape);
        bytes.asLongBuffer().put(values);
        return new Tensor(DType.INT64, shape.clone(), bytes);
    }

    /** An int32 tensor with a copy of the values. */
    public static Tensor of(int[] values, long... shape) {
        ByteBuffer bytes = allocate(DType.INT32, values.length, shape);
        bytes.asIntBuffer().put(values);
        return new Tensor(DType.INT32, shape.clone(), bytes);
    }

    /** An int16 tensor with a copy of the values. */
    public static Tensor of(short[] values, long... shape) {
        ByteBuffer bytes = allocate(DType.INT16, values.length, shape);
        bytes.asShortBuffer().put(values);
        return new Tensor(DType.INT16, shape.clone(), bytes);
    }

    /**
     * A tensor over the remaining bytes, which are in native order. A direct buffer is taken over (the caller must not
     * write to it any more, and it starts at a multiple of the element's size, as {@link ByteBuffer#allocateDirect}
     * gives it); a heap buffer is copied. The buffer's own position stays where it is.
     *
     * @throws InvalidException if the number of bytes is not the shape's, or a bool is neither 0 nor 1
     */
    public static Tensor of(DType dtype, ByteBuffer nativeOrderBytes, long... shape) {
        requireSize(dtype, nativeOrderBytes.remaining(), shape);
        ByteBuffer bytes;
        if (nativeOrderBytes.isDirect()) {
            bytes = nativeOrderBytes.slice().order(ByteOrder.nativeOrder());
        } else {
            bytes = ByteBuffer.allocateDirect(nativeOrderBytes.remaining()).order(ByteOrder.nativeOrder());
            bytes.put(nativeOrderBytes.duplicate());
            window(bytes, 0, bytes.capacity());
        }
        if (dtype == DType.BOOL) {
            requireBooleans(bytes, shape);
        }
        return new Tensor(dtype, shape.clone(), bytes);
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        return new Tensor(dtype, shape.clone(), allocate(dtype, sizeOf(dtype, shape) / dtype.bytes(), shape));
    }

    public DType dtype() {
        return dtype;
    }

    /** A copy of the axes. */
    public long[] shape() {
        return shape.clone();
    }

    public int rank() {
        return shape.length;
    }

    /**
     * The length of axis {@code axis}.
     *
     * @throws InvalidException if there is no such axis
     */
    public long dim(int axis) {
        if (axis < 0 || axis >= shape.length) {
            throw new InvalidException(
                    "axis: " + axis + " (expected: 0 to " + (shape.length - 1) + "), tensor " + this);
        }
        return shape[axis];
    }

    /** The number of elements. */
    public long elements() {
        return count();
    }

    public long sizeBytes() {
        return bytes.limit();
    }

    /** A read-only view of the elements in native order, positioned at 0. */
    public ByteBuffer bytes() {
        return bytes.asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * A copy of the elements, converted to float32 whatever the type is (bool: 0 or 1, uint8 unsigned; the nearest
     * float32 where there is none).
     */
    public float[] toFloats() {
        float[] floats = new float[count()];
        if (dtype == DType.FLOAT32) {
            bytes.asFloatBuffer().get(floats);
        } else if (dtype == DType.INT64) {
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) Elements.getLong(dtype, bytes, i); // not by way of double: rounded once
            }
        } else {
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) Elements.getDouble(dtype, bytes, i);
            }
        }
        return floats;
    }

    /**
     * A copy of the elements, converted to int64; of floating-point elements the integral part, saturated, and 0 for
     * NaN.
     */
    public long[] toLongs() {
        long[] longs = new long[count()];
        if (dtype == DType.INT64) {
            bytes.asLongBuffer().get(longs);
        } else {
            for (int i = 0; i < longs.length; i++) {
                longs[i] = Elements.getLong(dtype, bytes, i);
            }
        }
        return longs;
    }

    /**
     * The same elements under another shape of as many elements; shares the memory.
     *
     * @throws InvalidException if the new shape holds more or fewer
     */
    public Tensor reshape(long... newShape) {
        requireSize(dtype, bytes.limit(), newShape);
        return new Tensor(dtype, newShape.clone(), bytes);
    }

    /**
     * Items {@code from} (inclusive) to {@code to} (exclusive) along axis 0; shares the memory.
     *
     * @throws InvalidException if the tensor has no such items
     */
    public Tensor slice(long from, long to) {
        if (shape.length == 0 || from < 0 || to < from || to > shape[0]) {
            throw new InvalidException("items: " + from + " to " + to + " (expected: within axis 0), tensor " + this);
        }
        long[] sliced = shape.clone();
        sliced[0] = to - from;
        int itemBytes = shape[0] == 0 ? 0 : (int) (bytes.limit() / shape[0]);
        ByteBuffer view = bytes.duplicate();
        window(view, (int) from * itemBytes, (int) to * itemBytes);
        return new Tensor(dtype, sliced, view.slice().order(ByteOrder.nativeOrder()));
    }

    /**
     * The tensors joined along axis 0. All need the same dtype and the same other axes.
     *
     * @throws InvalidException if they do not have them, or there is none
     */
    public static Tensor concat(List<Tensor> parts) {
        if (parts.isEmpty()) {
            throw new InvalidException("tensors to join: 0 (expected: 1 or more)");
        }
        Tensor first = parts.get(0);
        long items = 0;
        for (Tensor part : parts) {
            if (part.rank() == 0 || part.dtype != first.dtype || !sameItems(part.shape, first.shape)) {
                throw new InvalidException("tensor to join: " + part + " (expected: items of " + first + ")");
            }
            items = Math.addExact(items, part.shape[0]);
        }
        long[] joined = first.shape.clone();
        joined[0] = items;
        ByteBuffer bytes = allocate(first.dtype, sizeOf(first.dtype, joined) / first.dtype.bytes(), joined);
        for (Tensor part : parts) {
            bytes.put(part.bytes());
        }
        window(bytes, 0, bytes.capacity());
        return new Tensor(first.dtype, joined, bytes);
    }

    /**
     * The same values as another type, rounded to nearest even. Integers saturate where the type is narrower and take
     * NaN as 0; floating-point types overflow to infinity and keep NaN (IEEE 754); bool is true for anything but 0.
     */
    public Tensor to(DType newType) {
        if (newType == dtype) {
            return this;
        }
        ByteBuffer converted = allocate(newType, count(), shape);
        boolean integers = !dtype.isFloat();
        for (int i = 0; i < count(); i++) {
            if (integers) {
                Elements.putLong(newType, converted, i, Elements.getLong(dtype, bytes, i));
            } else {
                Elements.putDouble(newType, converted, i, Elements.getDouble(dtype, bytes, i));
            }
        }
        return new Tensor(newType, shape, converted);
    }

    /** Whether dtype, shape and every bit of the elements are equal. */
    public boolean sameBits(Tensor other) {
        return dtype == other.dtype && Arrays.equals(shape, other.shape) && bytes.equals(other.bytes);
    }

    /**
     * The largest |a − b| over all elements; NaN against NaN counts 0, NaN against a number is infinite.
     *
     * @throws InvalidException if the shapes differ
     */
    public double maxAbsDifference(Tensor other) {
        if (!Arrays.equals(shape, other.shape)) {
            throw new InvalidException("shape: " + other + " (expected: that of " + this + ")");
        }
        double largest = 0;
        for (int i = 0; i < count(); i++) {
            double a = Elements.getDouble(dtype, bytes, i);
            double b = Elements.getDouble(other.dtype, other.bytes, i);
            if (Double.isNaN(a) != Double.isNaN(b)) {
                return Double.POSITIVE_INFINITY;
            }
            if (!Double.isNaN(a) && a != b) { // equal infinities differ by NaN
                largest = Math.max(largest, Math.abs(a - b));
            }
        }
        return largest;
    }

    /**
     * The place of the largest element, in row-major order. The first of equal ones; NaN never wins against a number.
     *
     * @throws InvalidException if there are no elements
     */
    public int argmax() {
        if (count() == 0) {
            throw new InvalidException("elements: 0 (expected: 1 or more), tensor " + this);
        }
        int best = 0;
        double largest = Elements.getDouble(dtype, bytes, 0);
        for (int i = 1; i < count(); i++) {
            double value = Elements.getDouble(dtype, bytes, i);
            if (value > largest || (Double.isNaN(largest) && !Double.isNaN(value))) {
                best = i;
                largest = value;
            }
        }
        return best;
    }

    /** Whether this tensor fits the spec. */
    public boolean fits(TensorSpec spec) {
        return spec.accepts(dtype, shape);
    }

    @Override
    public String toString() {
        return dtype + Arrays.toString(shape);
    }

    private int count() {
        return bytes.limit() / dtype.bytes();
    }

    private static ByteBuffer allocate(DType dtype, long elements, long[] shape) {
        requireSize(dtype, elements * dtype.bytes(), shape);
        return ByteBuffer.allocateDirect((int) (elements * dtype.bytes())).order(ByteOrder.nativeOrder());
    }

    private static void requireSize(DType dtype, long sizeBytes, long[] shape) {
        long expected = sizeOf(dtype, shape);
        if (sizeBytes != expected) {
            throw new InvalidException("elements: " + sizeBytes + " bytes (expected: " + expected + "), tensor " + dtype
                    + Arrays.toString(shape));
        }
    }

    /** The bytes that the shape needs. */
    private static long sizeOf(DType dtype, long[] shape) {
        long size = dtype.bytes();
        for (long axis : shape) {
            if (axis < 0) {
                throw new InvalidException(
                        "axis: " + axis + " (expected: 0 or more), tensor " + dtype + Arrays.toString(shape));
            }
            // A length of 0 makes up for any other; else the product must stay addressable.
            size = axis != 0 && size > Integer.MAX_VALUE / axis ? Integer.MAX_VALUE + 1L : size * axis;
        }
        if (size > Integer.MAX_VALUE) {
            throw new InvalidException(
                    "size: over 2^31 - 1 bytes (expected: less), tensor " + dtype + Arrays.toString(shape));
        }
        return size;
    }

    private static boolean sameItems(long[] shape, long[] other) {
        return Arrays.equals(
                Arrays.copyOfRange(shape, 1, shape.length), Arrays.copyOfRange(other, 1, Math.max(1, other.length)));
    }

    /** The runtime takes a bool of any other bits for undefined behaviour. */
    private static void requireBooleans(ByteBuffer bytes, long[] shape) {
        for (int i = 0; i < bytes.limit(); i++) {
            if ((bytes.get(i) & ~1) != 0) {
                throw new InvalidException("bool: " + bytes.get(i) + " (expected: 0 or 1), element " + i
                        + " of tensor BOOL" + Arrays.toString(shape));
            }
        }
    }

    /** By way of {@link Buffer}, whose methods have the same descriptors on every Android level. */
    private static void window(Buffer buffer, int from, int to) {
        buffer.limit(to);
        buffer.position(from);
    }
}
