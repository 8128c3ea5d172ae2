package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.cloud.CloudServer;
import dev.narrows.emulator.LinkEmulator;
import dev.narrows.emulator.LinkPresets;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * HTTP/2 by prior knowledge against HTTP/1.1 for a device's calls, by OkHttp over the emulated lte link, with Nagle's
 * algorithm off and on: the time of a
 * call of 1 kB, the time of the call after one that was cancelled, and bytes up per call. What both cost on bare loopback
 * is in {@link ServerOverhead}.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.HttpVersions
 * </pre>
 *
 * Writes {@code docs/results/http-versions.json}.
 */
public final class HttpVersions {

    private static final int CALLS = 60;
    private static final byte[] BODY = new byte[1_000];
    /** As long as those that a device sends. */
    private static final String LENGTH_HEADER = "Inference-Header-Content-Length";

    private HttpVersions() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path directory = Files.createTempDirectory("narrows-http");
        BaristaBundle.pack(directory);
        JsonArray rows = new JsonArray();
        try (CloudServer server =
                CloudServer.builder(directory).host("127.0.0.1").port(0).start()) {
            for (Protocol protocol : List.of(Protocol.H2_PRIOR_KNOWLEDGE, Protocol.HTTP_1_1)) {
                for (boolean noDelay : new boolean[] {true, false}) {
                    JsonObject row = measure(protocol, noDelay, server.port());
                    out.println(row);
                    rows.add(row);
                }
            }
        }
        JsonObject data = new JsonObject();
        data.addProperty("link", LinkPresets.of("lte").toString());
        data.addProperty("bodyBytes", BODY.length);
        data.addProperty("calls", CALLS);
        data.add("protocols", rows);
        out.println(ResultFile.write(
                "http-versions",
                "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.HttpVersions",
                data));
        System.exit(0); // the client's threads have nothing more to do
    }

    private static JsonObject measure(Protocol protocol, boolean noDelay, int serverPort) throws IOException {
        try (LinkEmulator link = LinkEmulator.start(
                LinkPresets.of("lte"), new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), 1)) {
            OkHttpClient client = new OkHttpClient.Builder()
                    .protocols(List.of(protocol))
                    .eventListener(new NoDelay(noDelay))
                    .build();
            Request request = new Request.Builder()
                    .url("http://127.0.0.1:" + link.port() + "/v2/narrows/probe?down=100")
                    .header(LENGTH_HEADER, "400")
                    .post(RequestBody.create(BODY, MediaType.get("application/octet-stream")))
                    .build();
            for (int i = 0; i < 20; i++) {
                call(client, request);
            }
            long before = link.bytesUp();
            double[] plain = new double[CALLS];
            for (int i = 0; i < CALLS; i++) {
                plain[i] = call(client, request);
            }
            double bytesUp = (link.bytesUp() - before) / (double) CALLS;
            double[] afterCancel = new double[CALLS];
            for (int i = 0; i < CALLS; i++) {
                cancelled(client, request, link);
                afterCancel[i] = call(client, request);
            }
            JsonObject row = new JsonObject();
            row.addProperty("protocol", protocol.toString());
            row.addProperty("tcpNoDelay", noDelay);
            row.addProperty("callP50Millis", median(plain));
            row.addProperty("callAfterCancelP50Millis", median(afterCancel));
            row.addProperty("bytesUpPerCall", bytesUp);
            client.connectionPool().evictAll();
            return row;
        }
    }

    private static double call(OkHttpClient client, Request request) throws IOException {
        long start = System.nanoTime();
        try (Response response = client.newCall(request).execute()) {
            response.peekBody(1 << 20).bytes();
            return (System.nanoTime() - start) / 1e6;
        }
    }

    /** Starts a call and cancels it as soon as it is on its way. */
    private static void cancelled(OkHttpClient client, Request request, LinkEmulator link) {
        long before = link.bytesUp();
        Call call = client.newCall(request);
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                // cancelled, as it should be
            }

            @Override
            public void onResponse(Call answered, Response response) {
                response.close();
            }
        });
        while (link.bytesUp() - before < BODY.length) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
        }
        call.cancel();
    }

    /** Turns Nagle's algorithm off, or leaves it on as OkHttp does. */
    private static final class NoDelay extends EventListener {

        private final boolean on;

        NoDelay(boolean on) {
            this.on = on;
        }

        @Override
        public void connectionAcquired(Call call, Connection connection) {
            try {
                connection.socket().setTcpNoDelay(on);
            } catch (SocketException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Math.round(sorted[sorted.length / 2] * 100) / 100.0;
    }
}
