package dev.narrows.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bodies as other clients of the protocol write them: their spaces, their nulls, their parameters. */
class ForeignRequestsTest {

    private static final byte[] TWO_FLOATS = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, 0x40}; // 1, 2
    private static final WireTensor X = Tensors.floats("input0", List.of(1L, 2L), 1, 2);

    private static RestCodec.ReadRequest read(String json, byte... binary) {
        byte[] head = Tensors.utf8(json);
        byte[] body = ByteBuffer.allocate(head.length + binary.length)
                .put(head)
                .put(binary)
                .array();
        return RestCodec.readRequest("m", "", body, binary.length == 0 ? -1 : head.length);
    }

    /** tritonclient.http with binary inputs and no named outputs. */
    @Test
    void triton_binaryWithoutOutputs_wantsBinary() {
        RestCodec.ReadRequest read = read(
                "{\"inputs\":[{\"name\":\"input0\",\"shape\":[1,2],\"datatype\":\"FP32\","
                        + "\"parameters\":{\"binary_data_size\":8}}],\"parameters\":{\"binary_data_output\":true}}",
                TWO_FLOATS);

        assertThat(read.request()).isEqualTo(new InferRequest("m", "", "", Parameters.NONE, List.of(X), List.of()));
        assertThat(read.binary("any")).isTrue();
    }

    /** tritonclient.http in a sequence, with priority, timeout and named outputs, one of them in JSON. */
    @Test
    void triton_sequenceAndOutputs_keepsTheParameters() {
        RestCodec.ReadRequest read = read(
                "{\"id\":\"my request id\",\"parameters\":{\"sequence_id\":1000,\"sequence_start\":true,"
                        + "\"sequence_end\":false,\"priority\":2,\"timeout\":500000},"
                        + "\"inputs\":[{\"name\":\"input0\",\"shape\":[1,2],\"datatype\":\"FP32\","
                        + "\"parameters\":{\"binary_data_size\":8}}],"
                        + "\"outputs\":[{\"name\":\"output0\",\"parameters\":{\"classification\":0,\"binary_data\":true}},"
                        + "{\"name\":\"output1\",\"parameters\":{\"binary_data\":false}},{\"name\":\"output2\"}]}",
                TWO_FLOATS);

        assertThat(read.request().id()).isEqualTo("my request id");
        assertThat(read.request().parameters().values())
                .containsEntry("sequence_id", 1000L)
                .containsEntry("sequence_start", true)
                .containsEntry("sequence_end", false)
                .containsEntry("priority", 2L)
                .containsEntry("timeout", 500000L)
                .hasSize(5);
        assertThat(read.request().outputs()).containsExactly("output0", "output1", "output2");
        assertThat(read.binary("output0")).isTrue();
        assertThat(read.binary("output1")).isFalse();
        assertThat(read.binary("output2")).isFalse();
    }

    /** The example of the binary extension's description: a binary BOOL tensor before one in JSON. */
    @Test
    void triton_binaryAndJsonMixed_takesEachFromItsPlace() {
        RestCodec.ReadRequest read = read("""
                {
                  "model_name" : "m",
                  "inputs" : [
                    {
                      "name" : "input0",
                      "shape" : [ 2, 2 ],
                      "datatype" : "UINT8",
                      "parameters" : {
                        "binary_data_size" : 4
                      }
                    },
                    {
                      "name" : "input1",
                      "shape" : [ 3 ],
                      "datatype" : "BOOL",
                      "data" : [ true, false, true ]
                    }
                  ]
                }
                """, (byte) 1, (byte) 2, (byte) 3, (byte) 4);

        assertThat(read.request().inputs())
                .containsExactly(
                        Tensors.of("input0", "UINT8", List.of(2L, 2L), (byte) 1, (byte) 2, (byte) 3, (byte) 4),
                        Tensors.of("input1", "BOOL", List.of(3L), (byte) 1, (byte) 0, (byte) 1));
    }

    /** KServe's InferRequest.to_rest: the model's name in the body, flat data. */
    @Test
    void kserve_modelNameInBody_isRead() {
        RestCodec.ReadRequest read =
                read("{\"id\": \"5f1a\", \"model_name\": \"m\", \"inputs\": [{\"name\": \"input0\", \"shape\": [1, 2],"
                        + " \"datatype\": \"FP32\", \"data\": [1.0, 2.0]}],"
                        + " \"parameters\": {\"test-str\": \"dummy\", \"test-bool\": true, \"test-int\": 100}}");

        assertThat(read.request().inputs()).containsExactly(X);
        assertThat(read.request().parameters().values()).hasSize(3);
        assertThat(read.binary("any")).isFalse();
    }

    /** MLServer's InferenceRequest.json(): every optional value as null, content types, headers as an object. */
    @Test
    void mlserver_nullsAndHeaders_areRead() {
        RestCodec.ReadRequest read = read("{\"id\": null, \"parameters\": {\"content_type\": null,"
                + " \"headers\": {\"Ce-Id\": \"1\"}}, \"inputs\": [{\"name\": \"input0\", \"shape\": [1, 2],"
                + " \"datatype\": \"FP32\", \"parameters\": {\"content_type\": \"np\", \"headers\": null},"
                + " \"data\": [[1.0, 2.0]]}], \"outputs\": null}");

        assertThat(read.request().parameters().values())
                .containsEntry("headers", "{\"Ce-Id\":\"1\"}")
                .hasSize(1);
        assertThat(read.request().inputs().get(0).parameters().values())
                .containsEntry("content_type", "np")
                .hasSize(1);
        assertThat(read.request().inputs().get(0).data()).isEqualTo(X.data());
    }

    /** A hand-written curl: nested data, integers for floats. */
    @Test
    void curl_nestedIntegers_areFloats() {
        assertThat(read("{\"inputs\":[{\"name\":\"input0\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[[1,2]]}]}")
                        .request()
                        .inputs())
                .containsExactly(X);
    }

    /** Strings as JSON, and their length-prefixed form. */
    @Test
    void strings_jsonAndBinary_areTheSame() {
        byte[] framed = ByteBuffer.allocate(11)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(2)
                .put((byte) 'h')
                .put((byte) 'i')
                .putInt(1)
                .put((byte) '!')
                .array();

        WireTensor json =
                read("{\"inputs\":[{\"name\":\"t\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"hi\",\"!\"]}]}")
                        .request()
                        .inputs()
                        .get(0);
        WireTensor binary = read(
                        "{\"inputs\":[{\"name\":\"t\",\"shape\":[2],\"datatype\":\"BYTES\","
                                + "\"parameters\":{\"binary_data_size\":11}}]}",
                        framed)
                .request()
                .inputs()
                .get(0);

        assertThat(json).isEqualTo(binary);
        assertThat(json.strings())
                .containsExactly(ByteBuffer.wrap(Tensors.utf8("hi")), ByteBuffer.wrap(Tensors.utf8("!")));
    }

    /** Asking for what this server cannot do must not give something else instead. */
    @Test
    void triton_classificationAndSharedMemory_areUnsupported() {
        String input = "{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}";

        assertThatThrownBy(() -> read("{\"inputs\":[" + input
                        + "],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"classification\":3}}]}"))
                .isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> read("{\"inputs\":[" + input
                        + "],\"outputs\":[{\"name\":\"y\",\"parameters\":{\"shared_memory_region\":\"r\"}}]}"))
                .isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> read("{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\","
                        + "\"parameters\":{\"shared_memory_region\":\"r\",\"shared_memory_byte_size\":4}}]}"))
                .isInstanceOf(UnsupportedException.class);
    }
}
