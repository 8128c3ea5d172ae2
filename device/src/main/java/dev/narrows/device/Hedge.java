package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.Tier;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.CutCodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One run of one or more items on its way to an answer before a deadline.
 *
 * <p>The device runs the head, where exits may answer some or all items, codes the cut and sends the code. It then waits
 * for the cloud until it must start the tail itself to be done in time, or until the call fails; from there both are at
 * work and the first answer wins. The loser is cancelled: the call is reset, the tail stops between two segments. This is
 * the hedged request of Dean and Barroso (The tail at scale, 2013), with a second replica that needs no network.
 */
final class Hedge {

    /* design
     * Phases go one way: HEAD → WAITING → TAIL → DONE, with jumps forward. Every transition happens under the lock,
     * every computation outside of it; whoever makes the transition does the work of the phase it enters. Events that
     * come for a phase that has passed are dropped: a timer or a failure after the tail began, an answer after the
     * device's. The head and the tail run on the compute thread, the timer and the reply on their own threads.
     */
    private enum Phase {
        HEAD,
        WAITING,
        TAIL,
        DONE
    }

    /**
     * Kept free before the deadline for what no measurement covers: timers, threads, a collection of garbage, a tail that
     * has not run for a while and finds its weights in no cache (5 ms were not enough for that at 8 times slower).
     */
    static final long MARGIN_NANOS = 10_000_000;

    private final Local local;
    private final Sender sender;
    private final Exits exits;
    private final Timeline time;
    private final Route route;
    private final Map<String, Tensor> inputs;
    private final long startNanos;
    private final long dueNanos;
    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();

    // All below is guarded by this.
    private Phase phase = Phase.HEAD;
    private long items; // that no exit has answered
    private List<EarlyAnswer> early = List.of();
    private Map<String, Tensor> atCut = Map.of();
    private Optional<Why> why = Optional.empty();
    private long deviceNanos;
    private long encodeNanos;
    private long sentNanos;
    private long waitNanos;
    private long codeBytesUp;
    private Remote.@Nullable Exchange exchange;
    private Timeline.@Nullable Timer timer;
    private boolean callEnded = true;
    private @Nullable RuntimeException tailError;

    /**
     * @param exits those that are tried before the hand-over
     * @param items how many items {@code inputs} holds
     * @param deadlineNanos counted from now
     */
    Hedge(
            Local local,
            Sender sender,
            Exits exits,
            Timeline time,
            Route route,
            Map<String, Tensor> inputs,
            long items,
            long deadlineNanos) {
        this.local = local;
        this.sender = sender;
        this.exits = exits;
        this.time = time;
        this.route = route;
        this.inputs = inputs;
        this.items = items;
        startNanos = time.nanoTime();
        dueNanos = startNanos + deadlineNanos;
    }

    /** Sends codes and hears how it went. */
    interface Sender extends Exits.Listener {
        InferRequest request(String cut, String codec, List<WireTensor> coded, long remainingNanos);

        Remote.Exchange send(InferRequest request, long timeoutNanos);

        /** The checked outputs of an answer; throws a NarrowsException if it is none. */
        Map<String, Tensor> check(InferRequest request, Remote.Answer answer, long items);

        /** A call was answered, soundly and first. */
        void answered();

        /** A call failed, or lost against the device. */
        void failed(Remote.Failure failure);

        /** An item's code had this size and took this long to make. */
        void coded(int cut, String codec, long items, long bytes, long nanos);

        /** How many runs are between start and answer now, this one included. */
        int inFlight();
    }

    /** Starts; the future ends on one of the model's threads. Cancelling it ends the run. */
    CompletableFuture<Outcome> start() {
        CompletableFuture<Outcome> unused = answer.whenComplete((outcome, error) -> {
            if (answer.isCancelled()) {
                abandon();
            }
        });
        local.execute(dueNanos, () -> guarded(this::head));
        return answer;
    }

    /** Ends the run without an answer from here on: the future gets {@code error} unless it already ended. */
    void fail(Throwable error) {
        abandon();
        answer.completeExceptionally(error);
    }

