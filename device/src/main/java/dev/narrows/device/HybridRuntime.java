package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an open model owns: the chain, the exits, the timers, the way to the server; and the runs under way. */
final class HybridRuntime implements AutoCloseable, Hedge.Sender {

    /** How long {@code open} waits for a server before it leaves that to the background. */
    private static final long FIRST_PROBE_MILLIS = 2_000;

    private final Bundle bundle;
    private final LocalTier local;
    private final Timeline time;
    private final Planner planner;
    private final Items items;
    private final Exits exits;
    private final Messages messages;
    private final long deadlineNanos;
    private final Consumer<NarrowsException> onError;
    private final Set<Hedge> underWay = ConcurrentHashMap.newKeySet();
    private final ExecutorService prober = Executors.newSingleThreadExecutor(Threads.named("narrows-device-prober"));
    private @Nullable Remote remote;
    private @Nullable CloudTier cloud;
    private volatile Plan plan;
    private volatile Optional<NarrowsException> lastError = Optional.empty();
    private volatile List<Map<String, Tensor>> samples = List.of(); // at each cut but the last; none: not measured
    private volatile boolean closed;

    private HybridRuntime(HybridModelBuilder options, Bundle bundle, Chain chain, List<Session> exitSessions) {
        this.bundle = bundle;
        Manifest manifest = bundle.manifest();
        List<TensorSpec> outputs =
                manifest.cuts().get(manifest.cuts().size() - 1).tensors();
        local = new LocalTier(chain, exitSessions, options.sessionOptions.slowdown());
        time = options.timeline.get();
        planner = new Planner(manifest, options.cut, options.codec, options.leastAgreement, options.exits);
        items = new Items(manifest.cuts().get(0).tensors(), outputs, manifest.fixedBatch(), bundle.labels());
        List<ExitPoint> points = ExitPoint.of(manifest, bundle.labels().size());
        exits = new Exits(options.exits ? points : List.of(), items.anyBatch());
        messages = new Messages(manifest.name(), bundle.hash(), outputs);
        deadlineNanos = options.deadline.toNanos();
        onError = options.onError;
        plan = planner.initial();
    }

    static HybridRuntime open(HybridModelBuilder options) {
        Bundle bundle = Bundle.read(options.bundle);
        BundleNames.check(bundle, options.cut, options.codec);
        Chain chain = bundle.open(options.sessionOptions);
        List<Session> exits = new ArrayList<>();
        try {
            for (int i = 0; options.exits && i < bundle.manifest().exits().size(); i++) {
                exits.add(bundle.openExit(i, options.sessionOptions));
            }
        } catch (RuntimeException e) {
            exits.forEach(Session::close);
            chain.close();
            throw e;
        }
        HybridRuntime runtime = new HybridRuntime(options, bundle, chain, exits);
        try {
            runtime.start(options);
            return runtime;
        } catch (RuntimeException | Error e) {
            runtime.close();
            throw e;
        }
    }

