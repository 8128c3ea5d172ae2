package dev.narrows.augment;

/** Values kept within what an item may hold. */
final class Clamp {

    private Clamp() {}

    /** Into [0, 1], in place. */
    static float[] unit(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0f, Math.min(1f, values[i]));
        }
        return values;
    }

    /** Into [-1, 1], in place. */
    static float[] symmetric(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(-1f, Math.min(1f, values[i]));
        }
        return values;
    }
}