    private void head() {
        int to = route instanceof Route.HandOver handOver ? handOver.cut() : local.segments();
        Exits.Passed head =
                exits.pass(local, to, inputs, items, sender, this::isDone, () -> time.nanoTime() - startNanos);
        synchronized (this) {
            deviceNanos = head.nanos();
            atCut = head.values();
            items = head.items();
            early = head.early();
            if (route instanceof Route.OnDevice onDevice) {
                why = onDevice.why();
            }
        }
        if (head.items() == 0 || route instanceof Route.OnDevice) {
            finishOnDevice(head.values()); // of an abandoned run this does nothing
        } else {
            handOver((Route.HandOver) route, head.values());
        }
    }

    private void handOver(Route.HandOver handOver, Map<String, Tensor> values) {
        Local.Coded coded;
        try {
            coded = local.encode(handOver.codec(), values);
        } catch (InvalidException e) {
            enterTail(new Why(Reason.UNCODABLE, String.valueOf(e.getMessage())));
            tail();
            return;
        }
        long now = time.nanoTime();
        long bytes = CutCodec.dataBytes(coded.tensors());
        sender.coded(handOver.cut(), handOver.codec().name(), items, bytes, coded.nanos());
        synchronized (this) {
            encodeNanos = coded.nanos();
        }
        long untilTail = dueNanos - now - reserveNanos(handOver.cut());
        if (untilTail <= 0) {
            enterTail(new Why(
                    Reason.LATE,
                    "no time to ask the cloud: " + millis(dueNanos - now) + " ms left after the device's part"
                            + " (expected: more than " + millis(dueNanos - now - untilTail) + " ms)"));
            tail();
            return;
        }
        send(handOver, coded.tensors(), bytes, dueNanos - now, untilTail);
    }

    private void send(Route.HandOver handOver, List<WireTensor> coded, long bytes, long remaining, long untilTail) {
        InferRequest request =
                sender.request(handOver.cutName(), handOver.codec().name(), coded, remaining);
        Remote.Exchange call;
        synchronized (this) {
            if (phase != Phase.HEAD) {
                return;
            }
            phase = Phase.WAITING;
            sentNanos = time.nanoTime();
            codeBytesUp = bytes;
            call = sender.send(request, remaining);
            exchange = call;
            callEnded = false;
            timer = time.schedule(untilTail, this::onTimer);
        }
        CompletableFuture<Void> unused = call.reply().thenAccept(reply -> guarded(() -> onReply(request, reply)));
    }

    /** The time to keep free before the deadline: any run in flight may need its tail before this one gets its own. */
    private long reserveNanos(int cut) {
        double tail = local.tailNanos(cut, items) * Math.max(1, sender.inFlight());
        return (long) (tail + Math.max(MARGIN_NANOS, tail / 4));
    }

    private void onTimer() {
        Why late;
        synchronized (this) {
            late = new Why(
                    Reason.LATE,
                    "no answer after " + millis(time.nanoTime() - sentNanos) + " ms (deadline: "
                            + millis(dueNanos - startNanos) + " ms)");
        }
        if (enterTail(late)) {
            guarded(() -> local.execute(dueNanos, () -> guarded(this::tail)));
        }
    }

    private void onReply(InferRequest request, Remote.Reply reply) {
        Remote.Failure failure;
        if (reply instanceof Remote.Answer sound) {
            try {
                finishInCloud(sender.check(request, sound, items), sound);
                return;
            } catch (NarrowsException e) {
                failure = new Remote.Failure(Reason.DAMAGED, e);
            }
        } else {
            failure = (Remote.Failure) reply;
        }
        RuntimeException lost = null;
        synchronized (this) {
            if (phase == Phase.DONE) {
                return; // the device was first and has reported that
            }
            callEnded = true;
            if (tailError != null) {
                lost = tailError;
                lost.addSuppressed(failure.error());
            } else if (phase == Phase.TAIL) {
                why = Optional.of(failure.why());
            }
        }
        sender.failed(failure);
        if (lost != null) {
            fail(lost);
        } else if (enterTail(failure.why())) {
            local.execute(dueNanos, () -> guarded(this::tail));
        }
    }

