package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorDecoderTest {

    /** Elements in a typed list, and the bytes that they are in raw_data (little-endian). */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, float, 1.5 -0.0, 0000c03f00000080",
        "COMPLEX64, float, 1 -1, 0000803f000080bf",
        "DOUBLE, double, 1.5, 000000000000f83f",
        "COMPLEX128, double, 1 0, 000000000000f03f0000000000000000",
        "INT64, int64, -2, feffffffffffffff",
        "UINT64, uint64, -1, ffffffffffffffff",
        "UINT32, uint64, 4294967295, ffffffff",
        "INT32, int32, -2 7, feffffff07000000",
        "INT16, int32, -2, feff",
        "UINT16, int32, 65535, ffff",
        "FLOAT16, int32, 15360, 003c",
        "BFLOAT16, int32, 16256, 803f",
        "INT8, int32, -2 127, fe7f",
        "UINT8, int32, 255 0, ff00",
        "BOOL, int32, 1 0, 0100",
        "FLOAT8E4M3FN, int32, 56, 38",
        "UINT4, int32, 33, 21",
        "INT4, int32, 241, f1",
        "FLOAT4E2M1, int32, 33, 21"
    })
    void decode_typedList_givesRawBytes(ElementType type, String list, String values, String hex) {
        String[] elements = values.split(" ", -1);
        long count = type.bits() < 8 ? 2 : type.name().startsWith("COMPLEX") ? 1 : elements.length;
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName("t").setDataType(type.number()).addDims(count);
        for (String element : elements) {
            switch (list) {
                case "float" -> tensor.addFloatData(Float.parseFloat(element));
                case "double" -> tensor.addDoubleData(Double.parseDouble(element));
                case "int64" -> tensor.addInt64Data(Long.parseLong(element));
                case "uint64" -> tensor.addUint64Data(Long.parseLong(element));
                default -> tensor.addInt32Data(Integer.parseInt(element));
            }
        }
        byte[] expected = HexFormat.of().parseHex(hex);

        assertThat(decode(tensor).data()).isEqualTo(ByteBuffer.wrap(expected));
        tensor.clearFloatData()
                .clearDoubleData()
                .clearInt64Data()
                .clearUint64Data()
                .clearInt32Data();
        assertThat(decode(tensor.setRawData(ByteString.copyFrom(expected))).data())
                .isEqualTo(ByteBuffer.wrap(expected));
    }

    @Test
    void decode_notANumbersBits_areKept() {
        int payload = 0x7fa00001;
        TensorProto.Builder tensor = Protos.floats("t", Float.intBitsToFloat(payload));

        assertThat(decode(tensor).data().getInt(0)).isEqualTo(payload);
    }

    @Test
    void decode_strings_keepsBytesThatAreNoText() {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setDataType(8)
                .addDims(2)
                .addStringData(ByteString.copyFromUtf8("é"))
                .addStringData(ByteString.copyFrom(new byte[] {(byte) 0xfe}));

        ConstantTensor strings = decode(tensor);

        assertThat(strings.strings()).containsExactly("\u00c3\u00a9", "\u00fe");
        assertThat(TensorEncoder.encode(strings, TensorProto.getDefaultInstance()))
                .isEqualTo(tensor.build());
    }

    @Test
    void decode_scalarAndEmpty_haveOneAndNoElement() {
        assertThat(decode(Protos.floats("t", 1).clearDims()).elements()).isEqualTo(1);
        assertThat(decode(Protos.floats("t").clearDims().addDims(0).addDims(3)).elements())
                .isZero();
    }

    @Test
    void decode_wrongData_isInvalid() {
        refuses(t -> t.addFloatData(1), InvalidException.class, "data: 8 bytes (expected: 4 for FLOAT[1])");
        refuses(t -> t.clearFloatData(), InvalidException.class, "data: 0 bytes (expected: 4");
        refuses(t -> t.addInt32Data(1), InvalidException.class, "in float_data and int32_data");
        refuses(t -> t.setRawData(ByteString.EMPTY), InvalidException.class, "in raw_data and float_data");
        refuses(t -> t.setDataType(6), InvalidException.class, "in float_data (expected: one of int32_data raw_data");
        refuses(t -> t.setDataType(0), InvalidException.class, "element type: undefined");
        refuses(
                t -> t.setDataType(8).clearFloatData().setRawData(ByteString.EMPTY),
                InvalidException.class,
                "in raw_data (expected: one of string_data");
        refuses(
                t -> t.setDataType(2).clearFloatData().addInt32Data(256),
                InvalidException.class,
                "element: 256 (expected: 8 bits for UINT8)");
        refuses(
                t -> t.setDataType(12).clearFloatData().addUint64Data(1L << 32),
                InvalidException.class,
                "element: 4294967296 (expected: 32 bits)");
        refuses(
                t -> t.setSegment(TensorProto.Segment.newBuilder().setBegin(0)),
                UnsupportedException.class,
                "in segments");
    }

    private static void refuses(
            Consumer<TensorProto.Builder> change, Class<? extends NarrowsException> type, String text) {
        TensorProto.Builder tensor = Protos.floats("t", 1);
        change.accept(tensor);
        assertThatThrownBy(() -> decode(tensor))
                .isInstanceOf(type)
                .hasMessageContaining(text)
                .hasMessageEndingWith(", tensor \"t\"");
    }

    private static ConstantTensor decode(TensorProto.Builder tensor) {
        return new TensorDecoder(OnnxReader.ExternalData.NONE).decode(tensor.build());
    }

    @Test
    void record_sizeBeyondLong_isInvalid() {
        assertThatThrownBy(() -> new ConstantTensor(
                        "t", ElementType.DOUBLE, List.of(1L << 59), ByteBuffer.allocate(0), List.of(), ""))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("too large");
    }
}
