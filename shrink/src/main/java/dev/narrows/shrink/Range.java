package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;

/**
 * What values an integer grid must reach; 0 is always among them, so that padding and the ends of activations are exact.
 *
 * @param low at most 0
 * @param high at least 0
 */
public record Range(double low, double high) {

    public Range {
        if (!(low <= 0 && high >= 0) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new InvalidException("range: " + low + " to " + high + " (expected: finite, around 0)");
        }
    }

    /** Widened to hold 0. */
    static Range around(double low, double high) {
        return new Range(Math.min(0, low), Math.max(0, high));
    }

    /** The grid of unsigned bytes, asymmetric: value = scale · (byte − zero). */
    Grid unsigned() {
        double width = high - low;
        float scale = width > 0 ? (float) (width / 255) : 1;
        int zero = (int) Math.max(0, Math.min(255, Math.rint(-low / scale)));
        return new Grid(Math.max(scale, Float.MIN_NORMAL), zero);
    }

    /** The grid of signed bytes, symmetric: value = scale · byte, −127 and 127 at the ends. */
    Grid signed() {
        float scale = reach() > 0 ? (float) (reach() / Byte.MAX_VALUE) : 1;
        return new Grid(Math.max(scale, Float.MIN_NORMAL), 0);
    }

    /** Widened to reach as far below 0 as above. */
    Range symmetric() {
        return new Range(-reach(), reach());
    }

    private double reach() {
        return Math.max(-low, high);
    }

    /**
     * Where an integer's value lies.
     *
     * @param scale above 0
     * @param zero the integer that stands for 0
     */
    record Grid(float scale, int zero) {}
}
