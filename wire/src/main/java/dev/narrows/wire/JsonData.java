package dev.narrows.wire;

import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.narrows.engine.DType;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The elements of a tensor as the JSON array {@code data}: flat in row-major order, or nested as the shape says. Numbers
 * for numbers, true and false for BOOL, strings for BYTES; the protocol has no JSON for FP16 and BF16.
 */
final class JsonData {

    private final StrictJson in;
    private final String tensor;
    private final String datatype;
    private final List<Long> shape;
    private final long elements;
    private ByteBuffer bytes; // little-endian, grows with what was read

    private JsonData(StrictJson in, String tensor, String datatype, List<Long> shape) {
        this.in = in;
        this.tensor = tensor;
        this.datatype = datatype;
        this.shape = shape;
        this.elements = WireTensor.elements(tensor, shape);
        this.bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads the value of {@code data} as the bytes of a {@link WireTensor}. */
    static ByteBuffer read(StrictJson in, String tensor, String datatype, List<Long> shape) {
        JsonData data = new JsonData(in, tensor, datatype, shape);
        if (shape.isEmpty() && in.peek() != JsonToken.BEGIN_ARRAY) {
            data.element();
        } else {
            data.array(0);
        }
        ((Buffer) data.bytes).flip();
        return data.bytes;
    }

    /** Reads the arrays of axis {@code axis}; at axis 0 also the flat form. */
    private void array(int axis) {
        boolean nested = axis + 1 < shape.size();
        long length = nested || axis > 0 ? shape.get(axis) : elements;
        long[] count = new long[2]; // elements, arrays
        in.array(() -> {
            boolean inner = nested && in.peek() == JsonToken.BEGIN_ARRAY;
            count[inner ? 1 : 0]++;
            if (count[0] > (axis == 0 ? elements : nested ? 0 : length) || count[1] > length) {
                throw in.wrong("data as shape " + shape + " says, flat or nested", "more data");
            }
            if (inner) {
                array(axis + 1);
            } else {
                element();
            }
        });
        boolean flat = axis == 0 && count[1] == 0 && count[0] == elements;
        if (!flat && (count[nested ? 1 : 0] != length || count[nested ? 0 : 1] != 0)) {
            throw in.wrong("data as shape " + shape + " says, flat or nested", count[0] + count[1] + " values");
        }
    }

    private void element() {
        switch (datatype) {
            case "FP32" -> room(4).putFloat(real32());
            case "FP64" -> room(8).putDouble(in.real());
            case "INT8" -> room(1).put((byte) in.integer(Byte.MIN_VALUE, Byte.MAX_VALUE));
            case "UINT8" -> room(1).put((byte) in.integer(0, 255));
            case "INT16" -> room(2).putShort((short) in.integer(Short.MIN_VALUE, Short.MAX_VALUE));
            case "INT32" -> room(4).putInt((int) in.integer(Integer.MIN_VALUE, Integer.MAX_VALUE));
            case "INT64" -> room(8).putLong(in.integer(Long.MIN_VALUE, Long.MAX_VALUE));
            case "BOOL" -> room(1).put((byte) (in.bool() ? 1 : 0));
            case Datatype.BYTES -> {
                byte[] text = Utf8.encode(in.text());
                room(4 + text.length).putInt(text.length).put(text);
            }
            default -> throw noJson(datatype, tensor);
        }
    }

    private float real32() {
        String text = in.number();
        float value = Float.parseFloat(text);
        if (Float.isInfinite(value)) {
            throw in.wrong("a number of single precision", text);
        }
        return value;
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            long size = Math.max(2L * bytes.capacity(), bytes.position() + (long) more);
            if (size > Integer.MAX_VALUE - 8) {
                throw new InvalidException(
                        "data: " + size + " bytes (expected: less than 2^31), tensor \"" + tensor + "\"");
            }
            ((Buffer) bytes).flip();
            bytes = ByteBuffer.allocate((int) size)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(bytes);
        }
        return bytes;
    }

    /**
     * Writes a tensor's elements as a flat array.
     *
     * @throws UnsupportedException if JSON has no words for them: FP16, BF16, NaN, infinity, BYTES that are no text
     */
    static void write(JsonWriter out, WireTensor tensor) throws IOException {
        out.beginArray();
        if (tensor.datatype().equals(Datatype.BYTES)) {
            for (ByteBuffer string : tensor.strings()) {
                out.value(text(string, tensor.name()));
            }
        } else {
            ByteBuffer data = tensor.data();
            DType dtype = Datatype.parse(tensor.datatype());
            while (data.hasRemaining()) {
                switch (dtype) {
                    case FLOAT32 -> {
                        float value = data.getFloat();
                        finite(value, tensor.name());
                        out.value(value);
                    }
                    case FLOAT64 -> {
                        double value = data.getDouble();
                        finite(value, tensor.name());
                        out.value(value);
                    }
                    case INT8 -> out.value(data.get());
                    case UINT8 -> out.value(data.get() & 0xFF);
                    case INT16 -> out.value(data.getShort());
                    case INT32 -> out.value(data.getInt());
                    case INT64 -> out.value(data.getLong());
                    case BOOL -> out.value(data.get() != 0);
                    default -> throw noJson(tensor.datatype(), tensor.name());
                }
            }
        }
        out.endArray();
    }

    private static String text(ByteBuffer string, String tensor) {
        try {
            return Utf8.decode(string, "tensor \"" + tensor + "\"");
        } catch (dev.narrows.errors.MalformedException e) {
            throw new UnsupportedException(
                    "BYTES that are no UTF-8 as JSON (expected: binary data asked for), tensor \"" + tensor + "\"", e);
        }
    }

    private static void finite(double value, String tensor) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new UnsupportedException(
                    value + " as JSON (expected: binary data asked for), tensor \"" + tensor + "\"");
        }
    }

    private static UnsupportedException noJson(String datatype, String tensor) {
        return new UnsupportedException(
                datatype + " as JSON (expected: binary data), tensor \"" + Shown.of(tensor) + "\"");
    }
}
