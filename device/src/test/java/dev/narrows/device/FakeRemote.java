package dev.narrows.device;

import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.ModelMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A server that does as a test says. */
final class FakeRemote implements Remote {

    final List<Call> calls = new ArrayList<>();
    Supplier<ModelMetadata> metadata = () -> {
        throw new UnavailableException("refused");
    };
    ProbeAnswer probe = (up, down) -> 1_000_000;
    Consumer<Call> onInfer = call -> {};
    int metadataCalls;
    int reconnects;
    boolean closed;

    interface ProbeAnswer {
        long nanos(int up, int down);
    }

    static ModelMetadata bundle(String hash, String segmentMicros) {
        return new ModelMetadata(
                "m",
                List.of(),
                "narrows_bundle",
                List.of(),
                List.of(),
                Map.of("bundle", hash, "segment_us", segmentMicros));
    }

    @Override
    public Call infer(InferRequest request, long timeoutNanos) {
        Call call = new Call(request, timeoutNanos);
        calls.add(call);
        onInfer.accept(call);
        return call;
    }

    @Override
    public ModelMetadata metadata(String model, long timeoutNanos) {
        metadataCalls++;
        return metadata.get();
    }

    @Override
    public long probe(int bytesUp, int bytesDown, long timeoutNanos) {
        return probe.nanos(bytesUp, bytesDown);
    }

    @Override
    public void reconnect() {
        reconnects++;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** A call that a test ends. */
    static final class Call implements Exchange {
        final InferRequest request;
        final long timeoutNanos;
        boolean cancelled;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();

        Call(InferRequest request, long timeoutNanos) {
            this.request = request;
            this.timeoutNanos = timeoutNanos;
        }

        @Override
        public CompletableFuture<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            cancelled = true;
            reply.complete(new Failure(Reason.UNREACHABLE, new UnavailableException("cancelled")));
        }

        @Override
        public long wireBytesUp() {
            return 1000;
        }

        @Override
        public long wireBytesDown() {
            return 100;
        }
    }
}