    private void start(HybridModelBuilder options) {
        try {
            samples = SelfTest.run(local, bundle, planner, exits, System::nanoTime);
        } catch (NarrowsException e) {
            error(e); // some networks refuse noise; items will tell
        }
        if (!options.remote.isPresent()) {
            plan = Planner.onDevice();
            return;
        }
        Remote way = options.remote.get().get();
        remote = way;
        CloudTier tier = new CloudTier(
                way,
                messages,
                time,
                prober,
                planner.chooses(),
                this::wholeItem,
                this::connected,
                this::trial,
                this::error);
        cloud = tier;
        try {
            tier.start().get(FIRST_PROBE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // goes on in the background; until then predictions say why the device answers
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("the first probe", e.getCause());
        }
    }

    Bundle bundle() {
        return bundle;
    }

    Items items() {
        return items;
    }

    Plan plan() {
        return plan;
    }

    Optional<Why> blocked() {
        return cloud == null ? Optional.empty() : cloud.blocked();
    }

    Optional<NarrowsException> lastError() {
        return lastError;
    }

    /** Starts a run. */
    CompletableFuture<Outcome> run(Map<String, Tensor> inputs, long count) {
        if (closed) {
            throw closedError();
        }
        Hedge hedge = new Hedge(local, this, exits, time, route(), inputs, count, deadlineNanos);
        underWay.add(hedge);
        try {
            CompletableFuture<Outcome> outcome = hedge.start();
            CompletableFuture<Outcome> unused = outcome.whenComplete((answer, error) -> underWay.remove(hedge));
            if (closed) {
                hedge.fail(closedError()); // closing may have looked for runs before this one was there
            }
            return outcome;
        } catch (RejectedExecutionException e) {
            underWay.remove(hedge);
            throw closedError();
        }
    }

    private Route route() {
        Plan now = plan;
        if (cloud == null) {
            return new Route.OnDevice(Optional.empty());
        }
        int cut = bundle.manifest().cutIndex(now.cut());
        if (cut == local.segments()) {
            // Nothing to send because the plan says so, or because there is no plan as long as there is no cloud.
            Optional<Why> blocked = now.options().isEmpty() ? cloud.blocked() : Optional.empty();
            return new Route.OnDevice(
                    Optional.of(blocked.orElseGet(() -> new Why(Reason.PLANNED, "the plan's cut is the output"))));
        }
        Optional<Why> blocked = cloud.blocked();
        if (blocked.isPresent()) {
            return new Route.OnDevice(blocked);
        }
        String name = bundle.manifest().cuts().get(cut).name();
        return new Route.HandOver(cut, name, bundle.codec(name, now.codec()));
    }

    @Override
    public InferRequest request(String cut, String codec, List<WireTensor> coded, long remainingNanos) {
        return messages.request(cut, codec, coded, remainingNanos);
    }

    @Override
    public Remote.Exchange send(InferRequest request, long timeoutNanos) {
        return tier().send(request, timeoutNanos);
    }

    @Override
    public Map<String, Tensor> check(InferRequest request, Remote.Answer answer, long count) {
        return messages.outputs(request, answer.response(), count);
    }

    @Override
    public void answered() {
        tier().answered();
    }

    @Override
    public void failed(Remote.Failure failure) {
        tier().failed(failure);
    }

    @Override
    public void coded(int cut, String codec, long count, long bytes, long nanos) {
        planner.coded(cut, codec, count, bytes, nanos);
    }

    @Override
    public void tried(int exit, long count, long answered) {
        planner.tried(exit, count, answered);
    }

    @Override
    public int inFlight() {
        return underWay.size();
    }

    private CloudTier tier() {
        CloudTier tier = cloud;
        if (tier == null) {
            throw new IllegalStateException("a run for the cloud without a cloud");
        }
        return tier;
    }

    private void connected(CloudTier.Facts facts) {
        if (!samples.isEmpty()) {
            plan = planner.plan(local.medianNanos(), local.medianExitNanos(), facts);
        }
    }

    private void error(NarrowsException e) {
        lastError = Optional.of(e);
        try {
            onError.accept(e);
        } catch (RuntimeException listenerFailed) {
            // A listener's failure is its own: predictions and probes go on.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, listenerFailed);
        }
    }

    /** A sample item entering at the network's inputs, as it is. */
    private InferRequest wholeItem() {
        Manifest.Cut input = bundle.manifest().cuts().get(0);
        List<WireTensor> coded = bundle.codec(input.name(), "raw").encode(Sample.of(input.tensors()));
        return messages.request(input.name(), "raw", coded, CloudTier.PROBE_TIMEOUT_NANOS);
    }

    /** Sends a sample the way the plan sends items: a server that says it is well may still refuse them. */
    private void trial() {
        Plan now = plan;
        int cut = bundle.manifest().cutIndex(now.cut());
        if (cut >= samples.size()) {
            return;
        }
        String name = bundle.manifest().cuts().get(cut).name();
        List<WireTensor> coded;
        try {
            coded = bundle.codec(name, now.codec()).encode(samples.get(cut));
        } catch (InvalidException e) {
            return; // noise can lead to NaN where items do not: items will tell
        }
        InferRequest request = messages.request(name, now.codec(), coded, CloudTier.PROBE_TIMEOUT_NANOS);
        Remote.Reply reply =
                tier().send(request, CloudTier.PROBE_TIMEOUT_NANOS).reply().join();
        if (reply instanceof Remote.Failure failure) {
            throw failure.error();
        }
        messages.outputs(request, ((Remote.Answer) reply).response(), Math.max(1, items.fixedBatch()));
    }

    private InvalidException closedError() {
        return new InvalidException("model \"" + bundle.manifest().name() + "\": closed (expected: open)");
    }

    @Override
    public void close() {
        closed = true;
        if (cloud != null) {
            cloud.close();
        }
        time.close();
        for (Hedge hedge : underWay) {
            hedge.fail(closedError());
        }
        if (remote != null) {
            remote.close(); // also ends the probe that is under way
        }
        prober.shutdown();
        local.close();
    }
}
