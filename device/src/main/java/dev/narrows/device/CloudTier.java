package dev.narrows.device;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Link;
import dev.narrows.wire.ModelMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The cloud as the device sees it: there or not, how fast, how far. One prober at a time asks the server for its
 * metadata, compares the bundle's hash, measures the link and tries a sample item; while it has not succeeded the circuit
 * is open. Thread-safe.
 */
final class CloudTier {

    static final long PROBE_TIMEOUT_NANOS = 4_000_000_000L;

    private final Remote remote;
    private final Messages messages;
    private final Timeline time;
    private final Executor prober;
    private final boolean remeasure;
    private final Supplier<InferRequest> wholeItem;
    private final Consumer<Facts> onConnected;
    private final Runnable trial;
    private final Consumer<NarrowsException> onError;
    private final Breaker breaker = new Breaker(new Why(Reason.UNREACHABLE, "not connected yet"));
    private final CompletableFuture<Boolean> firstAttempt = new CompletableFuture<>();
    private boolean measured; // touched by the prober's thread only
    private volatile boolean closed;

    /**
     * @param prober runs probes, one at a time; they block
     * @param remeasure whether the link is measured again each time it comes back; at first it always is
     * @param wholeItem a request that enters at the network's inputs: measures the link where the server has no probe
     * @param onConnected hears what each successful probe measured, before the circuit closes
     * @param trial sends a sample item the way items go; throws a NarrowsException if no sound answer comes
     * @param onError hears of every failure
     */
    CloudTier(
            Remote remote,
            Messages messages,
            Timeline time,
            Executor prober,
            boolean remeasure,
            Supplier<InferRequest> wholeItem,
            Consumer<Facts> onConnected,
            Runnable trial,
            Consumer<NarrowsException> onError) {
        this.remote = remote;
        this.messages = messages;
        this.time = time;
        this.prober = prober;
        this.remeasure = remeasure;
        this.wholeItem = wholeItem;
        this.onConnected = onConnected;
        this.trial = trial;
        this.onError = onError;
    }

    /**
     * What a probe measured.
     *
     * @param segmentNanos of each segment on the server; empty if it does not say
     */
    record Facts(List<Double> segmentNanos, Link link) {

        Facts {
            segmentNanos = List.copyOf(segmentNanos);
        }
    }

    /** Starts probing; the future says whether the first probe succeeded. */
    CompletableFuture<Boolean> start() {
        runProbe();
        return firstAttempt;
    }

    /** Why nothing may be sent now; empty if something may. */
    Optional<Why> blocked() {
        return breaker.blocked();
    }

    Remote.Exchange send(InferRequest request, long timeoutNanos) {
        return remote.infer(request, timeoutNanos);
    }

    void answered() {
        breaker.itemAnswered();
    }

    void failed(Remote.Failure failure) {
        onError.accept(failure.error());
        if (breaker.itemFailed(failure.why())) {
            planProbe();
        }
    }

    /** No probe starts from here on. The owner closes the remote. */
    void close() {
        closed = true;
    }

    private void planProbe() {
        time.schedule(breaker.pauseNanos(), this::runProbe);
    }

    private void runProbe() {
        if (closed) {
            return;
        }
        try {
            prober.execute(this::probe);
        } catch (RejectedExecutionException e) {
            if (!closed) {
                throw e;
            }
        }
    }

    private void probe() {
        try {
            remote.reconnect();
            ModelMetadata metadata = remote.metadata(messages.model(), PROBE_TIMEOUT_NANOS);
            checkBundle(metadata);
            if (remeasure || !measured) {
                onConnected.accept(new Facts(segmentNanos(metadata), link()));
                measured = true;
            }
            trial.run();
            breaker.probeAnswered();
            firstAttempt.complete(true);
        } catch (NarrowsException e) {
            if (closed) {
                return; // closing cancelled the probe
            }
            onError.accept(e);
            breaker.probeFailed(new Why(reason(e), String.valueOf(e.getMessage())));
            firstAttempt.complete(false);
            planProbe();
        }
    }

    private void checkBundle(ModelMetadata metadata) {
        String there = metadata.properties().getOrDefault("bundle", "none");
        if (!there.equals(messages.hash())) {
            throw new IncompatibleException("bundle of the server's model \"" + messages.model() + "\": " + there
                    + " (expected: " + messages.hash() + ")");
        }
    }

    private static List<Double> segmentNanos(ModelMetadata metadata) {
        String micros = metadata.properties().getOrDefault("segment_us", "");
        if (micros.isEmpty()) {
            return List.of();
        }
        List<Double> nanos = new ArrayList<>();
        for (String part : micros.split(",", -1)) {
            try {
                nanos.add(1_000 * Double.parseDouble(part));
            } catch (NumberFormatException e) {
                throw new MalformedException(
                        "segment_us: \"" + micros + "\" (expected: numbers joined by commas), model \""
                                + metadata.name() + "\"",
                        e);
            }
        }
        return nanos;
    }

    private Link link() {
        try {
            return LinkProbe.measure((up, down) -> remote.probe(up, down, PROBE_TIMEOUT_NANOS));
        } catch (UnsupportedException e) {
            onError.accept(e);
            return linkByItem();
        }
    }

    /** The round trip from the metadata's, the bandwidth (taken to be the same both ways) from one whole item's. */
    private Link linkByItem() {
        long[] roundTrips = new long[3];
        for (int i = 0; i < roundTrips.length; i++) {
            long start = time.nanoTime();
            remote.metadata(messages.model(), PROBE_TIMEOUT_NANOS);
            roundTrips[i] = time.nanoTime() - start;
        }
        Arrays.sort(roundTrips);
        long start = time.nanoTime();
        Remote.Exchange exchange = remote.infer(wholeItem.get(), PROBE_TIMEOUT_NANOS);
        Remote.Reply reply = exchange.reply().join();
        long took = time.nanoTime() - start;
        if (reply instanceof Remote.Failure failure) {
            throw failure.error();
        }
        double transfer = took - roundTrips[1] - ((Remote.Answer) reply).serverNanos();
        double mbps = (exchange.wireBytesUp() + exchange.wireBytesDown()) * 8_000.0 / Math.max(transfer, 1_000);
        return Link.of(mbps, mbps, Duration.ofNanos(roundTrips[1]));
    }

    private static Reason reason(NarrowsException e) {
        if (e instanceof UnavailableException) {
            return Reason.UNREACHABLE;
        } else if (e instanceof IncompatibleException) {
            return Reason.MISMATCH;
        }
        return e instanceof MalformedException ? Reason.DAMAGED : Reason.REFUSED;
    }
}
