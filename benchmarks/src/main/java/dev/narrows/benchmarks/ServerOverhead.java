package dev.narrows.benchmarks;

import com.google.common.util.concurrent.Futures;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import dev.narrows.cloud.CloudServer;
import dev.narrows.cloud.GrpcCodec;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.narrows.cloud.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceFutureStub;
import dev.narrows.engine.Chain;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.codec.CutCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * What a server adds to a run: an infer call on loopback (tensor in, tensor out: coding, checksums both ways, transport)
 * against the bare run of the same session on the same tensors, barista from cut {@code code} with codec raw, one
 * client. Bare runs and calls over each transport take turns in a new order each round, so that what else the machine
 * does, and who went before, hits all alike.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.ServerOverhead [ROUNDS]
 * </pre>
 */
public final class ServerOverhead {

    private static final String BARE = "bare";
    private static final int WARM_UP = 4_000;
    private static final int ROUNDS = 6_000;
    private static final long SEED = 1;
    private static final double GOAL_MILLIS = 0.5;
    private static final double TARGET_MILLIS = 0.3;
    private static final MediaType BINARY = MediaType.get("application/octet-stream");

    private ServerOverhead() {}

    public static void main(String[] args) throws IOException {
        int rounds = args.length == 0 ? ROUNDS : Integer.parseInt(args[0]);
        Path directory = Files.createTempDirectory("narrows-overhead");
        Bundle bundle = BaristaBundle.pack(directory);
        try (CloudServer server =
                        CloudServer.builder(directory).host("127.0.0.1").port(0).start();
                Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            measure(rounds, server.port(), chain, bundle.codec(BaristaBundle.CUT, "raw"), codes(chain));
        }
        System.exit(0); // the clients' threads have nothing more to do
    }

    /** The cut's tensors of each clip. */
    private static List<Map<String, Tensor>> codes(Chain chain) {
        List<Map<String, Tensor>> codes = new ArrayList<>();
        for (Tensor clip : BaristaBundle.clips()) {
            codes.add(chain.run(0, BaristaBundle.TAIL, Map.of("pcm", clip)).outputs());
        }
        return codes;
    }

    private static void measure(int rounds, int port, Chain chain, CutCodec codec, List<Map<String, Tensor>> codes) {
        Map<String, UnaryOperator<Map<String, Tensor>>> ways = new LinkedHashMap<>();
        ways.put(BARE, tensors -> chain.session(BaristaBundle.TAIL).run(tensors));
        ways.put("grpc", grpc(port, codec));
        ways.put("grpc_blocking", grpcBlocking(port, codec));
        ways.put("rest_h2c", armeria("h2c", port, codec));
        ways.put("rest_http1", armeria("h1c", port, codec));
        ways.put("rest_h2c_okhttp", okHttp(Protocol.H2_PRIOR_KNOWLEDGE, port, codec));
        ways.put("rest_http1_okhttp", okHttp(Protocol.HTTP_1_1, port, codec));

        List<String> names = new ArrayList<>(ways.keySet());
        Random random = new Random(SEED);
        Map<String, long[]> nanos = new LinkedHashMap<>();
        names.forEach(way -> nanos.put(way, new long[rounds]));
        for (int round = -WARM_UP; round < rounds; round++) {
            Map<String, Tensor> code = codes.get(Math.floorMod(round, codes.size()));
            Tensor expected =
                    only(ways.getOrDefault(BARE, UnaryOperator.identity()).apply(code));
            Collections.shuffle(names, random); // what follows a bare run finds cold threads: nobody always does
            for (String way : names) {
                long start = System.nanoTime();
                Map<String, Tensor> answer =
                        ways.getOrDefault(way, UnaryOperator.identity()).apply(code);
                long took = System.nanoTime() - start;
                if (!expected.sameBits(only(answer))) {
                    throw new IllegalStateException(way + ": another answer than the bare run");
                }
                if (round >= 0) {
                    nanos.getOrDefault(way, new long[rounds])[round] = took;
                }
            }
        }
        report(rounds, nanos);
    }

    private static Tensor only(Map<String, Tensor> tensors) {
        return tensors.values().iterator().next();
    }

