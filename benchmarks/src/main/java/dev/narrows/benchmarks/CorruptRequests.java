package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.cloud.CloudServer;
import dev.narrows.cloud.GrpcCodec;
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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Sends 10,000 broken requests over gRPC and 10,000 over REST to a server in a process of its own, each on its own
 * connection, written byte by byte. The requests carry a checksum, as all with a cut do. Counts how each ended; one that
 * is answered must be answered bit by bit as the whole request: that happens only where the damage is outside of the message,
 * in bytes of the connection that have no meaning for us (a header's name or an unread header's value).
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.CorruptRequests [REQUESTS]
 * </pre>
 */
public final class CorruptRequests {

    private static final int REQUESTS = 10_000;
    private static final long SEED = 20_260_102;
    private static final int SERIES = 5; // memory readings, from before the first request to after the last
    private static final String SERVE = "serve";
    private static final String RIGHT = "answered right";
    private static final String WRONG = "answered wrong";
    private static final String CHECKSUM = "checksum refusal";
    private static final String ERROR = "error status";
    private static final String CLOSED = "connection refused";
    private static final String SILENT = "no reply";

    private record Case(InferRequest request, List<WireTensor> answer) {}

    private CorruptRequests() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length > 1 && args[0].equals(SERVE)) {
            serve(Path.of(args[1]));
            return;
        }
        int requests = args.length == 0 ? REQUESTS : Integer.parseInt(args[0]);
        Path directory = Files.createTempDirectory("narrows-corrupt");
        Bundle bundle = BaristaBundle.pack(directory);
        List<InferRequest> good = goodRequests(bundle);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        JsonObject data = new JsonObject();
        data.addProperty("network", "barista at cuts input and code, codecs raw, fp16, q8 and q4");
        data.addProperty("seed", SEED);
        try (ServerProcess server = new ServerProcess(CorruptRequests.class, SERVE, directory)) {
            List<Case> cases = new ArrayList<>();
            for (InferRequest request : good) {
                cases.add(new Case(
                        request,
                        rest(server.port(), request, RequestDamage.BIT, new Random(0), true)
                                .answer()
                                .orElseThrow()
                                .outputs()));
            }
            for (boolean grpc : new boolean[] {true, false}) {
                JsonObject transport = run(server, cases, requests, grpc);
                data.add(grpc ? "grpc" : "rest", transport);
                out.println(transport);
            }
            checkStillRight(server.port(), cases);
            data.addProperty("server_alive_and_right_afterwards", server.alive());
        }
        out.println(ResultFile.write(
                "corrupt-requests",
                "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.CorruptRequests",
                data));
    }

    /** The server's process: says its port, and its heap in use whenever a line comes; ends with its input. */
    private static void serve(Path directory) throws IOException {
        try (CloudServer server = CloudServer.builder(directory)
                        .host("127.0.0.1")
                        .port(0)
                        .requestTimeout(Duration.ofMillis(500))
                        .start();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            out.println(server.port());
            while (in.readLine() != null) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                out.println(runtime.totalMemory() - runtime.freeMemory());
            }
        }
    }

    private static List<InferRequest> goodRequests(Bundle bundle) {
        List<InferRequest> requests = new ArrayList<>();
        List<Tensor> clips = BaristaBundle.clips();
        try (Chain chain = bundle.open(SessionOptions.DEFAULT)) {
            for (int i = 0; i < 20; i++) {
                Map<String, Tensor> pcm = Map.of("pcm", clips.get(i));
                Map<String, Tensor> code = chain.run(0, BaristaBundle.TAIL, pcm).outputs();
                String cut = i % 5 == 0 ? "input" : BaristaBundle.CUT;
                String codec =
                        i % 5 == 0 ? "fp16" : List.of("raw", "fp16", "q8", "q4").get(i % 4);
                Parameters parameters = Parameters.NONE
                        .with(Parameters.CUT, cut)
                        .with(Parameters.CODEC, codec)
                        .with(Parameters.BUNDLE, bundle.hash().substring(0, 16))
                        .with(Parameters.DEADLINE, 10_000L);
                requests.add(Checksum.sign(new InferRequest(
                        BaristaBundle.NAME,
                        "",
                        "request-" + i,
                        parameters,
                        bundle.codec(cut, codec).encode(i % 5 == 0 ? pcm : code),
                        List.of())));
            }
        }
        return requests;
    }

    private static JsonObject run(ServerProcess server, List<Case> cases, int requests, boolean grpc)
            throws IOException {
        Map<String, Integer> outcomes = new TreeMap<>();
        Map<String, Integer> statuses = new TreeMap<>();
        Map<String, Map<String, Integer>> byKind = new TreeMap<>();
        JsonArray memory = new JsonArray();
        memory.add(server.memory(0));
        RequestDamage[] kinds = RequestDamage.values();
        for (int i = 0; i < requests; i++) {
            Random random = new Random(SEED + i);
            RequestDamage kind = kinds[i % kinds.length];
            Case good = cases.get(random.nextInt(cases.size()));
            Reply reply = grpc
                    ? grpc(server.port(), good.request(), kind, random)
                    : rest(server.port(), good.request(), kind, random, false);
            String outcome = outcome(good, reply);
            outcomes.merge(outcome, 1, Integer::sum);
            statuses.merge(reply.status(), 1, Integer::sum);
            byKind.computeIfAbsent(kind.toString(), unused -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
            if ((i + 1) % (requests / (SERIES - 1)) == 0) {
                memory.add(server.memory(i + 1));
            }
        }
        JsonObject result = new JsonObject();
        result.addProperty("requests", requests);
        result.add("outcomes", json(outcomes));
        result.add("statuses", json(statuses));
        JsonObject kindsJson = new JsonObject();
        byKind.forEach((kind, counts) -> kindsJson.add(kind, json(counts)));
        result.add("by_damage", kindsJson);
        result.addProperty(
                "damaged_messages_answered",
                byKind.entrySet().stream()
                        .filter(kind -> RequestDamage.valueOf(kind.getKey()) != RequestDamage.CONNECTION)
                        .mapToInt(kind -> kind.getValue().getOrDefault(RIGHT, 0)
                                + kind.getValue().getOrDefault(WRONG, 0))
                        .sum());
        result.add("memory", memory);
        return result;
    }

    private static Reply rest(int port, InferRequest good, RequestDamage kind, Random random, boolean whole)
            throws IOException {
        RestBody body = RestCodec.write(whole ? good : kind.request(good, random));
        byte[] bytes = whole ? body.bytes() : kind.message(body.bytes(), random);
        boolean bodyLength = random.nextBoolean();
        String jsonBytes =
                whole || bodyLength ? Integer.toString(body.jsonBytes()) : kind.length(body.jsonBytes(), random);
        String contentLength =
                whole || !bodyLength ? Integer.toString(bytes.length) : kind.length(bytes.length, random);
        byte[] request = RawHttp1.request(good.model(), jsonBytes, contentLength, bytes);
        return RawConnection.exchange(port, whole ? request : kind.connection(request, random), RawHttp1::reply);
    }

    private static Reply grpc(int port, InferRequest good, RequestDamage kind, Random random) throws IOException {
        byte[] bytes = kind.message(GrpcCodec.write(kind.request(good, random)).toByteArray(), random);
        byte[] request = RawGrpc.request(bytes, kind.prefix(bytes.length, random));
        return RawConnection.exchange(port, kind.connection(request, random), RawGrpc::reply);
    }

    private static String outcome(Case good, Reply reply) {
        if (reply.answer().isPresent()) {
            return right(good, reply.answer().get()) ? RIGHT : WRONG;
        }
        return switch (reply.status()) {
            case Reply.CLOSED -> CLOSED;
            case Reply.SILENT -> SILENT;
            default -> {
                if (reply.status().startsWith("goaway") || reply.status().startsWith("rst_stream")) {
                    yield CLOSED;
                }
                yield reply.error().startsWith("checksum") || reply.status().equals("grpc 15") ? CHECKSUM : ERROR;
            }
        };
    }

    private static boolean right(Case good, InferResponse answer) {
        if (!answer.id().equals(good.request().id())
                || answer.outputs().size() != good.answer().size()) {
            return false;
        }
        for (int i = 0; i < answer.outputs().size(); i++) {
            WireTensor actual = answer.outputs().get(i);
            WireTensor expected = good.answer().get(i);
            if (!actual.name().equals(expected.name()) || !Tensors.of(actual).sameBits(Tensors.of(expected))) {
                return false;
            }
        }
        return true;
    }

    private static void checkStillRight(int port, List<Case> cases) throws IOException {
        for (Case good : cases) {
            Reply reply = rest(port, good.request(), RequestDamage.BIT, new Random(0), true);
            if (!outcome(good, reply).equals(RIGHT)) {
                throw new IllegalStateException("after the broken requests: " + reply);
            }
        }
    }

    private static JsonObject json(Map<String, Integer> counts) {
        JsonObject json = new JsonObject();
        counts.forEach(json::addProperty);
        return json;
    }
}
