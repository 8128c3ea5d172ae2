package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.narrows.engine.Tensor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is too large, too slow or no HTTP at all. */
class LimitsTest {

    private static final int MAX_BYTES = 100_000;
    private static final Tensor X = TinyNetwork.x(1, 1);

    private static TestServer served;

    @BeforeAll
    static void start(@TempDir Path directory) {
        served = TestServer.start(
                directory, builder -> builder.maxRequestBytes(MAX_BYTES).requestTimeout(Duration.ofMillis(700)));
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void infer_bodyAtTheLimit_isReadAndOneByteMoreIsNot() {
        String path = "/v2/models/tiny/infer";

        assertThat(served.rest2.post(path, new byte[MAX_BYTES]).code()).isEqualTo(400);
        RestClient.Answer answer = served.rest2.post(path, new byte[MAX_BYTES + 1]);
        assertThat(answer.code()).isEqualTo(413);
        assertThat(answer.json().has("error")).isTrue();
    }

    @Test
    void infer_messageBeyondTheLimit_isResourceExhausted() {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> served.grpc.modelInfer(
                        GrpcCodec.write(Requests.plain("tiny", TinyNetwork.x(MAX_BYTES / 16 + 1, 1)))));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void infer_hugeLengthClaimed_isRefusedBeforeTheBody() throws IOException {
        String answer = exchange(head("9000000000000000000"));

        assertThat(answer).startsWith("HTTP/1.1 413");
    }

    @Test
    void connection_noHttp_getsAnErrorAndIsClosed() throws IOException {
        assertThat(exchange("\u0000\u0001\u0002 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(exchange(head("x"))).startsWith("HTTP/1.1 400");
    }

    @Test
    void infer_bodyThatNeverEnds_timesOutAndOthersAreServedMeanwhile() throws IOException {
        try (Socket slow = connect()) {
            slow.getOutputStream().write(bytes(head("1000") + "{"));
            slow.getOutputStream().flush();

            for (int i = 0; i < 20; i++) {
                assertThat(served.rest.infer(Requests.plain("tiny", X)).code()).isEqualTo(200);
            }
            assertThat(firstLine(slow.getInputStream())).isEqualTo("HTTP/1.1 504 Gateway Timeout");
        }
    }

    @Test
    void infer_senderOfGrpcGivesUp_getsDeadlineExceeded() {
        GRPCInferenceServiceBlockingStub impatient = GrpcClients.builder("gproto+h2c://127.0.0.1:" + served.port())
                .responseTimeoutMillis(1)
                .build(GRPCInferenceServiceBlockingStub.class);

        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> {
            for (int i = 0; i < 10_000; i++) {
                impatient.modelInfer(GrpcCodec.write(Requests.plain("tiny", TinyNetwork.x(5_000, 1))));
            }
        });

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(served.rest.infer(Requests.plain("tiny", X)).code()).isEqualTo(200);
    }

    @Test
    void probe_anyBody_answersWithTheBytesAskedFor() {
        RestClient.Answer answer = served.rest.post("/v2/narrows/probe?down=70000", new byte[50_000]);

        assertThat(answer.code()).isEqualTo(200);
        assertThat(answer.body()).hasSize(70_000);
        assertThat(served.rest.post("/v2/narrows/probe", new byte[1]).body()).isEmpty();
        assertThat(served.rest
                        .post("/v2/narrows/probe?down=1048576", new byte[0])
                        .body())
                .hasSize(1 << 20);
        assertThat(served.rest
                        .post("/v2/narrows/probe?down=1048577", new byte[0])
                        .code())
                .isEqualTo(400);
        assertThat(served.rest.post("/v2/narrows/probe?down=-1", new byte[0]).code())
                .isEqualTo(400);
        assertThat(served.rest2
                        .post("/v2/narrows/probe", new byte[MAX_BYTES + 1])
                        .code())
                .isEqualTo(413);
        assertThat(served.rest.get("/v2/narrows/probe").code()).isEqualTo(405);
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Everything that comes back until the server closes the connection. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes(request));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String firstLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\r'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static String head(String contentLength) {
        return "POST /v2/models/tiny/infer HTTP/1.1\r\nHost: a\r\nContent-Length: " + contentLength + "\r\n\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
