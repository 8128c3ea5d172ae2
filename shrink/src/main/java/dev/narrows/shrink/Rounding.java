package dev.narrows.shrink;

import java.util.Locale;

/** How weights get onto their grids. */
public enum Rounding {
    /** Each to the nearest step. */
    NEAREST,
    /** So that those that follow make up for the error of those before ({@link Gptq}). */
    GPTQ;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
