package dev.narrows.cloud;

import dev.narrows.errors.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The threads that requests are worked on, away from the event loops that move their bytes. At most {@code threads}
 * run at once and {@code queued} wait; one more is refused. Thread-safe.
 */
final class Runs implements AutoCloseable {

    private final ThreadPoolExecutor pool;
    private final AtomicInteger underWay = new AtomicInteger();

    Runs(int threads, int queued) {
        AtomicInteger count = new AtomicInteger();
        pool = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queued), task -> {
            Thread thread = new Thread(task, "narrows-run-" + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        pool.prestartAllCoreThreads();
    }

    /**
     * What {@code work} returns or throws, from one of the threads.
     *
     * @return a future that is already failed with an UnavailableException if the queue is full or closed
     */
    <T> CompletableFuture<T> submit(Supplier<T> work) {
        Task<T> task = new Task<>(work);
        underWay.incrementAndGet();
        CompletableFuture<T> counted = task.result.whenComplete((unused, failure) -> underWay.decrementAndGet());
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            task.result.completeExceptionally(
                    pool.isShutdown()
                            ? new UnavailableException("server: closing (expected: open)", e)
                            : new UnavailableException(
                                    "queue: full with " + pool.getQueue().size() + " requests", e));
        }
        return counted;
    }

    /** Requests that run or wait. */
    int underWay() {
        return underWay.get();
    }

    /** Refuses what waits, and waits for what runs: native memory must not go while a run is in it. */
    @Override
    public void close() {
        pool.shutdown(); // not shutdownNow, whose interrupts could reach a run
        List<Runnable> waiting = new ArrayList<>();
        pool.getQueue().drainTo(waiting);
        for (Runnable task : waiting) {
            ((Task<?>) task).result.completeExceptionally(new UnavailableException("server: closed before the run"));
        }
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record Task<T>(Supplier<T> work, CompletableFuture<T> result) implements Runnable {

        Task(Supplier<T> work) {
            this(work, new CompletableFuture<>());
        }

        @Override
        public void run() {
            try {
                result.complete(work.get());
            } catch (Throwable e) { // an OutOfMemoryError too is an answer, and the thread lives on
                result.completeExceptionally(e);
            }
        }
    }
}
