package dev.narrows.device;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The chain on this device, and its exits. Local computation is serialised on one thread, earliest deadline first (Liu and Layland,
 * 1973): parallelism belongs inside an operator (session option {@code threads}), where it shortens every item's time.
 */
final class LocalTier implements Local, AutoCloseable {

    /** The share of past runs that a prediction must cover. */
    private static final double CAUTIOUS = 0.95;

    private final Chain chain;
    private final List<Session> exits;
    private final RecentTimes[] single; // nanoseconds of a run of one item, by segment
    private final RecentTimes[] batched; // nanoseconds an item within runs of several
    private final RecentTimes[] ofExits; // nanoseconds an item, by exit
    private final AtomicLong order = new AtomicLong();
    private volatile @Nullable Thread worker; // the one thread of compute, once it ran
    private final ThreadPoolExecutor compute = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), Threads.named("narrows-device-compute"));

    private final double slowdown;

    /**
     * A tier that owns the chain and the exits.
     *
     * @param exits in the bundle's order; empty if none are to be tried
     * @param slowdown how many times slower coding is to be; the chain's sessions see to themselves
     */
    LocalTier(Chain chain, List<Session> exits, double slowdown) {
        this.chain = chain;
        this.exits = List.copyOf(exits);
        this.slowdown = slowdown;
        single = times(chain.segments());
        batched = times(chain.segments());
        ofExits = times(exits.size());
    }

    private static RecentTimes[] times(int count) {
        RecentTimes[] times = new RecentTimes[count];
        for (int i = 0; i < count; i++) {
            times[i] = new RecentTimes();
        }
        return times;
    }

    @Override
    public int segments() {
        return chain.segments();
    }

    @Override
    public Chain.Run run(int fromCut, int toCut, Map<String, Tensor> inputs, long items) {
        Chain.Run run = chain.run(fromCut, toCut, inputs);
        RecentTimes[] times = items == 1 ? single : batched;
        for (int i = 0; i < toCut - fromCut; i++) {
            times[fromCut + i].add(run.segmentNanos()[i] / (double) Math.max(1, items));
        }
        return run;
    }

    @Override
    public ExitRun exit(int exit, Map<String, Tensor> atCut, long items) {
        ExitRun run = warmUpExit(exit, atCut);
        ofExits[exit].add(run.nanos() / (double) Math.max(1, items));
        return run;
    }

    /** Runs an exit without remembering the time. */
    ExitRun warmUpExit(int exit, Map<String, Tensor> atCut) {
        Session session = exits.get(exit);
        long start = System.nanoTime();
        Map<String, Tensor> outputs = session.run(atCut);
        long nanos = System.nanoTime() - start;
        Map.Entry<String, Tensor> logits = outputs.entrySet().iterator().next(); // an exit has one output
        return new ExitRun(logits.getKey(), logits.getValue(), nanos);
    }

    int exits() {
        return exits.size();
    }

    /** Runs the whole chain without remembering the times: the first runs after loading are slow. */
    void warmUp(Map<String, Tensor> inputs) {
        chain.run(0, chain.segments(), inputs);
    }

    @Override
    public Coded encode(CutCodec codec, Map<String, Tensor> values) {
        long start = System.nanoTime();
        List<WireTensor> tensors = codec.encode(values);
        if (slowdown > 1) {
            long end = start + (long) ((System.nanoTime() - start) * slowdown);
            for (long rest = end - System.nanoTime(); rest > 0; rest = end - System.nanoTime()) {
                LockSupport.parkNanos(rest);
                if (Thread.currentThread().isInterrupted()) {
                    break; // the tier is closing
                }
            }
        }
        return new Coded(tensors, System.nanoTime() - start);
    }

    @Override
    public double tailNanos(int fromCut, long items) {
        double sum = 0;
        for (int i = fromCut; i < single.length; i++) {
            RecentTimes times = items > 1 && !batched[i].isEmpty() ? batched[i] : single[i];
            sum += items * times.quantile(CAUTIOUS);
        }
        return sum;
    }

    /** The median nanoseconds of each segment for one item. */
    List<Double> medianNanos() {
        return medians(single);
    }

    /** The median nanoseconds of each exit for one item. */
    List<Double> medianExitNanos() {
        return medians(ofExits);
    }

    private static List<Double> medians(RecentTimes[] all) {
        List<Double> medians = new ArrayList<>();
        for (RecentTimes times : all) {
            medians.add(times.quantile(0.5));
        }
        return medians;
    }

    @Override
    public void execute(long dueNanos, Runnable job) {
        compute.execute(new Job(dueNanos, order.getAndIncrement(), () -> {
            worker = Thread.currentThread();
            job.run();
        }));
    }

    /**
     * Waits for the run that is under way, drops the jobs behind it and frees the native memory. On the compute thread
     * itself it returns at once and the memory is freed when that thread has ended.
     */
    @Override
    public void close() {
        compute.shutdownNow();
        if (Thread.currentThread() == worker) {
            // Called from a prediction's callback: this very run must end first.
            new Thread(this::free, "narrows-device-close").start();
        } else {
            free();
        }
    }

    private void free() {
        boolean interrupted = false;
        while (!compute.isTerminated()) {
            try {
                compute.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true; // memory under a running session cannot be freed: wait on, tell the caller after
            }
        }
        chain.close();
        exits.forEach(Session::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record Job(long dueNanos, long order, Runnable body) implements Runnable, Comparable<Job> {

        @Override
        public void run() {
            body.run();
        }

        @Override
        public int compareTo(Job other) {
            long sooner = dueNanos - other.dueNanos; // nanoTime may wrap: compare differences
            return sooner != 0 ? Long.signum(sooner) : Long.compare(order, other.order);
        }
    }
}
