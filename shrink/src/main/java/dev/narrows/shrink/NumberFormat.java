package dev.narrows.shrink;

import java.util.Locale;

/** What a network's numbers can be kept in, or computed with. */
public enum NumberFormat {
    /** Static INT8: weights and activations, on grids that calibration finds ({@link Int8}). */
    INT8,
    /** INT8 with the activations' grids found anew in every run ({@link DynamicInt8}). */
    INT8_DYNAMIC,
    /** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
    FLOAT16,
    /** The upper half of binary32: 8 bits of exponent, 7 of fraction. */
    BFLOAT16,
    /** 4 bits of exponent, 3 of fraction, no infinity, up to 448 (Micikevicius et al. 2022). */
    FLOAT8_E4M3,
    /** 5 bits of exponent, 2 of fraction, up to 57,344 (the same). */
    FLOAT8_E5M2,
    /** 16 levels with a scale for each group of weights ({@link BlockOptions}). */
    INT4,
    /** 4 levels, the same. */
    INT2;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
