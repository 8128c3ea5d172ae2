package dev.narrows.wire.codec;

/** Base-2 logarithms that are the same on every machine, so that calibration is. */
final class Logarithms {

    private static final double PER_NAT = 1 / StrictMath.log(2);
    private static final double[] COUNT_LOG_COUNT = new double[1 << 14];

    static {
        for (int count = 1; count < COUNT_LOG_COUNT.length; count++) {
            COUNT_LOG_COUNT[count] = count * log2(count);
        }
    }

    private Logarithms() {}

    static double log2(double value) {
        return StrictMath.log(value) * PER_NAT;
    }

    /** {@code n log₂ n}; 0 for 0. */
    static double countLogCount(int count) {
        return count < COUNT_LOG_COUNT.length ? COUNT_LOG_COUNT[count] : count * log2(count);
    }
}
