package dev.narrows.graph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads tensors from any of the places where ONNX keeps their elements: packed bytes, the typed lists, or another file.
 */
final class TensorDecoder {

    private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final OnnxReader.ExternalData external;

    TensorDecoder(OnnxReader.ExternalData external) {
        this.external = external;
    }

    ConstantTensor decode(TensorProto tensor) {
        return Located.in("tensor \"" + tensor.getName() + "\"", () -> decodeNamed(tensor));
    }

    private ConstantTensor decodeNamed(TensorProto tensor) {
        if (tensor.hasSegment()) {
            throw new UnsupportedException("data: a tensor in segments (expected: in one piece)");
        }
        ElementType type = ElementType.of(tensor.getDataType());
        if (type == ElementType.UNDEFINED) {
            throw new InvalidException("element type: undefined (expected: a type)");
        }
        checkOnePlace(tensor, type);
        List<String> strings = List.of();
        ByteBuffer data = NO_DATA;
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            data = externalData(tensor, type);
        } else if (type == ElementType.STRING) {
            strings = strings(tensor);
        } else if (tensor.hasRawData()) {
            data = tensor.getRawData().asReadOnlyByteBuffer();
        } else {
            data = typedData(tensor, type);
        }
        try {
            return new ConstantTensor(
                    tensor.getName(), type, tensor.getDimsList(), data, strings, tensor.getDocString());
        } catch (InvalidException e) {
            throw new InvalidException(withoutPlace(e, tensor), e);
        }
    }

    /** The record names its tensor itself, and so does {@link #decode}: once is enough. */
    private static String withoutPlace(InvalidException e, TensorProto tensor) {
        String message = String.valueOf(e.getMessage());
        String place = ", tensor \"" + tensor.getName() + "\"";
        return message.endsWith(place) ? message.substring(0, message.length() - place.length()) : message;
    }

    private static void checkOnePlace(TensorProto tensor, ElementType type) {
        List<String> places = new ArrayList<>();
        if (tensor.hasRawData()) {
            places.add("raw_data");
        }
        if (tensor.getFloatDataCount() > 0) {
            places.add("float_data");
        }
        if (tensor.getInt32DataCount() > 0) {
            places.add("int32_data");
        }
        if (tensor.getInt64DataCount() > 0) {
            places.add("int64_data");
        }
        if (tensor.getDoubleDataCount() > 0) {
            places.add("double_data");
        }
        if (tensor.getUint64DataCount() > 0) {
            places.add("uint64_data");
        }
        if (tensor.getStringDataCount() > 0) {
            places.add("string_data");
        }
        boolean outside = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
        List<String> allowed =
                outside ? List.of() : List.of(listOf(type), type == ElementType.STRING ? "" : "raw_data");
        if (places.size() > 1 || !allowed.containsAll(places)) {
            throw new InvalidException("data: in " + String.join(" and ", places) + " (expected: "
                    + (outside
                            ? "in another file"
                            : "one of " + String.join(" ", allowed).strip()) + " for " + type
                    + ")");
        }
    }

    /** The typed list that holds elements of this type. */
    private static String listOf(ElementType type) {
        return switch (type) {
            case FLOAT, COMPLEX64 -> "float_data";
            case DOUBLE, COMPLEX128 -> "double_data";
            case INT64 -> "int64_data";
            case UINT32, UINT64 -> "uint64_data";
            case STRING -> "string_data";
            default -> "int32_data";
        };
    }

    private static List<String> strings(TensorProto tensor) {
        List<String> strings = new ArrayList<>(tensor.getStringDataCount());
        for (ByteString string : tensor.getStringDataList()) {
            strings.add(string.toString(StandardCharsets.ISO_8859_1));
        }
        return strings;
    }

    private static ByteBuffer typedData(TensorProto tensor, ElementType type) {
        return switch (listOf(type)) {
            case "float_data" -> floats(tensor);
            case "double_data" -> doubles(tensor);
            case "int64_data" -> longs(tensor.getInt64DataList(), 8);
            case "uint64_data" -> longs(tensor.getUint64DataList(), type == ElementType.UINT32 ? 4 : 8);
            default -> integers(tensor, type);
        };
    }

    private static ByteBuffer floats(TensorProto tensor) {
        ByteBuffer data = allocate(tensor.getFloatDataCount(), 4);
        for (int i = 0; i < tensor.getFloatDataCount(); i++) {
            data.putInt(Float.floatToRawIntBits(tensor.getFloatData(i)));
        }
        return data.flip();
    }

    private static ByteBuffer doubles(TensorProto tensor) {
        ByteBuffer data = allocate(tensor.getDoubleDataCount(), 8);
        for (int i = 0; i < tensor.getDoubleDataCount(); i++) {
            data.putLong(Double.doubleToRawLongBits(tensor.getDoubleData(i)));
        }
        return data.flip();
    }

    private static ByteBuffer longs(List<Long> values, int width) {
        ByteBuffer data = allocate(values.size(), width);
        for (long value : values) {
            if (width == 8) {
                data.putLong(value);
            } else if (value >>> 32 == 0) {
                data.putInt((int) value);
            } else {
                throw new InvalidException("element: " + Long.toUnsignedString(value) + " (expected: 32 bits)");
            }
        }
        return data.flip();
    }

    /** Elements of up to 32 bits; of those below 8 bits each list entry is a byte full. */
    private static ByteBuffer integers(TensorProto tensor, ElementType type) {
        int width = Math.max(1, type.bits() / 8);
        ByteBuffer data = allocate(tensor.getInt32DataCount(), width);
        for (int i = 0; i < tensor.getInt32DataCount(); i++) {
            int value = tensor.getInt32Data(i);
            int beyond = width == 4 ? 0 : value >> (8 * width);
            int sign = width == 4 ? 0 : value >> (8 * width - 1);
            if (beyond != 0 && sign != -1) {
                throw new InvalidException(
                        "element: " + value + " (expected: " + 8 * width + " bits for " + type + ")");
            }
            switch (width) {
                case 1 -> data.put((byte) value);
                case 2 -> data.putShort((short) value);
                default -> data.putInt(value);
            }
        }
        return data.flip();
    }

    private static ByteBuffer allocate(int count, int width) {
        try {
            return ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (ArithmeticException e) {
            throw new UnsupportedException("data: " + count + " elements (expected: at most 2 GiB)", e);
        }
    }

    private ByteBuffer externalData(TensorProto tensor, ElementType type) {
        if (type == ElementType.STRING) {
            throw new InvalidException("data: strings in another file (expected: in string_data)");
        }
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            if (entries.put(entry.getKey(), entry.getValue()) != null) {
                throw new InvalidException("external data: \"" + entry.getKey() + "\" twice (expected: once)");
            }
        }
        String location = ExternalFiles.checkLocation(entries.getOrDefault("location", ""));
        long offset = number(entries, "offset", 0);
        long expected = ConstantTensor.sizeBytes(type, tensor.getDimsList(), tensor.getName());
        long length = number(entries, "length", expected);
        if (length != expected) {
            throw new InvalidException("external data: " + length + " bytes (expected: " + expected + " for " + type
                    + tensor.getDimsList() + ")");
        }
        if (length > Integer.MAX_VALUE) {
            throw new UnsupportedException("external data: " + length + " bytes (expected: at most 2 GiB)");
        }
        if (length == 0) {
            return NO_DATA;
        }
        ByteBuffer data = external.read(location, offset, length);
        if (data.remaining() != length) {
            throw new MalformedException("external data: " + data.remaining() + " bytes (expected: " + length
                    + "), file \"" + location + "\"");
        }
        return data;
    }

    private static long number(Map<String, String> entries, String key, long defaultValue) {
        String text = entries.get(key);
        if (text == null) {
            return defaultValue;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new MalformedException("external data: " + key + " \"" + text + "\" (expected: a number)", e);
        }
        throw new InvalidException("external data: " + key + " " + text + " (expected: 0 or more)");
    }
}
