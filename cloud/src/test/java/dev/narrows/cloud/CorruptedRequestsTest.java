package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.narrows.cloud.oip.ModelInferResponse;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Bundle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Seeded damage to requests. Each must be refused, or answered exactly as the undamaged one (the damage then changed
 * nothing that has a meaning); and the server must serve on. The benchmark CorruptRequests does the same at length.
 */
class CorruptedRequestsTest {

    private static final int REQUESTS = 750; // over each transport

    private static TestServer served;
    private static WebClient client;
    private static List<Case> cases;

    /** A good request and the tensors it is answered with. */
    private record Case(InferRequest request, Map<String, Tensor> answer) {}

    @BeforeAll
    static void start(@TempDir Path directory) {
        served = TestServer.start(directory);
        client = WebClient.of("h2c://127.0.0.1:" + served.port());
        Bundle bundle = Bundle.read(directory.resolve("tiny.narrows"));
        cases = new ArrayList<>();
        for (String codec : List.of("raw", "fp16", "q8")) {
            for (int cut = 0; cut < 3; cut++) {
                Tensor x = TinyNetwork.x(1 + cut, cut);
                String name = TinyNetwork.CUT_NAMES.get(cut);
                InferRequest request = Requests.signed(new InferRequest(
                        "tiny",
                        "",
                        "id",
                        Parameters.NONE
                                .with(Parameters.CUT, name)
                                .with(Parameters.CODEC, codec)
                                .with(Parameters.BUNDLE, served.hash.substring(0, 16))
                                .with(Parameters.DEADLINE, 60_000L),
                        bundle.codec(name, codec).encode(TinyNetwork.at(cut, x)),
                        List.of()));
                cases.add(new Case(
                        request, Requests.outputs(served.rest.infer(request).inference())));
            }
        }
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @Test
    void infer_damagedOverGrpc_isRefusedOrAnsweredRight() throws IOException {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < REQUESTS; i++) {
            Random random = new Random(i);
            Case good = cases.get(random.nextInt(cases.size()));
            byte[] message =
                    damaged(GrpcCodec.write(reshaped(good.request(), random)).toByteArray(), random);
            ByteBuffer framed = ByteBuffer.allocate(5 + message.length).put((byte) 0);
            framed.putInt(random.nextInt(50) == 0 ? random.nextInt() : message.length)
                    .put(message);
            AggregatedHttpResponse response = send(
                    RequestHeaders.builder(HttpMethod.POST, "/inference.GRPCInferenceService/ModelInfer")
                            .contentType(MediaType.parse("application/grpc+proto"))
                            .add("te", "trailers")
                            .build(),
                    framed.array());
            String status = Optional.ofNullable(response.trailers().get("grpc-status"))
                    .or(() -> Optional.ofNullable(response.headers().get("grpc-status")))
                    .orElse("none");
            if (status.equals("0")) {
                byte[] content = response.content().array();
                ByteBuffer body = ByteBuffer.wrap(content, 5, content.length - 5);
                assertRight(good, GrpcCodec.readResponse(ModelInferResponse.parseFrom(body)), i);
            } else {
                assertThat(status).as("request %d", i).matches("[1-9]\\d*").isNotIn("2", "13"); // UNKNOWN, INTERNAL
            }
            outcomes.merge(status, 1, Integer::sum);
        }
        assertStillServes(outcomes);
    }

    @Test
    void infer_damagedOverRest_isRefusedOrAnsweredRight() {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < REQUESTS; i++) {
            Random random = new Random(i);
            Case good = cases.get(random.nextInt(cases.size()));
            RestBody body = RestCodec.write(reshaped(good.request(), random));
            long jsonBytes = random.nextInt(20) == 0 ? random.nextInt() : body.jsonBytes();
            AggregatedHttpResponse response = send(
                    RequestHeaders.builder(HttpMethod.POST, "/v2/models/tiny/infer")
                            .add(RestBody.JSON_LENGTH_HEADER, Long.toString(jsonBytes))
                            .build(),
                    damaged(body.bytes(), random));
            int code = response.status().code();
            if (code == 200) {
                HttpHeaders headers = response.headers();
                int length = headers.getInt(RestBody.JSON_LENGTH_HEADER, -1);
                assertRight(good, RestCodec.readResponse(response.content().array(), length), i);
            } else {
                assertThat(code).as("request %d", i).isBetween(400, 599).isNotEqualTo(500);
            }
            outcomes.merge(Integer.toString(code), 1, Integer::sum);
        }
        assertStillServes(outcomes);
    }

    /** Bits flipped, the end cut off, a run of bytes replaced by others or by the largest number, or all of it noise. */
    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        int at = random.nextInt(damaged.length);
        switch (random.nextInt(5)) {
            case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                for (int i = 0; i < 8; i++) {
                    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> damaged = Arrays.copyOf(damaged, at);
            case 3 -> {
                byte fill = random.nextBoolean() ? (byte) 0xff : (byte) random.nextInt();
                Arrays.fill(damaged, at, Math.min(damaged.length, at + 1 + random.nextInt(8)), fill);
            }
            default -> random.nextBytes(damaged);
        }
        return damaged;
    }

    /** Sometimes the first tensor has another shape, and the checksum is right for that. */
    private static InferRequest reshaped(InferRequest request, Random random) {
        if (random.nextInt(10) > 0) {
            return request;
        }
        List<WireTensor> inputs = new ArrayList<>(request.inputs());
        WireTensor first = inputs.get(0);
        List<Long> shape = random.nextBoolean()
                ? List.of((long) random.nextInt(1 << 20), 4L)
                : List.of(random.nextLong() >>> 1, random.nextLong() >>> 33);
        inputs.set(0, new WireTensor(first.name(), first.datatype(), shape, first.parameters(), first.data()));
        return Requests.signed(new InferRequest(
                request.model(),
                "",
                request.id(),
                request.parameters().without(Parameters.CHECKSUM),
                inputs,
                List.of()));
    }

    private static AggregatedHttpResponse send(RequestHeaders headers, byte[] body) {
        return client.execute(HttpRequest.of(headers, HttpData.wrap(body)))
                .aggregate()
                .join();
    }

    private static void assertRight(Case good, InferResponse response, int request) {
        assertThat(response.id()).isEqualTo(good.request().id());
        good.answer()
                .forEach((name, expected) -> assertThat(
                                Requests.output(response, name).sameBits(expected))
                        .as("request %d, output %s", request, name)
                        .isTrue());
    }

    private static void assertStillServes(Map<String, Integer> outcomes) {
        assertThat(outcomes.keySet()).as(outcomes.toString()).hasSizeGreaterThan(1);
        for (Case good : cases) {
            assertRight(good, served.rest.infer(good.request()).inference(), -1);
        }
    }
}
