package dev.narrows.emulator;

/** The link's own time, which stands still while the link is cut. Guarded by the emulator's lock. */
final class LinkClock {

    private long stoodNanos;
    private long stoppedAt;
    private boolean stopped;

    long now() {
        return (stopped ? stoppedAt : System.nanoTime()) - stoodNanos;
    }

    boolean stopped() {
        return stopped;
    }

    void stop() {
        if (!stopped) {
            stoppedAt = System.nanoTime();
            stopped = true;
        }
    }

    void go() {
        if (stopped) {
            stoodNanos += System.nanoTime() - stoppedAt;
            stopped = false;
        }
    }
}
