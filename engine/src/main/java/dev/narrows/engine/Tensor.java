package dev.narrows.engine;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An immutable dense tensor in direct memory that Java owns: dtype, shape and elements in native byte order, row-major.
 * Needs no closing; sessions wrap its memory for a run without a copy.
 */
public final class Tensor {

    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer bytes; // direct, native order, position 0, limit = size

    private Tensor(DType dtype, long[] shape, ByteBuffer bytes) {
        this.dtype = dtype;
        this.shape = shape;
        this.bytes = bytes;
    }

    /** A float32 tensor with a copy of the values. */
    public static Tensor of(float[] values, long... shape) {
        throw new UnsupportedOperationException();
    }

    /** A float64 tensor with a copy of the values. */
    public static Tensor of(double[] values, long... shape) {
        throw new UnsupportedOperationException();
    }

    /** An int64 tensor with a copy of the values. */
    public static Tensor of(long[] values, long... shape) {
        throw new UnsupportedOperationException();
    }

    /** An int32 tensor with a copy of the values. */
    public static Tensor of(int[] values, long... shape) {
        throw new UnsupportedOperationException();
    }

    /** An int16 tensor with a copy of the values. */
    public static Tensor of(short[] values, long... shape) {
        throw new UnsupportedOperationException();
    }

    /**
     * A tensor over bytes in native order. A direct buffer is taken over (the caller must not write to it any more), a
     * heap buffer is copied.
     */
    public static Tensor of(DType dtype, ByteBuffer nativeOrderBytes, long... shape) {
        throw new UnsupportedOperationException();
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, long... shape) {
        throw new UnsupportedOperationException();
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

    /** The length of axis {@code axis}. */
    public long dim(int axis) {
        return shape[axis];
    }

    /** The number of elements. */
    public long elements() {
        throw new UnsupportedOperationException();
    }

    public long sizeBytes() {
        return bytes.limit();
    }

    /** A read-only view of the elements in native order, positioned at 0. */
    public ByteBuffer bytes() {
        return bytes.asReadOnlyBuffer().order(bytes.order());
    }

    /** A copy of the elements, converted to float32 whatever the type is (bool: 0 or 1, uint8 unsigned). */
    public float[] toFloats() {
        throw new UnsupportedOperationException();
    }

    /** A copy of the elements, converted to int64; of floating-point elements the integral part. */
    public long[] toLongs() {
        throw new UnsupportedOperationException();
    }

    /** The same elements under another shape of as many elements; shares the memory. */
    public Tensor reshape(long... newShape) {
        throw new UnsupportedOperationException();
    }

    /** Items {@code from} (inclusive) to {@code to} (exclusive) along axis 0; shares the memory. */
    public Tensor slice(long from, long to) {
        throw new UnsupportedOperationException();
    }

    /** The tensors joined along axis 0. All need the same dtype and the same other axes. */
    public static Tensor concat(List<Tensor> parts) {
        throw new UnsupportedOperationException();
    }

    /** The same values as another type, rounded to nearest even and saturated where the type is narrower. */
    public Tensor to(DType newType) {
        throw new UnsupportedOperationException();
    }

    /** Whether dtype, shape and every bit of the elements are equal. */
    public boolean sameBits(Tensor other) {
        throw new UnsupportedOperationException();
    }

    /** The largest |a − b| over all elements; NaN against NaN counts 0, NaN against a number is infinite. */
    public double maxAbsDifference(Tensor other) {
        throw new UnsupportedOperationException();
    }

    /** Whether this tensor fits the spec. */
    public boolean fits(TensorSpec spec) {
        return spec.accepts(dtype, shape);
    }

    @Override
    public String toString() {
        return dtype + java.util.Arrays.toString(shape);
    }
}
