package dev.narrows.cloud;

import com.google.protobuf.MessageOrBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.narrows.cloud.oip.ModelInferRequest;
import dev.narrows.cloud.oip.ModelInferResponse;
import dev.narrows.cloud.oip.ModelMetadataRequest;
import dev.narrows.cloud.oip.ModelMetadataResponse;
import dev.narrows.cloud.oip.ModelReadyRequest;
import dev.narrows.cloud.oip.ModelReadyResponse;
import dev.narrows.cloud.oip.ServerLiveRequest;
import dev.narrows.cloud.oip.ServerLiveResponse;
import dev.narrows.cloud.oip.ServerMetadataRequest;
import dev.narrows.cloud.oip.ServerMetadataResponse;
import dev.narrows.cloud.oip.ServerReadyRequest;
import dev.narrows.cloud.oip.ServerReadyResponse;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.ServerMetadata;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The protocol over gRPC. */
final class GrpcService extends GRPCInferenceServiceImplBase {

    private final Endpoints endpoints;

    GrpcService(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
        answer(
                request,
                observer,
                () -> ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
        answer(
                request,
                observer,
                () -> ServerReadyResponse.newBuilder()
                        .setReady(endpoints.ready())
                        .build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
        answer(
                request,
                observer,
                () -> ModelReadyResponse.newBuilder()
                        .setReady(endpoints
                                .notReady(request.getName(), request.getVersion())
                                .isEmpty())
                        .build());
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
        answer(request, observer, () -> {
            ServerMetadata metadata = endpoints.metadata();
            return ServerMetadataResponse.newBuilder()
                    .setName(metadata.name())
                    .setVersion(metadata.version())
                    .addAllExtensions(metadata.extensions())
                    .build();
        });
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
        answer(request, observer, () -> {
            ModelMetadata metadata = endpoints.metadata(request.getName(), request.getVersion());
            return ModelMetadataResponse.newBuilder()
                    .setName(metadata.name())
                    .addAllVersions(metadata.versions())
                    .setPlatform(metadata.platform())
                    .addAllInputs(tensors(metadata.inputs()))
                    .addAllOutputs(tensors(metadata.outputs()))
                    .putAllProperties(metadata.properties())
                    .build();
        });
    }

    @Override
    public void modelInfer(ModelInferRequest message, StreamObserver<ModelInferResponse> observer) {
        Arrival arrival = endpoints.arrival(ServiceRequestContext.current());
        CompletableFuture<ModelInferResponse> response = endpoints.work(() -> {
            GrpcCodec.ReadRequest read = GrpcCodec.readRequest(message);
            return GrpcCodec.write(endpoints.infer(read.request(), arrival), read.raw());
        });
        // What the observer throws if the caller has hung up meanwhile ends here: there is nobody left to tell.
        CompletableFuture<Void> unused = response.handle((answer, failure) -> {
            if (failure != null) {
                fail(observer, failure);
            } else {
                observer.onNext(answer);
                observer.onCompleted();
            }
            return null;
        });
    }

    /** Answers a call that costs next to nothing, at once. */
    private static <T> void answer(MessageOrBuilder request, StreamObserver<T> observer, Supplier<T> response) {
        T message;
        try {
            UnknownFields.check(request, "request");
            message = response.get();
        } catch (RuntimeException e) {
            fail(observer, e);
            return;
        }
        observer.onNext(message);
        observer.onCompleted();
    }

    private static void fail(StreamObserver<?> observer, Throwable failure) {
        observer.onError(Fault.status(failure).asRuntimeException());
    }

    private static List<ModelMetadataResponse.TensorMetadata> tensors(List<TensorSpec> specs) {
        return specs.stream()
                .map(spec -> ModelMetadataResponse.TensorMetadata.newBuilder()
                        .setName(spec.name())
                        .setDatatype(Datatype.of(spec.dtype()))
                        .addAllShape(spec.shape())
                        .build())
                .collect(Collectors.toList());
    }
}
