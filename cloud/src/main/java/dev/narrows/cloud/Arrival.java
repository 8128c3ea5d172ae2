package dev.narrows.cloud;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * When a request arrived, and whether anybody still waits for its answer.
 *
 * @param nanos the clock's reading when its first byte was there
 * @param clock nanoseconds from an arbitrary start
 * @param gone whether the sender hung up
 */
record Arrival(long nanos, LongSupplier clock, BooleanSupplier gone) {

    /** Refuses a request whose sender gave up, so that nothing is run for nobody. */
    void check(long deadlineMillis) {
        long waitedMillis = (clock.getAsLong() - nanos) / 1_000_000;
        if (waitedMillis >= deadlineMillis) {
            throw new RefusedException(
                    Fault.DEADLINE,
                    "deadline: passed after " + waitedMillis + " ms (expected: " + deadlineMillis + ")");
        }
        if (gone.getAsBoolean()) {
            throw new RefusedException(Fault.DEADLINE, "request: given up by its sender");
        }
    }

    long micros() {
        return (clock.getAsLong() - nanos) / 1000;
    }
}
