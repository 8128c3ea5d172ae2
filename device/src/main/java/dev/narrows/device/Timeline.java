package dev.narrows.device;

/** Time as the model sees it: reading it, and doing something later. Tests move it by hand. */
interface Timeline extends AutoCloseable {

    /** Nanoseconds since some fixed moment, never running backwards. */
    long nanoTime();

    /** Runs {@code task} once, {@code delayNanos} from now. The task must be short: it holds up all other timers. */
    Timer schedule(long delayNanos, Runnable task);

    /** Forgets all timers. */
    @Override
    void close();

    /** A task that waits for its time. */
    interface Timer {
        /** Keeps the task from running, if it has not started. */
        void cancel();
    }
}
