package dev.narrows.device;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.RestBody;
import dev.narrows.wire.RestCodec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * The Open Inference Protocol over REST with the binary tensor extension, by OkHttp. Thread-safe.
 *
 * <p>{@code https://} speaks what ALPN agrees on. {@code http://} starts with HTTP/2 by prior knowledge and, if the
 * server does not understand that, stays with HTTP/1.1. On bare loopback HTTP/1.1 is the quicker of the two (0.31 ms a
 * call against 0.45, benchmark ServerOverhead), but a hedged call is often cancelled: HTTP/2 resets a stream and keeps the
 * connection, HTTP/1.1 must open another, which over a link of 60 ms makes the next call 125 ms and not 67. HTTP/2 also
 * carries items that overlap on one connection and sends 190 bytes less for each (benchmark HttpVersions).
 */
final class HttpRemote implements Remote {

    private static final MediaType BINARY = MediaType.get("application/octet-stream");
    /** The longest body that is read of an answer: a wrong server must not take the device's memory. */
    private static final long LONGEST_ANSWER_BYTES = 256L << 20;

    /** An error's text is read no further than this. */
    private static final long LONGEST_ERROR_BYTES = 4096;

    private final HttpUrl base;
    private final ThreadPoolExecutor threads;
    private final Queue<ConnectionPool> pools = new ConcurrentLinkedQueue<>();
    private volatile OkHttpClient client;

    HttpRemote(URI server) {
        HttpUrl url = HttpUrl.parse(server.toString());
        if (url == null) {
            throw new InvalidException("cloud: " + server + " (expected: http:// or https://, host and port)");
        }
        base = url;
        threads = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Threads.named("narrows-device-http"));
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequestsPerHost(dispatcher.getMaxRequests()); // all go to one host
        ConnectionPool pool = new ConnectionPool();
        pools.add(pool);
        client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(pool)
                .protocols(
                        base.isHttps()
                                ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1)
                                : List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .eventListenerFactory(WireBytes::of)
                .followRedirects(false)
                .retryOnConnectionFailure(true)
                // Each call has its own limit; these would only cut a slow link's large body short.
                .connectTimeout(0, TimeUnit.SECONDS)
                .readTimeout(0, TimeUnit.SECONDS)
                .writeTimeout(0, TimeUnit.SECONDS)
                .build();
    }

    @Override
    public Exchange infer(InferRequest request, long timeoutNanos) {
        RestBody body = RestCodec.write(request);
        Call call = call(
                new Request.Builder()
                        .url(url("v2", "models", request.model(), "infer"))
                        .header(RestBody.JSON_LENGTH_HEADER, Integer.toString(body.jsonBytes()))
                        .post(RequestBody.create(body.bytes(), BINARY)),
                timeoutNanos);
        HttpExchange exchange = new HttpExchange(call, WireBytes.in(call));
        call.enqueue(exchange);
        return exchange;
    }

    @Override
    public ModelMetadata metadata(String model, long timeoutNanos) {
        Request.Builder request = new Request.Builder().url(url("v2", "models", model));
        try {
            return RestCodec.readModelMetadata(read(request, timeoutNanos));
        } catch (IOException e) {
            if (!speaksAnotherProtocol(e)) {
                throw unavailable(e);
            }
            OkHttpClient before = client;
            client = before.newBuilder().protocols(List.of(Protocol.HTTP_1_1)).build();
            try {
                return RestCodec.readModelMetadata(read(request, timeoutNanos));
            } catch (IOException again) {
                client = before;
                again.addSuppressed(e);
                throw unavailable(again);
            }
        }
    }

    /** Whether the connection stood and then broke while HTTP/2 was tried on a server that may not know it. */
    private boolean speaksAnotherProtocol(IOException e) {
        return client.protocols().contains(Protocol.H2_PRIOR_KNOWLEDGE)
                && !(e instanceof ConnectException
                        || e instanceof NoRouteToHostException
                        || e instanceof UnknownHostException
                        || e instanceof InterruptedIOException);
    }

    @Override
    public long probe(int bytesUp, int bytesDown, long timeoutNanos) {
        HttpUrl url = url("v2", "narrows", "probe")
                .newBuilder()
                .addQueryParameter("down", Integer.toString(bytesDown))
                .build();
        Request.Builder request = new Request.Builder().url(url).post(RequestBody.create(new byte[bytesUp], BINARY));
        long start = System.nanoTime();
        try {
            int received = read(request, timeoutNanos).length;
            long nanos = System.nanoTime() - start;
            if (received != bytesDown) {
                throw new MalformedException(
                        "probe: " + received + " bytes came back (expected: " + bytesDown + "), server " + base);
            }
            return nanos;
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void reconnect() {
        pools.removeIf(pool -> pool.connectionCount() == 0);
        ConnectionPool fresh = new ConnectionPool();
        // Where something is still under way the old connections are closed next time.
        pools.forEach(ConnectionPool::evictAll);
        pools.add(fresh);
        client = client.newBuilder().connectionPool(fresh).build();
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        threads.shutdown();
        pools.forEach(ConnectionPool::evictAll);
    }

    private byte[] read(Request.Builder request, long timeoutNanos) throws IOException {
        try (Response response = call(request, timeoutNanos).execute()) {
            if (!response.isSuccessful()) {
                throw refusal(response);
            }
            return bytes(response);
        }
    }

    private Call call(Request.Builder request, long timeoutNanos) {
        Call call = client.newCall(request.tag(WireBytes.class, new WireBytes()).build());
        call.timeout().timeout(Math.max(1, timeoutNanos), TimeUnit.NANOSECONDS);
        return call;
    }

    private HttpUrl url(String... segments) {
        HttpUrl.Builder url = base.newBuilder();
        for (String segment : segments) {
            url.addPathSegment(segment);
        }
        return url.build();
    }

    private static byte[] bytes(Response response) throws IOException {
        ResponseBody body = response.body();
        if (body == null) {
            return new byte[0];
        }
        if (body.source().request(LONGEST_ANSWER_BYTES + 1)) {
            throw new MalformedException("answer: over " + LONGEST_ANSWER_BYTES + " bytes (expected: at most as many), "
                    + response.request().url());
        }
        return body.bytes();
    }

    private static NarrowsException refusal(Response response) throws IOException {
        String text = RestCodec.readError(response.peekBody(LONGEST_ERROR_BYTES).bytes());
        String message = "HTTP " + response.code() + ": " + text + ", "
                + response.request().url();
        return switch (response.code()) {
            case 409 -> new IncompatibleException(message);
            case 404, 405, 415, 501 -> new UnsupportedException(message);
            case 408, 429, 502, 503, 504 -> new UnavailableException(message);
            default -> new InvalidException(message);
        };
    }

    private UnavailableException unavailable(IOException e) {
        return new UnavailableException("server " + base + ": " + e, e);
    }

    private static Reason reason(int status) {
        return switch (status) {
            case 409 -> Reason.MISMATCH;
            case 408, 504 -> Reason.LATE;
            case 429, 502, 503 -> Reason.UNREACHABLE;
            default -> Reason.REFUSED;
        };
    }

    /** One infer call. */
    private final class HttpExchange implements Exchange, Callback {

        private final Call call;
        private final WireBytes wire;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();

        HttpExchange(Call call, WireBytes wire) {
            this.call = call;
            this.wire = wire;
        }

        @Override
        public CompletableFuture<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            call.cancel();
        }

        @Override
        public long wireBytesUp() {
            return wire.up();
        }

        @Override
        public long wireBytesDown() {
            return wire.down();
        }

        @Override
        public void onFailure(Call failed, IOException e) {
            Reason reason = e instanceof InterruptedIOException ? Reason.LATE : Reason.UNREACHABLE;
            reply.complete(new Failure(reason, unavailable(e)));
        }

        @Override
        public void onResponse(Call answered, Response response) {
            try (response) {
                if (response.isSuccessful()) {
                    byte[] body = bytes(response);
                    reply.complete(new Answer(RestCodec.readResponse(body, jsonBytes(response))));
                } else {
                    reply.complete(new Failure(reason(response.code()), refusal(response)));
                }
            } catch (IOException e) {
                onFailure(answered, e);
            } catch (NarrowsException e) {
                reply.complete(new Failure(Reason.DAMAGED, e));
            } catch (RuntimeException | OutOfMemoryError e) {
                // Whatever it was, somebody waits for this reply.
                reply.complete(new Failure(Reason.DAMAGED, new MalformedException("answer of " + base + ": " + e, e)));
            }
        }

        private int jsonBytes(Response response) {
            String header = response.header(RestBody.JSON_LENGTH_HEADER);
            try {
                return header == null ? -1 : Integer.parseInt(header);
            } catch (NumberFormatException e) {
                throw new MalformedException(
                        RestBody.JSON_LENGTH_HEADER + ": \"" + header + "\" (expected: a number of bytes)", e);
            }
        }
    }
}
