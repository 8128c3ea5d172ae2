package dev.narrows.wire;

import dev.narrows.engine.DType;
import dev.narrows.errors.UnsupportedException;

/** The protocol's names of element types, and the tensors' types they stand for. */
public final class Datatype {

    /** Opaque byte strings, each behind its length as 4 little-endian bytes: how coded items travel. */
    public static final String BYTES = "BYTES";

    private Datatype() {}

    /** The protocol's name of {@code dtype}. */
    public static String of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> "FP32";
            case FLOAT16 -> "FP16";
            case BFLOAT16 -> "BF16";
            case FLOAT64 -> "FP64";
            case INT8 -> "INT8";
            case UINT8 -> "UINT8";
            case INT16 -> "INT16";
            case INT32 -> "INT32";
            case INT64 -> "INT64";
            case BOOL -> "BOOL";
        };
    }

    /**
     * The type that {@code datatype} names.
     *
     * @throws UnsupportedException if no tensor has that type
     */
    public static DType parse(String datatype) {
        return switch (datatype) {
            case "FP32" -> DType.FLOAT32;
            case "FP16" -> DType.FLOAT16;
            case "BF16" -> DType.BFLOAT16;
            case "FP64" -> DType.FLOAT64;
            case "INT8" -> DType.INT8;
            case "UINT8" -> DType.UINT8;
            case "INT16" -> DType.INT16;
            case "INT32" -> DType.INT32;
            case "INT64" -> DType.INT64;
            case "BOOL" -> DType.BOOL;
            default ->
                throw new UnsupportedException("datatype: \"" + datatype
                        + "\" (expected: FP32, FP16, BF16, FP64, INT8, UINT8, INT16, INT32, INT64 or BOOL)");
        };
    }
}