    private static void report(int rounds, Map<String, long[]> nanos) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        JsonObject data = new JsonObject();
        data.addProperty("network", "barista from cut code, codec raw, (1, 4, 10, 25) f32 up, (1, 14) f32 down");
        data.addProperty("clients", 1);
        data.addProperty("warm_up_rounds", WARM_UP);
        data.addProperty("rounds", rounds);
        data.addProperty("goal_ms", GOAL_MILLIS);
        data.addProperty("target_ms", TARGET_MILLIS);
        JsonArray rows = new JsonArray();
        double bare = millis(nanos.getOrDefault(BARE, new long[rounds]), 0.5);
        nanos.forEach((way, times) -> {
            JsonObject row = new JsonObject();
            row.addProperty("way", way);
            row.addProperty("p50_ms", millis(times, 0.5));
            row.addProperty("p90_ms", millis(times, 0.9));
            row.addProperty("p99_ms", millis(times, 0.99));
            row.addProperty("overhead_p50_ms", rounded(millis(times, 0.5) - bare));
            rows.add(row);
            out.println(row);
        });
        data.add("ways", rows);
        out.println(ResultFile.write(
                "server-overhead",
                "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.ServerOverhead",
                data));
    }

    private static double millis(long[] nanos, double quantile) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return rounded(sorted[(int) Math.min(sorted.length - 1, Math.round(quantile * sorted.length))] / 1e6);
    }

    private static double rounded(double millis) {
        return Math.round(millis * 1e4) / 1e4;
    }

    private static InferRequest request(CutCodec codec, Map<String, Tensor> tensors) {
        Parameters parameters =
                Parameters.NONE.with(Parameters.CUT, BaristaBundle.CUT).with(Parameters.CODEC, codec.name());
        return Checksum.sign(
                new InferRequest(BaristaBundle.NAME, "", "", parameters, codec.encode(tensors), List.of()));
    }

    private static Map<String, Tensor> outputs(InferResponse response) {
        Checksum.verify(response);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (WireTensor output : response.outputs()) {
            outputs.put(output.name(), Tensors.of(output));
        }
        return outputs;
    }

    private static UnaryOperator<Map<String, Tensor>> grpc(int port, CutCodec codec) {
        GRPCInferenceServiceFutureStub stub =
                GrpcClients.newClient("gproto+h2c://127.0.0.1:" + port, GRPCInferenceServiceFutureStub.class);
        return tensors -> outputs(GrpcCodec.readResponse(Objects.requireNonNull(
                Futures.getUnchecked(stub.modelInfer(GrpcCodec.write(request(codec, tensors)))))));
    }

    private static UnaryOperator<Map<String, Tensor>> grpcBlocking(int port, CutCodec codec) {
        GRPCInferenceServiceBlockingStub stub =
                GrpcClients.newClient("gproto+h2c://127.0.0.1:" + port, GRPCInferenceServiceBlockingStub.class);
        return tensors -> outputs(GrpcCodec.readResponse(stub.modelInfer(GrpcCodec.write(request(codec, tensors)))));
    }

    private static UnaryOperator<Map<String, Tensor>> armeria(String scheme, int port, CutCodec codec) {
        WebClient client = WebClient.of(scheme + "://127.0.0.1:" + port);
        return tensors -> {
            RestBody body = RestCodec.write(request(codec, tensors));
            RequestHeaders headers = RequestHeaders.builder(
                            HttpMethod.POST, "/v2/models/" + BaristaBundle.NAME + "/infer")
                    .addInt(RestBody.JSON_LENGTH_HEADER, body.jsonBytes())
                    .build();
            AggregatedHttpResponse response = client.execute(HttpRequest.of(headers, HttpData.wrap(body.bytes())))
                    .aggregate()
                    .join();
            return outputs(RestCodec.readResponse(
                    response.content().array(), response.headers().getInt(RestBody.JSON_LENGTH_HEADER, -1)));
        };
    }

    private static UnaryOperator<Map<String, Tensor>> okHttp(Protocol protocol, int port, CutCodec codec) {
        OkHttpClient client =
                new OkHttpClient.Builder().protocols(List.of(protocol)).build();
        String url = "http://127.0.0.1:" + port + "/v2/models/" + BaristaBundle.NAME + "/infer";
        return tensors -> {
            RestBody body = RestCodec.write(request(codec, tensors));
            Request request = new Request.Builder()
                    .url(url)
                    .header(RestBody.JSON_LENGTH_HEADER, Integer.toString(body.jsonBytes()))
                    .post(RequestBody.create(body.bytes(), BINARY))
                    .build();
            try (Response response = client.newCall(request).execute()) {
                byte[] bytes =
                        response.body() == null ? new byte[0] : response.body().bytes();
                String length = response.header(RestBody.JSON_LENGTH_HEADER, "-1");
                return outputs(RestCodec.readResponse(bytes, Integer.parseInt(length == null ? "-1" : length)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
