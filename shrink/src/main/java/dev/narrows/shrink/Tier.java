package dev.narrows.shrink;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.math.BigDecimal;

/**
 * A tier's speed against this machine's: latencies on it are predicted from those measured here, not measured.
 *
 * @param name for people
 * @param hereMillis what the original network takes on this machine
 * @param floatScale times that the tier is slower at floats
 * @param byteScale times that it is slower where layers compute with bytes
 */
public record Tier(String name, double hereMillis, double floatScale, double byteScale) {

    public Tier {
        if (!(hereMillis > 0 && floatScale > 0 && byteScale > 0)) {
            throw new InvalidException("tier: " + hereMillis + " ms here, " + floatScale + " and " + byteScale
                    + " times slower (expected: above 0)");
        }
    }

    /** A tier that is so many times slower than this machine, whatever it computes with. */
    public static Tier slower(double times, TierProfile here) {
        if (!(times > 0 && times < Double.POSITIVE_INFINITY)) {
            throw new InvalidException("times slower: " + times + " (expected: above 0)");
        }
        return new Tier(
                times == 1
                        ? "this machine"
                        : "a device "
                                + BigDecimal.valueOf(times).stripTrailingZeros().toPlainString()
                                + " times slower than this machine",
                here.floatMillis(),
                times,
                times);
    }

    /**
     * The tier that a profile was measured on.
     *
     * @param here of the same network on this machine
     * @throws IncompatibleException if the two are not of the same network
     */
    public static Tier of(TierProfile there, TierProfile here) {
        if (!there.network().equals(here.network())) {
            throw new IncompatibleException(
                    "profile: of network " + there.network() + " (expected: of this one, " + here.network() + ")");
        }
        double floats = there.floatMillis() / here.floatMillis();
        boolean both = there.byteMillis().isPresent() && here.byteMillis().isPresent();
        return new Tier(
                there.machine(),
                here.floatMillis(),
                floats,
                both ? there.byteMillis().getAsDouble() / here.byteMillis().getAsDouble() : floats);
    }

    /** Milliseconds that a candidate's network is predicted to take for an item there. */
    public double millis(Trial trial) {
        return trial.ratio() * hereMillis * (trial.isInBytes() ? byteScale : floatScale);
    }
}
