package dev.narrows.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestCodecTest {

    private static final String X = "{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1,2]}";

    private static InferRequest read(String json) {
        return RestCodec.readRequest("m", "", Tensors.utf8(json), -1).request();
    }

    private static String inputs(String tensor) {
        return "{\"inputs\":[" + tensor + "]}";
    }

    private static String data(String datatype, String shape, String data) {
        return inputs(
                "{\"name\":\"x\",\"datatype\":\"" + datatype + "\",\"shape\":" + shape + ",\"data\":" + data + "}");
    }

    @Test
    void write_codedItem_isCompactJsonThenTheBytes() {
        RestBody body = RestCodec.write(new InferRequest(
                "barista",
                "",
                "17",
                Parameters.NONE.with(Parameters.CUT, "code"),
                List.of(WireTensor.ofStrings("code", List.of(new byte[] {7, 8, 9}))),
                List.of()));

        assertThat(Tensors.text(body))
                .isEqualTo(
                        "{\"id\":\"17\",\"parameters\":{\"cut\":\"code\",\"binary_data_output\":true},\"inputs\":["
                                + "{\"name\":\"code\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":7}}]}");
        assertThat(body.bytes()).hasSize(body.jsonBytes() + 7).endsWith(3, 0, 0, 0, 7, 8, 9);
    }

    @Test
    void readRequest_ofWrittenRequest_isTheRequest() {
        InferRequest request = Tensors.coded();
        RestBody body = RestCodec.write(request);

        RestCodec.ReadRequest read = RestCodec.readRequest("barista", "", body.bytes(), body.jsonBytes());

        assertThat(read.request()).isEqualTo(request);
        assertThat(read.binary("probabilities")).isTrue();
        Checksum.verify(read.request());
    }

    @Test
    void readRequest_dataBeforeDatatype_isRead() {
        InferRequest read =
                read(inputs("{\"data\":[[1,2],[3,4]],\"shape\":[2,2],\"datatype\":\"INT8\",\"name\":\"x\"}"));

        assertThat(read.inputs())
                .containsExactly(Tensors.of("x", "INT8", List.of(2L, 2L), (byte) 1, (byte) 2, (byte) 3, (byte) 4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32 | [2]     | [0.5,-2e1]        | 0000003f0000a0c1",
                "FP32 | []      | 1                 | 0000803f",
                "FP32 | []      | [1]               | 0000803f",
                "FP64 | [1]     | [0.1]             | 9a9999999999b93f",
                "INT8 | [2]     | [-128,127]        | 807f",
                "UINT8| [2]     | [0,255]           | 00ff",
                "INT16| [1]     | [-2]              | feff",
                "INT32| [1]     | [-2147483648]     | 00000080",
                "INT64| [1]     | [9223372036854775807] | ffffffffffffff7f",
                "BOOL | [1,2]   | [[true,false]]    | 0100",
                "BYTES| [2]     | [\"é\",\"\"]        | 02000000c3a900000000",
                "INT8 | [2,1,2] | [[[1,2]],[[3,4]]] | 01020304",
                "INT8 | [2,1,2] | [1,2,3,4]         | 01020304",
                "INT8 | [0,3]   | []                | ''",
                "INT8 | [2,0]   | [[],[]]           | ''",
                "INT8 | [2,0]   | []                | ''",
            })
    void readRequest_jsonData_isLittleEndianRowMajor(String datatype, String shape, String data, String hex) {
        WireTensor tensor = read(data(datatype, shape, data)).inputs().get(0);

        assertThat(hex(tensor.data())).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32 | [2]   | [1]",
                "FP32 | [2]   | [1,2,3]",
                "FP32 | [2]   | [[1,2]]",
                "FP32 | [2]   | [1,null]",
                "FP32 | [2]   | [1,\"2\"]",
                "FP32 | [2]   | {\"a\":1}",
                "FP32 | [1]   | [1e39]",
                "FP32 | [1]   | 1",
                "FP64 | [1]   | [1e309]",
                "INT8 | [1]   | [128]",
                "UINT8| [1]   | [-1]",
                "INT32| [1]   | [1.0]",
                "INT32| [1]   | [1e2]",
                "INT64| [1]   | [9223372036854775808]",
                "BOOL | [1]   | [1]",
                "BYTES| [1]   | [1]",
                "INT8 | [2,2] | [[1,2],[3]]",
                "INT8 | [2,2] | [[1,2],[3,4,5]]",
                "INT8 | [2,2] | [[1,2],3,4]",
                "INT8 | [2,2] | [1,2,[3,4]]",
                "INT8 | [2,2] | [[1,2],[3,4],[5,6]]",
                "INT8 | [2,1,2] | [[1,2],[3,4]]",
                "INT8 | [0,3] | [1]",
                "INT8 | [4611686018427387904,4] | []",
            })
    void readRequest_dataThatDoesNotFit_isInvalid(String datatype, String shape, String data) {
        assertThatThrownBy(() -> read(data(datatype, shape, data))).isInstanceOf(InvalidException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FP16", "BF16", "UINT64", "STRING", "fp32", ""})
    void readRequest_datatypeWithoutJson_isUnsupported(String datatype) {
        assertThatThrownBy(() -> read(data(datatype, "[1]", "[1]"))).isInstanceOf(UnsupportedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"inputs\":[]",
                "{\"inputs\":[]}}",
                "{\"inputs\":[]} x",
                "{\"inputs\":[]}{}",
                "{'inputs':[]}",
                "{inputs:[]}",
                "{\"inputs\":[],}",
                "{\"inputs\":[] /* c */}",
                "{\"inputs\":[],\"inputs\":[]}",
                "{\"inputs\":[],\"parameters\":{\"a\":1,\"a\":1}}",
                "{\"inputs\":[],\"parameters\":{\"a\":NaN}}",
                "{\"inputs\":[],\"parameters\":{\"a\":01}}",
                "{\"inputs\":[],\"parameters\":{\"a\":+1}}",
                "{\"inputs\":[],\"parameters\":{\"a\":TRUE}}",
                "{\"inputs\":[],\"id\":\"\\ud800\"}",
                "{\"inputs\":[],\"id\":\"\\x\"}",
                "{\"inputs\":[],\"id\":\"a\tb\"}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[NaN]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[Infinity]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}}]}",
            })
    void readRequest_noJsonOrPartsMissing_isMalformed(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "1",
                "{}",
                "{\"inputs\":{}}",
                "{\"inputs\":null}",
                "{\"inputs\":[1]}",
                "{\"inputs\":[{}]}",
                "{\"inputs\":[],\"surprise\":1}",
                "{\"inputs\":[],\"id\":7}",
                "{\"inputs\":[],\"parameters\":[]}",
                "{\"inputs\":[],\"parameters\":{\"a\":9223372036854775808}}",
                "{\"inputs\":[],\"parameters\":{\"a\":1e999}}",
                "{\"inputs\":[],\"parameters\":{\"binary_data_output\":\"yes\"}}",
                "{\"inputs\":[],\"outputs\":[{}]}",
                "{\"inputs\":[],\"outputs\":[\"y\"]}",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"y\"},{\"name\":\"y\"}]}",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"y\",\"data\":[]}]}",
                "{\"inputs\":[],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":1}}]}",
                "{\"inputs\":[],\"model_name\":\"other\"}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1]}]}",
                "{\"inputs\":[{\"name\":\"\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1],\"data\":[1]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1.5],\"data\":[1]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":1,\"data\":[1]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1],\"x\":1}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1],\"parameters\":{\"binary_data_size\":4}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":-4}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":\"4\"}}]}",
                "{\"inputs\":[" + X + "," + X + "]}",
            })
    void readRequest_jsonThatIsNoRequest_isInvalid(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(InvalidException.class);
    }

    @Test
    void readRequest_keyTwice_saysWhichAndWhere() {
        assertThatThrownBy(() -> read("{\"inputs\":[],\"id\":\"a\",\"id\":\"b\"}"))
                .hasMessage("key: \"id\" twice (expected: once), request at $.id");
    }

    @Test
    void readRequest_nestedDeeperThanAnyTensor_isMalformed() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);

        assertThatThrownBy(() -> read(data("FP32", "[1]", deep))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> read("{\"inputs\":[],\"parameters\":{\"a\":" + deep + "}}"))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void readRequest_noUtf8_isMalformed() {
        byte[] body = Tensors.utf8("{\"inputs\":[],\"id\":\"abc\"}");
        body[20] = (byte) 0xC3;

        assertThatThrownBy(() -> RestCodec.readRequest("m", "", body, -1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("byte 20");
    }

    @ParameterizedTest
    @CsvSource({
        "0, Malformed",
        "-2, Malformed",
        "10, Malformed",
        "72, Malformed",
        "2147483647, Malformed",
    })
    void readRequest_wrongJsonLength_isMalformed(int jsonBytes, String stage) {
        RestBody body = RestCodec.write(new InferRequest(
                "m", "", "", Parameters.NONE, List.of(Tensors.floats("x", List.of(2L), 1, 2)), List.of()));

        assertThatThrownBy(() -> RestCodec.readRequest("m", "", body.bytes(), jsonBytes))
                .isInstanceOf(NarrowsException.class)
                .extracting(error -> error.getClass().getSimpleName())
                .isEqualTo(stage + "Exception");
    }

    @Test
    void readRequest_bytesLeftOver_isMalformed() {
        RestBody body = RestCodec.write(new InferRequest(
                "m", "", "", Parameters.NONE, List.of(Tensors.floats("x", List.of(2L), 1, 2)), List.of()));
        byte[] longer = java.util.Arrays.copyOf(body.bytes(), body.bytes().length + 1);

        assertThatThrownBy(() -> RestCodec.readRequest("m", "", longer, body.jsonBytes()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("9 bytes (expected: 8");
    }

    @Test
    void readRequest_binarySizeOtherThanShape_isInvalid() {
        WireTensor short1 = Tensors.of("x", "FP32", List.of(2L), (byte) 1, (byte) 2, (byte) 3, (byte) 4);
        RestBody body = RestCodec.write(new InferRequest("m", "", "", Parameters.NONE, List.of(short1), List.of()));

        assertThatThrownBy(() -> RestCodec.readRequest("m", "", body.bytes(), body.jsonBytes()))
                .isInstanceOf(InvalidException.class)
                .hasMessage("data: 4 bytes (expected: 2 elements of 4 bytes), tensor \"x\"");
    }

    @Test
    void readRequest_hugeStringLength_isMalformed() {
        byte[] data = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1};
        RestBody body = RestCodec.write(new InferRequest(
                "m", "", "", Parameters.NONE, List.of(Tensors.of("x", "BYTES", List.of(1L), data)), List.of()));

        assertThatThrownBy(() -> RestCodec.readRequest("m", "", body.bytes(), body.jsonBytes()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("4294967295 bytes with 1 left");
    }

    @Test
    void write_responseWithOutputsWhereTheRequestWantsThem_mixesBinaryAndJson() {
        RestCodec.ReadRequest request = RestCodec.readRequest(
                "m",
                "",
                Tensors.utf8(
                        "{\"inputs\":[],\"parameters\":{\"binary_data_output\":true},\"outputs\":[{\"name\":\"a\"},"
                                + "{\"name\":\"b\",\"parameters\":{\"binary_data\":false}}]}"),
                -1);
        InferResponse response = new InferResponse(
                "m",
                "2",
                "7",
                Parameters.NONE,
                List.of(Tensors.floats("a", List.of(1L), 1), Tensors.floats("b", List.of(2L), 0.1f, -0f)));

        RestBody body = RestCodec.write(response, request);

        assertThat(Tensors.text(body))
                .isEqualTo("{\"model_name\":\"m\",\"model_version\":\"2\",\"id\":\"7\",\"outputs\":["
                        + "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}},"
                        + "{\"name\":\"b\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[0.1,-0.0]}]}");
        assertThat(RestCodec.readResponse(body.bytes(), body.jsonBytes())).isEqualTo(response);
    }

    @Test
    void write_numbersThatJsonHasNot_areUnsupported() {
        assertUnsupported(Tensors.floats("y", List.of(1L), Float.NaN));
        assertUnsupported(Tensors.floats("y", List.of(1L), Float.NEGATIVE_INFINITY));
        assertUnsupported(Tensors.of("y", "FP16", List.of(1L), (byte) 0, (byte) 0));
        assertUnsupported(Tensors.of("y", "BF16", List.of(1L), (byte) 0, (byte) 0));
        assertUnsupported(WireTensor.ofStrings("y", List.of(new byte[] {(byte) 0xFF})));
    }

    private static void assertUnsupported(WireTensor output) {
        InferResponse response = new InferResponse("m", "", "", Parameters.NONE, List.of(output));
        assertThatThrownBy(() -> RestCodec.write(response, false)).isInstanceOf(UnsupportedException.class);
        RestBody binary = RestCodec.write(response, true);
        assertThat(RestCodec.readResponse(binary.bytes(), binary.jsonBytes())).isEqualTo(response);
    }

    @Test
    void readResponse_withoutModelName_isInvalid() {
        assertThatThrownBy(() -> RestCodec.readResponse(Tensors.utf8("{\"outputs\":[]}"), -1))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void metadata_writtenAndRead_isTheSame() {
        ServerMetadata server = new ServerMetadata("narrows", "0.1.0", List.of("binary_tensor_data"));
        ModelMetadata model = new ModelMetadata(
                "barista",
                List.of("1"),
                "narrows_bundle",
                List.of(new TensorSpec("pcm", DType.FLOAT32, List.of(-1L, 32000L))),
                List.of(new TensorSpec("probabilities", DType.FLOAT32, List.of(-1L, 14L))),
                Map.of("bundle", "ab", "cuts", "input,code", "segment_us", "900,400"));

        assertThat(RestCodec.readServerMetadata(RestCodec.write(server))).isEqualTo(server);
        assertThat(RestCodec.readModelMetadata(RestCodec.write(model))).isEqualTo(model);
        assertThat(new String(RestCodec.write(model), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":\"barista\",\"versions\":[\"1\"],\"platform\":\"narrows_bundle\","
                        + "\"inputs\":[{\"name\":\"pcm\",\"datatype\":\"FP32\",\"shape\":[-1,32000]}],"
                        + "\"outputs\":[{\"name\":\"probabilities\",\"datatype\":\"FP32\",\"shape\":[-1,14]}],"
                        + "\"properties\":{\"bundle\":\"ab\",\"cuts\":\"input,code\",\"segment_us\":\"900,400\"}}");
    }

    @Test
    void readModelMetadata_ofMlServer_isRead() {
        ModelMetadata read = RestCodec.readModelMetadata(
                Tensors.utf8(
                        "{\"name\":\"mnist-svm\",\"versions\":[],\"platform\":\"\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\","
                                + "\"shape\":[-1,64],\"parameters\":{\"content_type\":\"np\"}}],\"outputs\":null,\"parameters\":{}}"));

        assertThat(read.inputs()).containsExactly(new TensorSpec("x", DType.FLOAT32, List.of(-1L, 64L)));
    }

    @Test
    void readError_bodyOfTheProtocolOrAnother_givesItsText() {
        assertThat(RestCodec.readError(RestCodec.writeError("shape: [2] (expected: [1])")))
                .isEqualTo("shape: [2] (expected: [1])");
        assertThat(RestCodec.readError(Tensors.utf8("<h1>502 Bad Gateway</h1>")))
                .isEqualTo("<h1>502 Bad Gateway</h1>");
        assertThat(RestCodec.readError(Tensors.utf8("{\"message\":\"no\"}"))).isEqualTo("{\"message\":\"no\"}");
        assertThat(RestCodec.readError(new byte[0])).isEmpty();
        assertThat(RestCodec.readError(RestCodec.writeError("half \ud800"))).isEqualTo("half ?");
    }

    private static String hex(ByteBuffer data) {
        StringBuilder hex = new StringBuilder();
        ByteBuffer rest = data.order(ByteOrder.LITTLE_ENDIAN);
        while (rest.hasRemaining()) {
            hex.append(String.format("%02x", rest.get()));
        }
        return hex.toString();
    }
}
