package dev.narrows.wire.codec;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** The items of one tensor that is coded item by item, put together again one after another. */
final class CodedItems {

    /**
     * The most bytes that one message's codes may decode to: an item of zeros costs a few bytes however large it is, and
     * a sender must not be able to ask for more memory than a server has.
     */
    static final long MAX_DECODED_BYTES = 1L << 28;

    private final TensorSpec spec;
    private final Affine affine;
    private final int items;
    private final FloatBuffer floats;
    private final ByteBuffer bytes;
    private final float[] values; // of one item

    /** @param items a {@link #count} */
    CodedItems(TensorSpec spec, Layout layout, Affine affine, int items) {
        this.spec = spec;
        this.affine = affine;
        this.items = items;
        values = new float[layout.elements()];
        bytes = ByteBuffer.allocateDirect(items * values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        floats = bytes.asFloatBuffer();
    }

    /**
     * {@code items}, if so many may be decoded.
     *
     * @throws InvalidException if they would decode to more than {@link #MAX_DECODED_BYTES}
     */
    static int count(TensorSpec spec, Layout layout, long items) {
        long itemBytes =
                (long) layout.elements() * Math.max(Float.BYTES, spec.dtype().bytes());
        if (items > MAX_DECODED_BYTES / Math.max(1, itemBytes)) {
            throw new InvalidException("items: " + items + " of " + itemBytes + " bytes (expected: at most "
                    + MAX_DECODED_BYTES + " bytes together), tensor \"" + spec.name() + "\"");
        }
        return (int) items;
    }

    void put(int item, byte[] symbols) {
        affine.dequantise(symbols, values, 0);
        ((Buffer) floats).position(item * values.length);
        floats.put(values);
    }

    /** The tensor, once every item has been put. */
    Tensor tensor() {
        long[] shape = new long[spec.shape().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] =
                    axis == 0 && Layout.countsItems(spec) ? items : spec.shape().get(axis);
        }
        return Tensor.of(DType.FLOAT32, bytes, shape).to(spec.dtype());
    }
}
