package dev.narrows.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that stands still until a test moves it; timers run on the thread that does. */
final class FakeTimeline implements Timeline {

    private final List<Due> timers = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1_000_000; // so that it soon wraps: nobody may compare absolute times
    private long order;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Due due = new Due(now + Math.max(0, delayNanos), order++, task);
        timers.add(due);
        return () -> timers.remove(due);
    }

    /** Moves time on and runs every timer that comes due on the way, each at its own time. */
    void advance(long nanos) {
        long end = now + nanos;
        while (true) {
            Due next = timers.stream()
                    .filter(due -> due.at - end <= 0)
                    .min(Comparator.comparingLong((Due due) -> due.at - end).thenComparingLong(due -> due.order))
                    .orElse(null);
            if (next == null) {
                break;
            }
            timers.remove(next);
            if (next.at - now > 0) {
                now = next.at;
            }
            next.task.run();
        }
        if (end - now > 0) {
            now = end;
        }
    }

    /** Time passes without a timer noticing: a computation. */
    void pass(long nanos) {
        now += nanos;
    }

    int waiting() {
        return timers.size();
    }

    /** Nanoseconds until the next timer; -1 without one. */
    long untilNext() {
        return timers.stream().mapToLong(due -> due.at - now).min().orElse(-1);
    }

    @Override
    public void close() {
        timers.clear();
    }

    private record Due(long at, long order, Runnable task) {}
}
