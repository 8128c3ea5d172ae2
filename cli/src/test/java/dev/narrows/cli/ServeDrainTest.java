package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server process that is told to end while it works. */
class ServeDrainTest {

    private static final int ITEMS = 60_000; // two or three seconds of work

    /** In place of a status: nobody listens. */
    private static final int REFUSED = -1;

    @TempDir
    private Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    @Timeout(60)
    void serve_terminatedDuringARequest_answersItRefusesOthersAndEnds() throws Exception {
        Process process = Cli.process(
                        List.of(),
                        "serve",
                        SmallNetworks.slow(directory).toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--warm-up",
                        "1",
                        "--drain",
                        "40s",
                        "--json")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = process.inputReader()) {
            JsonObject ready = JsonParser.parseString(output.readLine()).getAsJsonObject();
            String server = ready.get("address").getAsString();
            assertThat(readiness(server)).isEqualTo(200);
            Tensor x = items();
            CompletableFuture<HttpResponse<byte[]>> underWay =
                    http.sendAsync(infer(server, x), HttpResponse.BodyHandlers.ofByteArray());
            awaitWork(process, underWay);

            process.destroy(); // SIGTERM
            while (readiness(server) == 200) {
                Thread.onSpinWait();
            }
            assertThat(underWay)
                    .as("still under way when the server is not ready any more")
                    .isNotDone();
            assertThat(status(infer(server, Tensor.of(new float[32], 1, 32)))).isIn(503, REFUSED);

            HttpResponse<byte[]> answer = underWay.get(40, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(y(answer).toFloats()).isEqualTo(x.toFloats());
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
            assertThat(readiness(server)).isEqualTo(REFUSED);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Returns when the process has used half a second of a processor more: what it was sent is being worked on. */
    private static void awaitWork(Process process, CompletableFuture<?> underWay) {
        long start = cpuMillis(process);
        while (cpuMillis(process) - start < 500) {
            assertThat(underWay).as("needs more work than this to be under way").isNotDone();
            Thread.onSpinWait();
        }
    }

    private static long cpuMillis(Process process) {
        return process.info().totalCpuDuration().orElseThrow().toMillis();
    }

    private int readiness(String server) throws InterruptedException {
        return status(
                HttpRequest.newBuilder(URI.create(server + "/v2/health/ready")).build());
    }

    private int status(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException refused) {
            return REFUSED;
        }
    }

    private static HttpRequest infer(String server, Tensor x) {
        RestBody body = RestCodec.write(
                new InferRequest("slow", "", "", Parameters.NONE, List.of(WireTensor.of("x", x)), List.of()));
        return HttpRequest.newBuilder(URI.create(server + "/v2/models/slow/infer"))
                .header(RestBody.JSON_LENGTH_HEADER, Integer.toString(body.jsonBytes()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.bytes()))
                .build();
    }

    private static Tensor y(HttpResponse<byte[]> answer) {
        int jsonBytes = (int)
                answer.headers().firstValueAsLong(RestBody.JSON_LENGTH_HEADER).orElse(-1);
        InferResponse response = RestCodec.readResponse(answer.body(), jsonBytes);
        return response.outputs().get(0).toTensor(new TensorSpec("t3999", DType.FLOAT32, List.of(-1L, 32L)));
    }

    private static Tensor items() {
        float[] values = new float[ITEMS * 32];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 251 - 125) / 128f; // exact in float32
        }
        return Tensor.of(values, ITEMS, 32);
    }
}
