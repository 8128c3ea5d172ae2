package dev.narrows.cloud;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.UnavailableException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * A server of bundles and plain ONNX files behind the Open Inference Protocol v2: gRPC and REST (HTTP/1.1 and HTTP/2)
 * on one port. Requests may enter a network at any of its cuts. Owns its models, threads and port until closed.
 */
public final class CloudServer implements AutoCloseable {

    /** Room for what gRPC puts around a message of the largest size. */
    private static final int FRAMING_BYTES = 64 << 10;

    /** Without a request for so long, a draining server takes it that all are answered. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private final CloudOptions options;
    private final Models models;
    private final Endpoints endpoints;
    private final Runs runs;
    private final Server server;

    private boolean closed;

    private CloudServer(CloudOptions options, Models models) {
        this.options = options;
        this.models = models;
        this.runs = new Runs(options.maxRuns(), options.maxQueued());
        this.endpoints = new Endpoints(models, new Inference(models, options.maxDecodedBytes()), runs);
        this.server = server(options, endpoints);
    }

    /**
     * A server of what lies in {@code models}, to be started.
     *
     * @param models bundles, ONNX files, or directories of both at any depth
     */
    public static Builder builder(Path... models) {
        return new Builder(List.of(models));
    }

    private static CloudServer start(List<Path> sources, CloudOptions options) {
        CloudServer server = new CloudServer(options, Models.load(sources, options.session()));
        try {
            server.server.start().join();
            new WarmUp(options.host(), server.port(), options.warmUpRequests()).run(server.models);
            server.endpoints.becomeReady();
            return server;
        } catch (CompletionException e) {
            server.close();
            throw new UnavailableException(
                    "port: " + options.port() + " cannot be listened on (expected: free): " + e.getCause(), e);
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    private static Server server(CloudOptions options, Endpoints endpoints) {
        InetSocketAddress address = options.host().isEmpty()
                ? new InetSocketAddress(options.port())
                : new InetSocketAddress(options.host(), options.port());
        Duration quiet = options.drainTime().compareTo(QUIET) < 0 ? options.drainTime() : QUIET;
        ServerBuilder builder = Server.builder()
                .port(address, SessionProtocol.HTTP)
                .maxRequestLength((long) options.maxRequestBytes() + FRAMING_BYTES)
                .requestTimeout(options.requestTimeout())
                .gracefulShutdownTimeout(quiet, options.drainTime())
                .bossGroupFactory(Acceptor::named)
                .connectionDrainDuration(Duration.ZERO) // all are answered by then; more than this would be waiting
                .http2InitialConnectionWindowSize(4 << 20)
                .http2InitialStreamWindowSize(4 << 20)
                .disableServerHeader()
                .disableDateHeader()
                .unloggedExceptionsReportIntervalMillis(0)
                .errorHandler(new ErrorBodies());
        builder.service(com.linecorp.armeria.server.grpc.GrpcService.builder()
                .addService(new GrpcService(endpoints))
                .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
                .maxRequestMessageLength(options.maxRequestBytes())
                .useBlockingTaskExecutor(false)
                .exceptionHandler((context, status, failure, metadata) -> Fault.status(status, failure))
                .build());
        RestService rest = new RestService(endpoints);
        builder.route()
                .path(RestService.ROOT + "/narrows/probe")
                .maxRequestLength(options.maxRequestBytes())
                .build(new ProbeService());
        builder.route()
                .path(RestService.ROOT)
                .pathPrefix(RestService.ROOT)
                .maxRequestLength(options.maxRequestBytes())
                .build(rest);
        return builder.build();
    }

    /** The port that it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    /** How each file found fares. */
    public List<ModelState> models() {
        return models.states();
    }

    /** Whether it takes requests: warmed up and not draining. */
    public boolean ready() {
        return endpoints.ready();
    }

    /** Requests to infer that are run or wait for it. */
    public int underWay() {
        return runs.underWay();
    }

    /**
     * Says at once that it is not ready and refuses new requests to infer, so that senders go elsewhere; what runs or
     * waits is still answered. The port stays open until {@link #close}.
     */
    public void drain() {
        endpoints.drain();
    }

    /** Drains, waits for what is under way for the drain time at most, and lets go of everything. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        drain();
        server.stop().join();
        runs.close();
        models.close();
    }

    @Override
    public String toString() {
        return "CloudServer(" + options.host() + ":" + options.port() + ", " + models.names() + ")";
    }

    /** Options of a server, each with its default in {@link CloudOptions#DEFAULT}. */
    public static final class Builder {

        private final List<Path> models;
        private String host = CloudOptions.DEFAULT.host();
        private int port = CloudOptions.DEFAULT.port();
        private SessionOptions session = CloudOptions.DEFAULT.session();
        private int maxRequestBytes = CloudOptions.DEFAULT.maxRequestBytes();
        private long maxDecodedBytes = CloudOptions.DEFAULT.maxDecodedBytes();
        private int maxRuns = CloudOptions.DEFAULT.maxRuns();
        private int maxQueued = CloudOptions.DEFAULT.maxQueued();
        private Duration requestTimeout = CloudOptions.DEFAULT.requestTimeout();
        private Duration drainTime = CloudOptions.DEFAULT.drainTime();
        private int warmUpRequests = CloudOptions.DEFAULT.warmUpRequests();

        private Builder(List<Path> models) {
            this.models = models;
        }

        /** The address to listen on; empty is every address. */
        public Builder host(String newHost) {
            host = newHost;
            return this;
        }

        /** The port; 0 is any free one. */
        public Builder port(int newPort) {
            port = newPort;
            return this;
        }

        public Builder session(SessionOptions newSession) {
            session = newSession;
            return this;
        }

        /** The largest body of a request. */
        public Builder maxRequestBytes(int newMaxRequestBytes) {
            maxRequestBytes = newMaxRequestBytes;
            return this;
        }

        /** The most that one request's tensors may decode to. */
        public Builder maxDecodedBytes(long newMaxDecodedBytes) {
            maxDecodedBytes = newMaxDecodedBytes;
            return this;
        }

        /** Requests worked on at once. */
        public Builder maxRuns(int newMaxRuns) {
            maxRuns = newMaxRuns;
            return this;
        }

        /** Requests that may wait; one more is refused. */
        public Builder maxQueued(int newMaxQueued) {
            maxQueued = newMaxQueued;
            return this;
        }

        /** How long a request may take to arrive and be answered. */
        public Builder requestTimeout(Duration newRequestTimeout) {
            requestTimeout = newRequestTimeout;
            return this;
        }

        /** How long closing waits for requests under way. */
        public Builder drainTime(Duration newDrainTime) {
            drainTime = newDrainTime;
            return this;
        }

        /** Requests over each transport before the server says that it is ready; 0 is none. */
        public Builder warmUpRequests(int newWarmUpRequests) {
            warmUpRequests = newWarmUpRequests;
            return this;
        }

        /**
         * Loads the models, listens, warms up, and is ready. A file that does not load stops nothing: see {@link
         * CloudServer#models}.
         *
         * @throws dev.narrows.errors.InvalidException if no model is found or an option is out of its range
         * @throws UnavailableException if the port is taken
         */
        public CloudServer start() {
            CloudOptions options = new CloudOptions(
                    host,
                    port,
                    session,
                    maxRequestBytes,
                    maxDecodedBytes,
                    maxRuns,
                    maxQueued,
                    requestTimeout,
                    drainTime,
                    warmUpRequests);
            return CloudServer.start(models, options);
        }
    }
}
