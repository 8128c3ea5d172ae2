package dev.narrows.plan;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The words of graph in the words of engine: element types, value types and constant tensors. */
public final class Elements {

    private Elements() {}

    /**
     * The engine's type for ONNX's.
     *
     * @throws UnsupportedException if the runtime's Java side has no tensors of it
     */
    public static DType dtype(ElementType type) {
        return switch (type) {
            case FLOAT -> DType.FLOAT32;
            case FLOAT16 -> DType.FLOAT16;
            case BFLOAT16 -> DType.BFLOAT16;
            case DOUBLE -> DType.FLOAT64;
            case INT8 -> DType.INT8;
            case UINT8 -> DType.UINT8;
            case INT16 -> DType.INT16;
            case INT32 -> DType.INT32;
            case INT64 -> DType.INT64;
            case BOOL -> DType.BOOL;
            default ->
                throw new UnsupportedException("element type: " + type
                        + " (expected: FLOAT, FLOAT16, BFLOAT16, DOUBLE, INT8, UINT8, INT16, INT32, INT64 or BOOL)");
        };
    }

    /** ONNX's type for the engine's. */
    public static ElementType elementType(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT16 -> ElementType.FLOAT16;
            case BFLOAT16 -> ElementType.BFLOAT16;
            case FLOAT64 -> ElementType.DOUBLE;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
            case INT16 -> ElementType.INT16;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case BOOL -> ElementType.BOOL;
        };
    }

    /** The spec of a value: its shape with -1 for axis 0 where that counts items. */
    public static TensorSpec spec(String value, Shapes shapes) {
        Shapes.Shape shape = shapes.of(value)
                .orElseThrow(() -> new InvalidException("shape of \"" + value + "\": unknown (expected: a tensor whose"
                        + " shape one run of the network can tell)"));
        List<Long> dims = new ArrayList<>(shape.dims());
        if (shape.batchAxis()) {
            dims.set(0, -1L);
        }
        return new TensorSpec(value, dtype(shape.element()), dims);
    }

    /** A constant's elements as a tensor. */
    public static Tensor tensor(ConstantTensor constant) {
        DType dtype = dtype(constant.type());
        ByteBuffer source = constant.data();
        ByteBuffer bytes = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN || dtype.bytes() == 1) {
            bytes.put(source);
        } else {
            while (source.hasRemaining()) {
                switch (dtype.bytes()) {
                    case 2 -> bytes.putShort(source.getShort());
                    case 4 -> bytes.putInt(source.getInt());
                    default -> bytes.putLong(source.getLong());
                }
            }
        }
        bytes.flip();
        long[] shape = constant.dims().stream().mapToLong(Long::longValue).toArray();
        return Tensor.of(dtype, bytes, shape);
    }
}
