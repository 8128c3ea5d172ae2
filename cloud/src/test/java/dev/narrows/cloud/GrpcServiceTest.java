package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc;
import dev.narrows.cloud.oip.InferTensorContents;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.cloud.oip.ModelInferResponse;
import dev.narrows.cloud.oip.ModelMetadataRequest;
import dev.narrows.cloud.oip.ModelMetadataResponse;
import dev.narrows.cloud.oip.ModelReadyRequest;
import dev.narrows.cloud.oip.ServerLiveRequest;
import dev.narrows.cloud.oip.ServerMetadataRequest;
import dev.narrows.cloud.oip.ServerReadyRequest;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcServiceTest {

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
        assertThat(served.grpc
                        .serverLive(ServerLiveRequest.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(served.grpc
                        .serverReady(ServerReadyRequest.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(served.grpc
                        .modelReady(
                                ModelReadyRequest.newBuilder().setName("tiny").build())
                        .getReady())
                .isTrue();
    }

    @Test
    void serverMetadata_called_equalsRest() {
        var metadata = served.grpc.serverMetadata(ServerMetadataRequest.getDefaultInstance());

        assertThat(metadata.getName()).isEqualTo("narrows");
        assertThat(metadata.getExtensionsList()).contains("binary_tensor_data");
    }

    @Test
    void modelMetadata_bundle_givesTensorsAndProperties() {
        ModelMetadataResponse metadata = served.grpc.modelMetadata(ModelMetadataRequest.newBuilder()
                .setName("tiny")
                .setVersion("1")
                .build());

        assertThat(metadata.getPlatform()).isEqualTo("narrows_bundle");
        assertThat(metadata.getInputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 4L);
        assertThat(metadata.getOutputsCount()).isEqualTo(2);
        assertThat(metadata.getPropertiesMap())
                .containsEntry("bundle", served.hash)
                .containsKeys("cuts", "segment_us");
    }

    @Test
    void infer_rawContents_answersRaw() {
        Tensor x = TinyNetwork.x(3, 2);
        ModelInferResponse message = served.grpc.modelInfer(GrpcCodec.write(Requests.plain("plain", x)));

        assertThat(message.getRawOutputContentsCount()).isEqualTo(2);
        InferResponse response = GrpcCodec.readResponse(message);
        assertThat(response.id()).isEqualTo("id-1");
        assertThat(Requests.output(response, "z").sameBits(TinyNetwork.expected("z", x)))
                .isTrue();
    }

    /** The server's own stack on both ends could agree on an error; grpc-java shares no transport with it. */
    @Test
    void infer_byAnotherGrpcImplementation_isAnsweredAndRefused() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", served.port())
                .usePlaintext()
                .build();
        try {
            var stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
            Tensor x = TinyNetwork.x(2, 7);

            InferResponse response =
                    GrpcCodec.readResponse(stub.modelInfer(GrpcCodec.write(Requests.plain("tiny", x))));
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class, () -> stub.modelInfer(GrpcCodec.write(Requests.plain("nobody", x))));

            assertThat(Requests.output(response, "y").sameBits(TinyNetwork.expected("y", x)))
                    .isTrue();
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void infer_typedContents_answersTyped() {
        Tensor x = TinyNetwork.x(1, 3);
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (float value : x.toFloats()) {
            contents.addFp32Contents(value);
        }
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName("plain")
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("FP32")
                        .addShape(1)
                        .addShape(4)
                        .setContents(contents))
                .build();

        ModelInferResponse message = served.grpc.modelInfer(request);

        assertThat(message.getRawOutputContentsCount()).isZero();
        float[] expected = TinyNetwork.expected("y", x).toFloats();
        for (int i = 0; i < expected.length; i++) {
            assertThat(message.getOutputs(0).getContents().getFp32Contents(i)).isEqualTo(expected[i]);
        }
    }

    @Test
    void infer_checksummedRequest_getsChecksummedResponse() {
        ModelInferResponse message =
                served.grpc.modelInfer(GrpcCodec.write(Requests.signed(Requests.at("tiny", 2, TinyNetwork.x(2, 5)))));

        Checksum.verify(GrpcCodec.readResponse(message));
    }
}
