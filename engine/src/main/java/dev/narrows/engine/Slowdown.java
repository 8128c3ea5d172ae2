package dev.narrows.engine;

import java.util.concurrent.locks.LockSupport;

/** Waits after a run so that the run seems to come from a slower processor. */
final class Slowdown {

    /** How late the scheduler may wake a thread; the rest of the wait spins. */
    private static final long WAKE_UP_NANOS = 100_000;

    private Slowdown() {}

    /**
     * Returns when {@code factor} times the time since {@code startNanos} has passed, or at once if the thread is
     * interrupted (it stays so).
     */
    static void stretch(long startNanos, double factor) {
        if (factor <= 1.0) {
            return;
        }
        long now = System.nanoTime();
        long end = startNanos + (long) ((now - startNanos) * factor);
        while (end - now > 0 && !Thread.currentThread().isInterrupted()) {
            if (end - now > WAKE_UP_NANOS) {
                LockSupport.parkNanos(end - now - WAKE_UP_NANOS);
            }
            now = System.nanoTime();
        }
    }
}
