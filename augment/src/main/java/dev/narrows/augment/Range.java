package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.random.RandomGenerator;

/**
 * What a strength is drawn from: uniformly between two bounds.
 *
 * @param low the least
 * @param high the most, at least {@code low}
 */
record Range(double low, double high) {

    Range {
        if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new InvalidException(
                    "range: " + low + " to " + high + " (expected: finite numbers that do not fall)");
        }
    }

    static Range exactly(double value) {
        return new Range(value, value);
    }

    /** From {@code −value} to {@code value}. */
    static Range around(double value) {
        return new Range(-Math.abs(value), Math.abs(value));
    }

    /** From nothing to {@code most}. */
    static Range upTo(double most) {
        return new Range(Math.min(0, most), most);
    }

    /** From 1 less {@code share} to 1 more. */
    static Range aboutOne(double share) {
        return new Range(1 - Math.abs(share), 1 + Math.abs(share));
    }

    double draw(RandomGenerator random) {
        return low == high ? low : random.nextDouble(low, high);
    }

    /** A whole number; both bounds are as likely as those between. */
    int drawInt(RandomGenerator random) {
        int least = (int) Math.ceil(low);
        int most = (int) Math.floor(high);
        return most <= least ? (int) Math.round(low) : random.nextInt(least, most + 1);
    }
}
