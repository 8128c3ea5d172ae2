package dev.narrows.emulator;

/** How fast bytes leave one end of a link, over the link's own time. */
interface Bandwidth {

    /** When the last of {@code bytes} has left if the first may leave at {@code startNanos}. */
    long endNanos(long startNanos, long bytes);

    /** The mean rate in bytes per second, from which queues are sized. */
    double bytesPerSecond();

    /** A rate that does not change, in 10⁶ bit/s. */
    static Bandwidth constant(double mbps) {
        double nanosPerByte = 8_000 / mbps;
        return new Bandwidth() {
            @Override
            public long endNanos(long startNanos, long bytes) {
                return startNanos + (long) (bytes * nanosPerByte);
            }

            @Override
            public double bytesPerSecond() {
                return mbps * 125_000;
            }
        };
    }
}
