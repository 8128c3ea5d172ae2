package dev.narrows.augment;

import dev.narrows.errors.InvalidException;

/** The rules of strengths. */
final class Check {

    private Check() {}

    /** Refuses a range that leaves {@code least} to {@code most}. */
    static void between(String what, Range range, double least, double most) {
        if (range.low() < least || range.high() > most) {
            throw new InvalidException(what + ": " + text(range.low()) + "-" + text(range.high())
                    + " (expected: within " + text(least) + " to " + text(most) + ")");
        }
    }

    /** A number as people write it: 3, not 3.0. */
    static String text(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : "" + number;
    }
}
