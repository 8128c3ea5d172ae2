package dev.narrows.cloud;

import com.google.protobuf.ByteString;
import dev.narrows.cloud.oip.InferTensorContents;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Typed tensor contents to and from the little-endian bytes that everything else works with. */
final class GrpcContents {

    private GrpcContents() {}

    /** Whether the protocol has a typed field for {@code datatype}. */
    static boolean canHold(String datatype) {
        return !datatype.equals("FP16") && !datatype.equals("BF16");
    }

    /**
     * The elements as bytes.
     *
     * @throws InvalidException if elements lie in a field of another datatype, are not as many as the shape says, or do
     *     not fit the datatype
     * @throws UnsupportedException if the datatype has no typed field here
     */
    static ByteBuffer read(String name, String datatype, List<Long> shape, InferTensorContents contents) {
        int count = count(datatype, contents);
        int all = contents.getBoolContentsCount()
                + contents.getIntContentsCount()
                + contents.getInt64ContentsCount()
                + contents.getUintContentsCount()
                + contents.getUint64ContentsCount()
                + contents.getFp32ContentsCount()
                + contents.getFp64ContentsCount()
                + contents.getBytesContentsCount();
        if (all != count) {
            throw new InvalidException("contents: " + (all - count) + " elements in fields of other types than "
                    + datatype + " (expected: 0), tensor \"" + name + "\"");
        }
        if (count != elements(shape)) {
            throw new InvalidException(
                    "contents: " + count + " elements (expected: as many as " + shape + "), tensor \"" + name + "\"");
        }
        ByteBuffer data =
                ByteBuffer.allocate(sizeBytes(datatype, count, contents)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (datatype) {
                case "BOOL" -> data.put((byte) (contents.getBoolContents(i) ? 1 : 0));
                case "INT8" -> data.put((byte) in(name, contents.getIntContents(i), Byte.MIN_VALUE, Byte.MAX_VALUE));
                case "INT16" ->
                    data.putShort((short) in(name, contents.getIntContents(i), Short.MIN_VALUE, Short.MAX_VALUE));
                case "INT32" -> data.putInt(contents.getIntContents(i));
                case "INT64" -> data.putLong(contents.getInt64Contents(i));
                case "UINT8" -> data.put((byte) in(name, contents.getUintContents(i), 0, 255));
                case "FP32" -> data.putFloat(contents.getFp32Contents(i));
                case "FP64" -> data.putDouble(contents.getFp64Contents(i));
                default -> {
                    ByteString string = contents.getBytesContents(i);
                    data.putInt(string.size());
                    string.copyTo(data);
                }
            }
        }
        return data.flip();
    }

    static InferTensorContents write(WireTensor tensor) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        ByteBuffer data = tensor.data().order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            switch (tensor.datatype()) {
                case "BOOL" -> contents.addBoolContents(data.get() != 0);
                case "INT8" -> contents.addIntContents(data.get());
                case "INT16" -> contents.addIntContents(data.getShort());
                case "INT32" -> contents.addIntContents(data.getInt());
                case "INT64" -> contents.addInt64Contents(data.getLong());
                case "UINT8" -> contents.addUintContents(data.get() & 0xff);
                case "FP32" -> contents.addFp32Contents(data.getFloat());
                case "FP64" -> contents.addFp64Contents(data.getDouble());
                default -> throw unsupported(tensor.name(), tensor.datatype());
            }
        }
        return contents.build();
    }

    private static int count(String datatype, InferTensorContents contents) {
        return switch (datatype) {
            case "BOOL" -> contents.getBoolContentsCount();
            case "INT8", "INT16", "INT32" -> contents.getIntContentsCount();
            case "INT64" -> contents.getInt64ContentsCount();
            case "UINT8" -> contents.getUintContentsCount();
            case "FP32" -> contents.getFp32ContentsCount();
            case "FP64" -> contents.getFp64ContentsCount();
            case Datatype.BYTES -> contents.getBytesContentsCount();
            default -> throw unsupported("", datatype);
        };
    }

    private static int sizeBytes(String datatype, int count, InferTensorContents contents) {
        if (!datatype.equals(Datatype.BYTES)) {
            return Math.multiplyExact(count, Datatype.parse(datatype).bytes());
        }
        int bytes = 4 * count;
        for (ByteString string : contents.getBytesContentsList()) {
            bytes = Math.addExact(bytes, string.size());
        }
        return bytes;
    }

    /** The number of elements of a shape; -1 of one that no message could hold. */
    private static long elements(List<Long> shape) {
        long elements = 1;
        for (long axis : shape) {
            if (axis < 0 || axis > Integer.MAX_VALUE || elements * axis > Integer.MAX_VALUE) {
                return -1;
            }
            elements *= axis;
        }
        return elements;
    }

    private static int in(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidException(
                    "contents: " + value + " (expected: " + least + " to " + most + "), tensor \"" + name + "\"");
        }
        return value;
    }

    private static UnsupportedException unsupported(String name, String datatype) {
        return new UnsupportedException("datatype: \"" + datatype
                + "\" (expected: BOOL, INT8, INT16, INT32, INT64, UINT8, FP32, FP64 or BYTES in typed contents), tensor \""
                + name + "\"");
    }
}
