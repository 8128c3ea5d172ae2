package dev.narrows.device;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The machine's own time, with one thread for timers. */
final class SystemTimeline implements Timeline {

    private final ScheduledThreadPoolExecutor timers =
            new ScheduledThreadPoolExecutor(1, Threads.named("narrows-device-timer"));

    SystemTimeline() {
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        try {
            Future<?> future = timers.schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {}; // closing forgets all timers, this one too
        }
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
