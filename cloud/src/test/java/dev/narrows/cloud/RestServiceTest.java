package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.ServerMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestServiceTest {

    private static TestServer served;

    @BeforeAll
    static void start(@TempDir Path directory) {
        served = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void health_serverStarted_isLiveAndReady() {
        assertThat(served.rest.get("/v2/health/live").code()).isEqualTo(200);
        assertThat(served.rest.get("/v2/health/live").json().get("live").getAsBoolean())
                .isTrue();
        assertThat(served.rest.get("/v2/health/ready").code()).isEqualTo(200);
        assertThat(served.rest2.get("/v2/health/ready").json().get("ready").getAsBoolean())
                .isTrue();
    }

    @Test
    void serverMetadata_get_namesServerAndExtensions() {
        ServerMetadata metadata =
                RestCodec.readServerMetadata(served.rest.get("/v2").body());

        assertThat(metadata.name()).isEqualTo("narrows");
        assertThat(metadata.extensions()).contains("binary_tensor_data");
    }

    @Test
    void modelMetadata_bundle_givesTensorsHashCutsAndMeasuredSegments() {
        ModelMetadata metadata =
                RestCodec.readModelMetadata(served.rest.get("/v2/models/tiny").body());

        assertThat(metadata.name()).isEqualTo("tiny");
        assertThat(metadata.platform()).isEqualTo("narrows_bundle");
        assertThat(metadata.inputs()).extracting("name").containsExactly("x");
        assertThat(metadata.inputs().get(0).shape()).containsExactly(-1L, 4L);
        assertThat(metadata.outputs()).extracting("name").containsExactly("y", "z");
        assertThat(metadata.properties())
                .containsEntry("bundle", served.hash)
                .containsEntry("cuts", "input,h,h+k,output");
        assertThat(metadata.properties().get("segment_us")).matches("\\d+,\\d+,\\d+");
    }

    @Test
    void modelMetadata_plainNetwork_hasItsOwnPlatformAndNoHash() {
        ModelMetadata metadata = RestCodec.readModelMetadata(
                served.rest.get("/v2/models/plain/versions/1").body());

        assertThat(metadata.platform()).isEqualTo("onnxruntime_onnx");
        assertThat(metadata.properties()).doesNotContainKey("bundle").containsEntry("cuts", "input,output");
    }

    @Test
    void modelReady_loadedModel_saysSoWithAndWithoutVersion() {
        for (String path : List.of("/v2/models/tiny/ready", "/v2/models/tiny/versions/1/ready")) {
            RestClient.Answer answer = served.rest.get(path);
            assertThat(answer.code()).isEqualTo(200);
            assertThat(answer.json().get("name").getAsString()).isEqualTo("tiny");
            assertThat(answer.json().get("ready").getAsBoolean()).isTrue();
        }
    }

    @Test
    void infer_jsonOnly_answersInJson() {
        Tensor x = TinyNetwork.x(2, 1);
        JsonObject input = new JsonObject();
        input.addProperty("name", "x");
        input.addProperty("datatype", "FP32");
        JsonArray shape = new JsonArray();
        shape.add(2);
        shape.add(4);
        input.add("shape", shape);
        JsonArray data = new JsonArray();
        for (float value : x.toFloats()) {
            data.add(value);
        }
        input.add("data", data);
        JsonArray inputs = new JsonArray();
        inputs.add(input);
        JsonObject request = new JsonObject();
        request.addProperty("id", "42");
        request.add("inputs", inputs);

        RestClient.Answer answer = served.rest.post(
                "/v2/models/plain/versions/1/infer", request.toString().getBytes(StandardCharsets.UTF_8));

        assertThat(answer.code()).as(answer.text()).isEqualTo(200);
        assertThat(answer.jsonBytes()).isEqualTo(-1);
        JsonObject response = answer.json();
        assertThat(response.get("id").getAsString()).isEqualTo("42");
        assertThat(response.get("model_name").getAsString()).isEqualTo("plain");
        JsonObject y = response.getAsJsonArray("outputs").get(0).getAsJsonObject();
        assertThat(y.get("name").getAsString()).isEqualTo("y");
        float[] expected = TinyNetwork.expected("y", x).toFloats();
        float[] actual = new float[expected.length];
        JsonArray values = y.getAsJsonArray("data");
        for (int i = 0; i < actual.length; i++) {
            actual[i] = values.get(i).getAsFloat();
        }
        assertThat(actual).containsExactly(expected);
    }

    @Test
    void infer_binary_answersInBinaryOverBothHttpVersions() {
        Tensor x = TinyNetwork.x(3, 2);
        for (RestClient client : List.of(served.rest, served.rest2)) {
            InferResponse response = client.infer(Requests.plain("plain", x)).inference();

            assertThat(response.id()).isEqualTo("id-1");
            assertThat(response.parameters().values())
                    .containsKey(Parameters.SERVER_MICROS)
                    .doesNotContainKey(Parameters.CHECKSUM);
            assertThat(Requests.output(response, "y").sameBits(TinyNetwork.expected("y", x)))
                    .isTrue();
        }
    }

    @Test
    void infer_otherClientsHints_areLeftAlone() {
        Tensor x = TinyNetwork.x(1, 4);
        InferRequest request = Requests.plain("tiny", x);
        request = Requests.with(Requests.with(request, "priority", 2L), "content_type", "np");

        InferResponse response = served.rest.infer(request).inference();

        assertThat(Requests.output(response, "y").sameBits(TinyNetwork.expected("y", x)))
                .isTrue();
    }

    @Test
    void infer_checksummedRequest_getsChecksummedResponse() {
        InferResponse response = served.rest
                .infer(Requests.signed(Requests.at("tiny", 1, TinyNetwork.x(1, 3))))
                .inference();

        Checksum.verify(response);
        assertThat(response.parameters().values()).containsKey(Parameters.CHECKSUM);
    }

    @Test
    void infer_someOutputsNamed_returnsThoseInTheirOrder() {
        var all = Requests.plain("tiny", TinyNetwork.x(1, 4));
        for (List<String> outputs : List.of(List.of("z"), List.of("z", "y"))) {
            var request =
                    new dev.narrows.wire.InferRequest(all.model(), "", "", all.parameters(), all.inputs(), outputs);

            assertThat(served.rest.infer(request).inference().outputs())
                    .extracting("name")
                    .isEqualTo(outputs);
        }
    }

    @Test
    void request_unknownPathOrWrongMethod_getsAnErrorBody() {
        assertThat(served.rest.get("/v2/nothing").code()).isEqualTo(404);
        assertThat(served.rest.get("/elsewhere").code()).isEqualTo(404);
        assertThat(served.rest.get("/elsewhere").json().has("error")).isTrue();
        assertThat(served.rest.get("/v2/models/tiny/infer").code()).isEqualTo(405);
        assertThat(served.rest.post("/v2/models/tiny", new byte[0]).code()).isEqualTo(405);
        assertThat(served.rest.post("/v2/health/live", new byte[0]).error()).contains("expected: GET");
    }
}
