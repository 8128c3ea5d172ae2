package dev.narrows.engine;

import java.nio.ByteBuffer;

/** Reading and writing single elements of each type; {@code index} counts elements. */
final class Elements {

    private Elements() {}

    /** The element as binary64: exact for all types but int64. */
    static double getDouble(DType dtype, ByteBuffer bytes, int index) {
        return switch (dtype) {
            case FLOAT32 -> bytes.getFloat(index * 4);
            case FLOAT64 -> bytes.getDouble(index * 8);
            case FLOAT16 -> NarrowFloats.halfToFloat(bytes.getShort(index * 2));
            case BFLOAT16 -> NarrowFloats.bfloatToFloat(bytes.getShort(index * 2));
            case INT8, UINT8, INT16, INT32, INT64, BOOL -> (double) getLong(dtype, bytes, index);
        };
    }

    /** The element as int64; of floating-point elements the integral part, saturated, NaN as 0. */
    static long getLong(DType dtype, ByteBuffer bytes, int index) {
        return switch (dtype) {
            case INT8, BOOL -> bytes.get(index);
            case UINT8 -> bytes.get(index) & 0xff;
            case INT16 -> bytes.getShort(index * 2);
            case INT32 -> bytes.getInt(index * 4);
            case INT64 -> bytes.getLong(index * 8);
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> (long) getDouble(dtype, bytes, index);
        };
    }

    /** Writes a number: integers rounded to nearest even and saturated, NaN as 0; anything but 0 is true. */
    static void putDouble(DType dtype, ByteBuffer bytes, int index, double value) {
        switch (dtype) {
            case FLOAT32 -> bytes.putFloat(index * 4, (float) value);
            case FLOAT64 -> bytes.putDouble(index * 8, value);
            case FLOAT16 -> bytes.putShort(index * 2, NarrowFloats.doubleToHalf(value));
            case BFLOAT16 -> bytes.putShort(index * 2, NarrowFloats.doubleToBfloat(value));
            case BOOL -> bytes.put(index, (byte) (value != 0 ? 1 : 0));
            case INT8, UINT8, INT16, INT32, INT64 -> putLong(dtype, bytes, index, (long) Math.rint(value));
        }
    }

    /** Writes an integer, saturated or rounded to the type; anything but 0 is true. */
    static void putLong(DType dtype, ByteBuffer bytes, int index, long value) {
        switch (dtype) {
            case INT8 -> bytes.put(index, (byte) clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT8 -> bytes.put(index, (byte) clamp(value, 0, 255));
            case INT16 -> bytes.putShort(index * 2, (short) clamp(value, Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> bytes.putInt(index * 4, (int) clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT64 -> bytes.putLong(index * 8, value);
            case BOOL -> bytes.put(index, (byte) (value != 0 ? 1 : 0));
            case FLOAT32 -> bytes.putFloat(index * 4, (float) value);
            case FLOAT64 -> bytes.putDouble(index * 8, (double) value);
            case FLOAT16, BFLOAT16 -> putDouble(dtype, bytes, index, NarrowFloats.longToOddDouble(value));
        }
    }

    private static long clamp(long value, long min, long max) {
        return Math.max(min, Math.min(max, value));
    }
}
