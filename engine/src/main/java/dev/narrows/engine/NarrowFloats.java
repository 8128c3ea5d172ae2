package dev.narrows.engine;

/**
 * Conversions between the narrow floating-point types and binary64, rounding to nearest, ties to even (IEEE 754-2019,
 * 4.3.1). Too large becomes infinity, too small zero or a subnormal, NaN stays NaN (quiet, with its sign).
 */
final class NarrowFloats {

    private static final int HALF_FRACTION = 10;
    private static final int HALF_MIN_EXPONENT = -14;
    private static final int HALF_MAX_EXPONENT = 15;

    private NarrowFloats() {}

    /** The value of a binary16 pattern; exact. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> HALF_FRACTION) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f80_0000 | (fraction << 13));
        }
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
    }

    /** The nearest binary16 pattern. From binary64 at once: by way of float32 ties could be rounded twice. */
    static short doubleToHalf(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int sign = (int) (bits >>> 48) & 0x8000;
        if (Double.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        return (short) (sign | roundedMagnitude(bits, HALF_FRACTION, HALF_MIN_EXPONENT, HALF_MAX_EXPONENT));
    }

    /** The value of a bfloat16 pattern; exact. */
    static float bfloatToFloat(short bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }

    /** The nearest bfloat16 pattern. */
    static short doubleToBfloat(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int sign = (int) (bits >>> 48) & 0x8000;
        if (Double.isNaN(value)) {
            return (short) (sign | 0x7fc0);
        }
        return (short) (sign | roundedMagnitude(bits, 7, -126, 127));
    }

    /**
     * The long as binary64, inexact values marked in the last bit (round to odd: Boldo and Melquiond, 2008), so that
     * rounding the result to a narrower type rounds the long correctly.
     */
    static double longToOddDouble(long value) {
        double nearest = (double) value;
        long back = (long) nearest;
        boolean beyond = nearest == 0x1p63; // no long; the cast back would saturate
        if (back == value && !beyond) {
            return nearest;
        }
        boolean awayFromZero = beyond || (value >= 0 ? back > value : back < value);
        long bits = Double.doubleToRawLongBits(nearest);
        return Double.longBitsToDouble((awayFromZero ? bits - 1 : bits) | 1);
    }

    /** Exponent and fraction of |value|, not NaN, in a format of at most 16 bits. */
    private static int roundedMagnitude(long bits, int fractionBits, int minExponent, int maxExponent) {
        int biased = (int) (bits >>> 52) & 0x7ff;
        int infinity = (maxExponent - minExponent + 2) << fractionBits;
        int exponent = biased - 1023;
        if (exponent > maxExponent) {
            return infinity;
        }
        if (exponent < minExponent - fractionBits - 1) {
            return 0; // below half of the smallest subnormal; binary64's own subnormals too
        }
        long significand = (bits & 0xf_ffff_ffff_ffffL) | 0x10_0000_0000_0000L;
        int dropped = 52 - fractionBits + Math.max(0, minExponent - exponent);
        long kept = significand >>> dropped;
        long rest = significand & ((1L << dropped) - 1);
        long tie = 1L << (dropped - 1);
        if (rest > tie || (rest == tie && (kept & 1) == 1)) {
            kept++;
        }
        // A normal number's leading bit adds one to the exponent field; a carry out of the fraction does the rest.
        int field = Math.max(exponent - minExponent, 0) << fractionBits;
        return (int) Math.min(infinity, field + kept);
    }
}