    /** Goes to TAIL if that is forward; whoever gets true runs the tail. */
    private synchronized boolean enterTail(Why because) {
        if (phase != Phase.HEAD && phase != Phase.WAITING) {
            return false;
        }
        if (phase == Phase.WAITING) {
            waitNanos = time.nanoTime() - sentNanos;
        }
        phase = Phase.TAIL;
        why = Optional.of(because);
        if (timer != null) {
            timer.cancel();
        }
        return true;
    }

    private void tail() {
        int cut = ((Route.HandOver) route).cut();
        Map<String, Tensor> values;
        synchronized (this) {
            values = atCut;
        }
        try {
            while (cut < local.segments()) {
                boolean racing;
                synchronized (this) {
                    if (phase == Phase.DONE) {
                        return;
                    }
                    racing = !callEnded;
                }
                // Segment by segment while the cloud may still win: between two of them the tail can stop.
                int to = racing ? cut + 1 : local.segments();
                Chain.Run run = local.run(cut, to, values, items);
                synchronized (this) {
                    deviceNanos += run.totalNanos();
                }
                values = run.outputs();
                cut = to;
            }
        } catch (RuntimeException e) {
            synchronized (this) {
                if (!callEnded) {
                    tailError = e; // the cloud may still answer; if not, this is what the caller gets
                    return;
                }
            }
            throw e;
        }
        finishOnDevice(values);
    }

    private void finishOnDevice(Map<String, Tensor> outputs) {
        Outcome outcome;
        Remote.Exchange loser;
        synchronized (this) {
            if (phase == Phase.DONE) {
                return;
            }
            phase = Phase.DONE;
            loser = callEnded ? null : exchange;
            outcome = outcome(outputs, Tier.DEVICE, 0, 0);
        }
        if (loser != null) {
            Why late = outcome.why().orElseThrow(IllegalStateException::new);
            sender.failed(new Remote.Failure(late.reason(), new UnavailableException(late.detail())));
            loser.cancel();
        }
        answer.complete(outcome);
    }

    private void finishInCloud(Map<String, Tensor> outputs, Remote.Answer sound) {
        Outcome outcome;
        synchronized (this) {
            if (phase == Phase.DONE) {
                return;
            }
            phase = Phase.DONE;
            callEnded = true;
            why = Optional.empty();
            waitNanos = time.nanoTime() - sentNanos;
            if (timer != null) {
                timer.cancel();
            }
            outcome = outcome(
                    outputs, Tier.CLOUD, CutCodec.dataBytes(sound.response().outputs()), sound.serverNanos());
        }
        sender.answered();
        answer.complete(outcome);
    }

    private Outcome outcome(Map<String, Tensor> outputs, Tier by, long codeBytesDown, long serverNanos) {
        String cut = route instanceof Route.HandOver handOver ? handOver.cutName() : "output";
        String codec =
                route instanceof Route.HandOver handOver ? handOver.codec().name() : "raw";
        return new Outcome(
                new LinkedHashMap<>(outputs),
                by,
                cut,
                codec,
                codeBytesUp,
                codeBytesDown,
                exchange == null ? 0 : exchange.wireBytesUp(),
                exchange == null ? 0 : exchange.wireBytesDown(),
                Timings.ofNanos(deviceNanos, encodeNanos, waitNanos, serverNanos, time.nanoTime() - startNanos),
                why,
                early);
    }

    private void abandon() {
        Remote.Exchange call;
        synchronized (this) {
            phase = Phase.DONE;
            call = callEnded ? null : exchange;
            callEnded = true;
            if (timer != null) {
                timer.cancel();
            }
        }
        if (call != null) {
            call.cancel();
        }
    }

    private synchronized boolean isDone() {
        return phase == Phase.DONE;
    }

    /** Whatever a step throws ends the run and reaches the caller. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            fail(e);
        } catch (Error e) {
            fail(e);
            throw e;
        }
    }

    private static long millis(long nanos) {
        return Math.round(nanos / 1e6);
    }
}
