package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the JDK's HTTP/1.1 server, which answers as each test says and knows nothing of HTTP/2. */
class HttpRemoteTest {

    private static final long PATIENT = 30_000_000_000L;
    private static final TensorSpec SPEC = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 2L));

    private final Messages messages = new Messages("m", "0123456789abcdef", List.of(SPEC));
    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicReference<byte[]> answer = new AtomicReference<>(new byte[0]);
    private final AtomicInteger jsonBytes = new AtomicInteger(-1);
    private final AtomicReference<InferRequest> seen = new AtomicReference<>();
    private HttpServer server;
    private HttpRemote remote;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/base/v2/models/m", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestMethod().equals("POST")) {
                int json = Integer.parseInt(exchange.getRequestHeaders().getFirst(RestBody.JSON_LENGTH_HEADER));
                seen.set(RestCodec.readRequest("m", "", body, json).request());
            }
            if (jsonBytes.get() >= 0) {
                exchange.getResponseHeaders().add(RestBody.JSON_LENGTH_HEADER, Integer.toString(jsonBytes.get()));
            }
            byte[] bytes = Objects.requireNonNull(answer.get());
            exchange.sendResponseHeaders(status.get(), bytes.length == 0 ? -1 : bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        server.start();
        remote = new HttpRemote(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base"));
        answer.set(RestCodec.write(new ModelMetadata("m", List.of(), "p", List.of(), List.of(), Map.of())));
        assertThat(remote.metadata("m", PATIENT).platform())
                .as("falls back to HTTP/1.1")
                .isEqualTo("p");
    }

    @AfterEach
    void stop() {
        remote.close();
        server.stop(0);
    }

    @Test
    void infer_answered_bringsTheResponseAndCountsBytes() {
        InferRequest request =
                messages.request("input", "raw", List.of(WireTensor.of("x", Tensor.of(new float[] {1, 2}, 1, 2))), 1);
        InferResponse response = Checksum.sign(new InferResponse(
                "m",
                "",
                request.id(),
                Parameters.NONE.with(Parameters.SERVER_MICROS, 7L),
                List.of(WireTensor.of("x", Tensor.of(new float[] {3, 4}, 1, 2)))));
        RestBody body = RestCodec.write(response, true);
        answer.set(body.bytes());
        jsonBytes.set(body.jsonBytes());
        Remote.Exchange exchange = remote.infer(request, PATIENT);
        Remote.Answer got = (Remote.Answer) exchange.reply().join();
        assertThat(Objects.requireNonNull(
                                messages.outputs(request, got.response(), 1).get("x"))
                        .toFloats())
                .containsExactly(3, 4);
        assertThat(got.serverNanos()).isEqualTo(7_000);
        assertThat(Objects.requireNonNull(seen.get()).parameters()).isEqualTo(request.parameters());
        int sent = RestCodec.write(request).bytes().length;
        assertThat(exchange.wireBytesUp()).isBetween((long) sent + 50, (long) sent + 600);
        assertThat(exchange.wireBytesDown()).isBetween(body.bytes().length + 50L, body.bytes().length + 600L);
    }

    @Test
    void infer_errorStatus_isAReasonWithTheServersWords() {
        assertThat(failure(409)).isEqualTo(Reason.MISMATCH);
        assertThat(failure(400)).isEqualTo(Reason.REFUSED);
        assertThat(failure(404)).isEqualTo(Reason.REFUSED);
        assertThat(failure(500)).isEqualTo(Reason.REFUSED);
        assertThat(failure(503)).isEqualTo(Reason.UNREACHABLE);
        assertThat(failure(429)).isEqualTo(Reason.UNREACHABLE);
        assertThat(failure(504)).isEqualTo(Reason.LATE);
    }

    private Reason failure(int code) {
        status.set(code);
        answer.set(RestCodec.writeError("because of the test"));
        Remote.Failure failure = (Remote.Failure) infer().reply().join();
        assertThat(failure.error()).hasMessageContaining("because of the test").hasMessageContaining("HTTP " + code);
        return failure.reason();
    }

    @Test
    void infer_garbage_isDamaged() {
        answer.set("<html>welcome</html>".getBytes(StandardCharsets.UTF_8));
        assertThat(((Remote.Failure) infer().reply().join()).reason()).isEqualTo(Reason.DAMAGED);
        jsonBytes.set(1_000_000);
        assertThat(((Remote.Failure) infer().reply().join()).reason()).isEqualTo(Reason.DAMAGED);
    }

    @Test
    void infer_nobodyListens_isUnreachable() {
        server.stop(0);
        remote.reconnect();
        assertThat(((Remote.Failure) infer().reply().join()).reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void infer_serverSilent_isLate() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HttpRemote waiting = new HttpRemote(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
            Remote.Exchange exchange = waiting.infer(messages.request("input", "raw", List.of(), 1), 20_000_000);
            assertThat(((Remote.Failure) exchange.reply().join()).reason()).isEqualTo(Reason.LATE);
            waiting.close();
        }
    }

    @Test
    void cancel_whileWaiting_endsInAFailure() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HttpRemote waiting = new HttpRemote(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
            Remote.Exchange exchange = waiting.infer(messages.request("input", "raw", List.of(), 1), PATIENT);
            exchange.cancel();
            assertThat(exchange.reply().join()).isInstanceOf(Remote.Failure.class);
            waiting.close();
        }
    }

    @Test
    void metadata_errors_areNarrowsExceptions() {
        status.set(404);
        assertThatThrownBy(() -> remote.metadata("m", PATIENT)).isInstanceOf(UnsupportedException.class);
        status.set(409);
        assertThatThrownBy(() -> remote.metadata("m", PATIENT)).isInstanceOf(IncompatibleException.class);
        status.set(503);
        assertThatThrownBy(() -> remote.metadata("m", PATIENT)).isInstanceOf(UnavailableException.class);
        status.set(200);
        answer.set(new byte[] {1, 2, 3});
        assertThatThrownBy(() -> remote.metadata("m", PATIENT)).isInstanceOf(MalformedException.class);
        server.stop(0);
        assertThatThrownBy(() -> remote.metadata("m", PATIENT)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void probe_serverWithoutIt_isUnsupported() {
        assertThatThrownBy(() -> remote.probe(10, 10, PATIENT)).isInstanceOf(UnsupportedException.class);
    }

    @Test
    void new_noHttp_isInvalid() {
        assertThatThrownBy(() -> new HttpRemote(URI.create("ftp://host"))).isInstanceOf(InvalidException.class);
    }

    private Remote.Exchange infer() {
        return remote.infer(messages.request("input", "raw", List.of(), 1), PATIENT);
    }
}
