package dev.narrows.device;

import java.util.Optional;

/**
 * A circuit breaker (Nygard, Release It!, 2007) between the device and one server. Closed: items may be sent. Open:
 * they are answered on the device at once, until a probe finds the server well. The pause before each probe doubles
 * from 250 ms to 8 s; only an answered item sets it back, so a server that answers probes but never an item in time is
 * tried less and less often. Thread-safe.
 */
final class Breaker {

    static final long FIRST_PAUSE_NANOS = 250_000_000L;
    static final long LONGEST_PAUSE_NANOS = 8_000_000_000L;

    private Optional<Why> blocked;
    private int failures;

    /** A breaker that is open until the first probe succeeds. */
    Breaker(Why initially) {
        blocked = Optional.of(initially);
    }

    /** Why nothing may be sent; empty if the circuit is closed. */
    synchronized Optional<Why> blocked() {
        return blocked;
    }

    /** An item got no answer. Returns whether this opened the circuit, so that a probe must be planned. */
    synchronized boolean itemFailed(Why why) {
        boolean opened = !blocked.isPresent();
        if (opened) {
            failures++;
            blocked = Optional.of(why);
        }
        return opened;
    }

    /** An item was answered. */
    synchronized void itemAnswered() {
        failures = 0;
    }

    /** A probe failed: the circuit stays open. */
    synchronized void probeFailed(Why why) {
        failures++;
        blocked = Optional.of(why);
    }

    /** A probe succeeded: items may be sent. */
    synchronized void probeAnswered() {
        blocked = Optional.empty();
    }

    /** The pause before the next probe. */
    synchronized long pauseNanos() {
        int doublings = Math.min(Math.max(failures - 1, 0), 16);
        return Math.min(FIRST_PAUSE_NANOS << doublings, LONGEST_PAUSE_NANOS);
    }
}
