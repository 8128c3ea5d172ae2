package dev.narrows.emulator;

import dev.narrows.wire.Link;
import java.util.SplittableRandom;

/**
 * What befalls packets on one direction of a link besides its rate and distance: jitter, and losses as the time that
 * TCP needs to mend them.
 *
 * <p>A packet of up to {@value #SEGMENT_BYTES} bytes is lost with the link's probability, independently of others. The
 * first loss costs a round trip: the acknowledgements of later packets give it away (fast retransmit, RFC 5681). If the
 * repeat is lost too, the sender's timer must run out: 200 ms (Linux; RFC 6298 would have 1 s) or two round trips,
 * whichever is more, doubled each time. Each repeat takes its share of the bandwidth.
 */
final class Weather {

    /** The payload of one packet: an Ethernet frame's 1500 bytes less the headers of IPv4 and TCP with time stamps. */
    static final int SEGMENT_BYTES = 1448;

    private static final long MIN_TIMEOUT_NANOS = 200_000_000;
    private static final int MAX_REPEATS = 6;

    private final SplittableRandom random;

    Weather(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /**
     * What befell one packet.
     *
     * @param delayNanos on top of the way's own delay; negative where jitter makes it shorter
     * @param resentBytes that crossed the link in vain
     */
    record Fate(long delayNanos, long resentBytes) {}

    private static final Fate FAIR = new Fate(0, 0);

    Fate draw(Link link, int bytes) {
        long jitter = link.jitter().toNanos();
        if (jitter == 0 && link.loss() == 0) {
            return FAIR;
        }
        long roundTrip = link.roundTrip().toNanos();
        long delay = 0;
        long resent = 0;
        if (link.loss() > 0) {
            for (int from = 0; from < bytes; from += SEGMENT_BYTES) {
                int repeats = 0;
                while (repeats < MAX_REPEATS && random.nextDouble() < link.loss()) {
                    repeats++;
                }
                delay = Math.max(delay, mendNanos(repeats, roundTrip));
                resent += (long) repeats * Math.min(SEGMENT_BYTES, bytes - from);
            }
        }
        if (jitter > 0) {
            double deviations = Math.max(-3, Math.min(3, random.nextGaussian()));
            delay += Math.max(-roundTrip / 2, (long) (deviations * jitter)); // nothing arrives before it left
        }
        return new Fate(delay, resent);
    }

    /** The time to mend {@code losses} losses of the same packet. */
    static long mendNanos(int losses, long roundTripNanos) {
        if (losses == 0) {
            return 0;
        }
        long timeout = Math.max(MIN_TIMEOUT_NANOS, 2 * roundTripNanos);
        return roundTripNanos + timeout * ((1L << (losses - 1)) - 1);
    }
}
