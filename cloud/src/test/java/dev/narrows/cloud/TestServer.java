package dev.narrows.cloud;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A started server on a free port with the tiny network as bundle {@code tiny} and as plain file {@code plain}. */
final class TestServer implements AutoCloseable {

    final String hash;
    final CloudServer server;
    final RestClient rest;
    final RestClient rest2;
    final GRPCInferenceServiceBlockingStub grpc;

    private TestServer(String hash, CloudServer server) {
        this.hash = hash;
        this.server = server;
        this.rest = new RestClient(server.port(), HttpClient.Version.HTTP_1_1);
        this.rest2 = new RestClient(server.port(), HttpClient.Version.HTTP_2);
        this.grpc = GrpcClients.builder("gproto+h2c://127.0.0.1:" + server.port())
                .maxResponseMessageLength(256 << 20)
                .build(GRPCInferenceServiceBlockingStub.class);
    }

    static TestServer start(Path directory) {
        return start(directory, builder -> builder);
    }

    /** Without warm-up, so that no test sees anything but its own requests; {@code options} may change that. */
    static TestServer start(Path directory, UnaryOperator<CloudServer.Builder> options) {
        String hash = TinyNetwork.writeBundle(directory.resolve("tiny.narrows"), "tiny", -1);
        TinyNetwork.writeOnnx(directory.resolve("plain.onnx"), -1);
        return of(hash, directory, options);
    }

    static TestServer of(String hash, Path directory, UnaryOperator<CloudServer.Builder> options) {
        return new TestServer(
                hash,
                options.apply(CloudServer.builder(directory)
                                .host("127.0.0.1")
                                .port(0)
                                .warmUpRequests(0))
                        .start());
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
