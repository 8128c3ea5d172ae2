package dev.narrows.shrink;

import dev.narrows.graph.ElementType;

/**
 * The two formats of 8 bits that ONNX calls FLOAT8E4M3FN and FLOAT8E5M2 (Micikevicius et al. 2022), by ONNX's rules of
 * conversion with saturation: to nearest, ties to even; beyond the largest number, infinity included, the largest number;
 * NaN stays NaN.
 */
enum Float8 {
    E4M3(ElementType.FLOAT8E4M3FN, 3, -6, 448, 0x7f),
    E5M2(ElementType.FLOAT8E5M2, 2, -14, 57_344, 0x7e);

    /** ONNX's IR version that brought both, and the opset whose Cast takes them. */
    static final long IR_VERSION = 9;

    static final long FIRST_OPSET = 19;

    private static final int SIGN = 0x80;

    private final ElementType type;
    private final int fractionBits;
    private final int minExponent; // of normal numbers
    private final float largest;
    private final int nan;

    Float8(ElementType type, int fractionBits, int minExponent, float largest, int nan) {
        this.type = type;
        this.fractionBits = fractionBits;
        this.minExponent = minExponent;
        this.largest = largest;
        this.nan = nan;
    }

    ElementType type() {
        return type;
    }

    /** The largest finite number. */
    float largest() {
        return largest;
    }

    /** The pattern nearest to a number. */
    byte encode(float value) {
        int sign = Float.floatToRawIntBits(value) < 0 ? SIGN : 0;
        if (Float.isNaN(value)) {
            return (byte) (sign | nan);
        }
        double magnitude = Math.abs((double) value);
        double step = step(Math.max(minExponent, Math.getExponent(magnitude)));
        double rounded = Math.min(largest, Math.rint(magnitude / step) * step);
        int exponent = Math.max(minExponent, Math.getExponent(rounded)); // a carry may have raised it
        // A normal number's leading bit adds one to the exponent's field.
        int bits = ((exponent - minExponent) << fractionBits) + (int) (rounded / step(exponent));
        return (byte) (sign | bits);
    }

    /** The number that a pattern stands for; exact. */
    float decode(byte code) {
        int magnitude = code & (SIGN - 1);
        int field = magnitude >> fractionBits;
        int fraction = magnitude & ((1 << fractionBits) - 1);
        double value = field == 0
                ? fraction * step(minExponent)
                : ((1 << fractionBits) + fraction) * step(field - 1 + minExponent);
        if (value > largest) { // only E5M2 has an infinity
            boolean infinite = this == E5M2 && fraction == 0;
            value = infinite ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        return (float) ((code & SIGN) == 0 ? value : -value);
    }

    /** The distance of neighbouring numbers of an exponent. */
    private double step(int exponent) {
        return Math.scalb(1.0, exponent - fractionBits);
    }
}
