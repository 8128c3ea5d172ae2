package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.narrows.cloud.oip.InferParameter;
import dev.narrows.cloud.oip.InferTensorContents;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each thing that a request can have wrong, with the status it gets over gRPC and over REST. */
class RefusalsTest {

    private static final Tensor X = TinyNetwork.x(1, 1);

    @TempDir
    private static Path directory;

    private static TestServer served;

    @BeforeAll
    static void start() {
        TestFiles.write(directory.resolve("broken.onnx"), new byte[] {1, 2, 3});
        served = TestServer.start(directory, builder -> builder.maxDecodedBytes(1600));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    static Stream<Arguments> refusals() {
        InferRequest good = Requests.at("tiny", 1, X);
        InferRequest plain = Requests.plain("tiny", X);
        return Stream.of(
                refusal("unknown model", Fault.UNKNOWN_MODEL, Requests.plain("nobody", X), "nobody"),
                refusal("unknown version", Fault.UNKNOWN_MODEL, version(plain, "7"), "version"),
                refusal("model that did not load", Fault.UNAVAILABLE, Requests.plain("broken", X), "not ready"),
                refusal("wrong checksum", Fault.CHECKSUM, Requests.with(good, "checksum", "00000000"), "checksum"),
                refusal("no checksum", Fault.INVALID, good, "checksum"),
                refusal(
                        "another bundle",
                        Fault.INCOMPATIBLE,
                        ours(good, Parameters.BUNDLE, "0123456789abcdef"),
                        "bundle"),
                refusal("short hash", Fault.INVALID, ours(good, Parameters.BUNDLE, "0123"), "16 to 64"),
                refusal(
                        "bundle of a plain network",
                        Fault.INCOMPATIBLE,
                        ours(Requests.plain("plain", X), Parameters.BUNDLE, "0123456789abcdef"),
                        "plain network"),
                refusal("unknown cut", Fault.INCOMPATIBLE, ours(good, Parameters.CUT, "nowhere"), "nowhere"),
                refusal("the last cut", Fault.INCOMPATIBLE, ours(good, Parameters.CUT, "output"), "output"),
                refusal("unknown codec", Fault.INCOMPATIBLE, ours(good, Parameters.CODEC, "q3"), "q3"),
                refusal("deadline of another type", Fault.INVALID, ours(good, Parameters.DEADLINE, "soon"), "deadline"),
                refusal("negative deadline", Fault.INVALID, ours(good, Parameters.DEADLINE, -1L), "deadline"),
                refusal("deadline passed", Fault.DEADLINE, ours(good, Parameters.DEADLINE, 0L), "deadline"),
                refusal("unknown parameter", Fault.UNSUPPORTED, Requests.with(plain, "sequence_id", 3L), "sequence_id"),
                refusal("unknown output", Fault.INVALID, outputs(plain, "w"), "\"w\""),
                refusal("no inputs", Fault.INVALID, inputs(plain), "inputs"),
                refusal("input of another name", Fault.INVALID, inputs(plain, WireTensor.of("q", X)), "missing"),
                refusal(
                        "another datatype",
                        Fault.INVALID,
                        inputs(plain, WireTensor.of("x", Tensor.of(new long[4], 1, 4))),
                        "datatype"),
                refusal(
                        "another shape",
                        Fault.INVALID,
                        inputs(plain, WireTensor.of("x", TinyNetwork.x(1, 1).reshape(2, 2))),
                        "shape"),
                refusal("another rank", Fault.INVALID, inputs(plain, WireTensor.of("x", X.reshape(4))), "shape"),
                refusal("no items", Fault.INVALID, inputs(plain, raw("FP32", List.of(0L, 4L), 0)), "axes"),
                refusal(
                        "shape of more elements than there are",
                        Fault.INVALID,
                        inputs(plain, raw("FP32", List.of(Long.MAX_VALUE, 4L), 16)),
                        "shape"),
                refusal(
                        "fewer bytes than elements",
                        Fault.INVALID,
                        inputs(plain, raw("FP32", List.of(1L, 4L), 15)),
                        "bytes"),
                refusal("unknown datatype", Fault.UNSUPPORTED, inputs(plain, raw("FP8", List.of(1L, 4L), 4)), "FP8"),
                refusal("bad code", Fault.MALFORMED, coded(new byte[] {9, 9, 9}), ""),
                refusal(
                        "more than may be decoded",
                        Fault.TOO_LARGE,
                        Requests.plain("tiny", TinyNetwork.x(101, 1)),
                        "items"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void infer_wrongRequest_isRefusedWithItsStatusOverBothTransports(
            String what, Fault fault, InferRequest request, String word) {
        RestClient.Answer rest = served.rest.infer(request);
        assertThat(rest.code()).as(rest.text()).isEqualTo(fault.httpCode());
        assertThat(rest.error()).contains(word).doesNotContain(directory.toString());

        StatusRuntimeException grpc = refused(GrpcCodec.write(request));
        assertThat(grpc.getStatus().getCode()).as(grpc.toString()).isEqualTo(fault.grpcCode());
        assertThat(grpc.getStatus().getDescription()).contains(word).doesNotContain(directory.toString());
        assertThat(served.rest.infer(Requests.plain("tiny", X)).code()).isEqualTo(200);
    }

    @Test
    void grpcInfer_messageAgainstTheProtocol_isInvalidArgument() {
        ModelInferRequest good = GrpcCodec.write(Requests.plain("tiny", X));
        ModelInferRequest.InferInputTensor input = good.getInputs(0);
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(77, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        InferTensorContents typed =
                InferTensorContents.newBuilder().addFp32Contents(1).build();
        List<ModelInferRequest> wrong = List.of(
                good.toBuilder().setUnknownFields(unknown).build(),
                good.toBuilder()
                        .setInputs(0, input.toBuilder().setUnknownFields(unknown))
                        .build(),
                good.toBuilder()
                        .putParameters(
                                "checksum",
                                InferParameter.newBuilder()
                                        .setUnknownFields(unknown)
                                        .build())
                        .build(),
                good.toBuilder()
                        .putParameters("p", InferParameter.getDefaultInstance())
                        .build(),
                good.toBuilder()
                        .putParameters(
                                "p",
                                InferParameter.newBuilder().setUint64Param(-1).build())
                        .build(),
                good.toBuilder()
                        .setInputs(0, input.toBuilder().setContents(typed))
                        .build(),
                good.toBuilder().clearRawInputContents().build(),
                good.toBuilder()
                        .addInputs(input)
                        .addRawInputContents(good.getRawInputContents(0))
                        .build(),
                good.toBuilder().addOutputs(named("y")).addOutputs(named("y")).build(),
                good.toBuilder().addRawInputContents(ByteString.EMPTY).build(),
                good.toBuilder()
                        .setRawInputContents(0, ByteString.copyFrom(new byte[15]))
                        .build(),
                good.toBuilder().setInputs(0, input.toBuilder().setShape(0, -1)).build(),
                good.toBuilder()
                        .clearRawInputContents()
                        .setInputs(
                                0,
                                input.toBuilder()
                                        .setContents(InferTensorContents.newBuilder()
                                                .addAllFp32Contents(List.of(1f, 2f, 3f, 4f))
                                                .addIntContents(1)))
                        .build());

        assertThat(wrong)
                .allSatisfy(message ->
                        assertThat(refused(message).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void restInfer_bodyAgainstTheProtocol_is400() {
        RestBody good = RestCodec.write(Requests.plain("tiny", X));
        String path = "/v2/models/tiny/infer";
        String length = Integer.toString(good.jsonBytes());

        for (String wrong :
                List.of("-1", "x", "", "99999", "4294967296", "0", Integer.toString(good.jsonBytes() - 1))) {
            assertThat(served.rest.post(path, good.bytes(), wrong).code())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(served.rest.post(path, good.bytes()).code()).isEqualTo(400);
        assertThat(served.rest.post(path, new byte[0]).code()).isEqualTo(400);
        assertThat(served.rest
                        .post(path, "{\"inputs\":".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .code())
                .isEqualTo(400);
        byte[] deep = "[".repeat(100_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(served.rest.post(path, deep).code()).isEqualTo(400);
        assertThat(served.rest.post(path, good.bytes(), length).code()).isEqualTo(200);
    }

    @Test
    void modelReady_modelThatDidNotLoad_saysWhy() {
        RestClient.Answer answer = served.rest.get("/v2/models/broken/ready");

        assertThat(answer.code()).isEqualTo(503);
        assertThat(answer.json().get("ready").getAsBoolean()).isFalse();
        assertThat(answer.error()).contains("\"broken.onnx\"").doesNotContain(directory.toString());
        assertThat(served.rest.get("/v2/models/broken").code()).isEqualTo(503);
        assertThat(served.rest.get("/v2/models/nobody/ready").code()).isEqualTo(404);
        assertThat(served.rest.get("/v2/health/ready").code()).isEqualTo(200);
    }

    private static ModelInferRequest.InferRequestedOutputTensor named(String output) {
        return ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                .setName(output)
                .build();
    }

    private static StatusRuntimeException refused(ModelInferRequest message) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> served.grpc.modelInfer(message));
    }

    private static Arguments refusal(String what, Fault fault, InferRequest request, String word) {
        return Arguments.of(what, fault, request, word);
    }

    private static InferRequest ours(InferRequest request, String parameter, Object value) {
        return Requests.signed(Requests.with(request, parameter, value));
    }

    private static InferRequest version(InferRequest request, String version) {
        return new InferRequest(
                request.model(), version, "", request.parameters(), request.inputs(), request.outputs());
    }

    private static InferRequest outputs(InferRequest request, String... outputs) {
        return new InferRequest(request.model(), "", "", request.parameters(), request.inputs(), List.of(outputs));
    }

    private static InferRequest inputs(InferRequest request, WireTensor... inputs) {
        return new InferRequest(request.model(), "", "", request.parameters(), List.of(inputs), List.of());
    }

    private static WireTensor raw(String datatype, List<Long> shape, int bytes) {
        return new WireTensor("x", datatype, shape, Parameters.NONE, ByteBuffer.allocate(bytes));
    }

    private static InferRequest coded(byte[] code) {
        ByteBuffer string = ByteBuffer.allocate(4 + code.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        string.putInt(code.length).put(code).flip();
        WireTensor tensor = new WireTensor("h", "BYTES", List.of(1L), Parameters.NONE, string);
        return Requests.signed(new InferRequest(
                "tiny",
                "",
                "",
                Parameters.NONE.with(Parameters.CUT, "h").with(Parameters.CODEC, "q8"),
                List.of(tensor),
                List.of()));
    }
}
