package dev.narrows.train;

import dev.narrows.errors.InvalidException;

/** Checks of numbers that a user chose. */
final class Range {

    private Range() {}

    /** @throws InvalidException if {@code value} is not from {@code least} to {@code most}, or is NaN */
    static void require(String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new InvalidException(what + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    /** @throws InvalidException if {@code value} is less than {@code least} */
    static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new InvalidException(what + ": " + value + " (expected: " + least + " or more)");
        }
    }
}
