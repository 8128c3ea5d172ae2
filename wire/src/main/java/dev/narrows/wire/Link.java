package dev.narrows.wire;

import dev.narrows.errors.InvalidException;
import java.time.Duration;

/**
 * What joins two neighbouring tiers.
 *
 * @param upMbps bandwidth from the device, in 10⁶ bit/s, more than 0
 * @param downMbps bandwidth to the device, in 10⁶ bit/s, more than 0
 * @param roundTrip time that a byte needs there and back on an idle link
 * @param jitter standard deviation of the one-way delay
 * @param loss share of packets lost, 0 to 0.5
 */
public record Link(double upMbps, double downMbps, Duration roundTrip, Duration jitter, double loss) {

    public Link {
        if (!(upMbps > 0) || !(downMbps > 0)) {
            throw new InvalidException("bandwidth: " + upMbps + " up, " + downMbps + " down (expected: more than 0)");
        }
        if (roundTrip.isNegative() || jitter.isNegative()) {
            throw new InvalidException("delay: " + roundTrip + ", jitter " + jitter + " (expected: 0 or more)");
        }
        if (!(loss >= 0 && loss <= 0.5)) {
            throw new InvalidException("loss: " + loss + " (expected: 0 to 0.5)");
        }
    }

    /** A link without jitter or loss. */
    public static Link of(double upMbps, double downMbps, Duration roundTrip) {
        return new Link(upMbps, downMbps, roundTrip, Duration.ZERO, 0);
    }
}
