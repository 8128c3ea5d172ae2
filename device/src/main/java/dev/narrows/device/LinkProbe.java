package dev.narrows.device;

import dev.narrows.wire.Link;
import java.time.Duration;
import java.util.Arrays;

/**
 * Measures a link: the round trip as the median of five tiny exchanges, the bandwidth each way by bodies that grow
 * until they take 20 ms longer than a tiny one (or reach 1 MiB: faster links make no difference to what is chosen).
 */
final class LinkProbe {

    private static final int TINY_BYTES = 16;
    private static final int FIRST_BYTES = 8 << 10;
    private static final int LARGEST_BYTES = 1 << 20;
    private static final double ENOUGH_NANOS = 20e6;

    private LinkProbe() {}

    /** Sends and receives that many bytes and returns the nanoseconds it took. */
    interface Exchange {
        long nanos(int bytesUp, int bytesDown);
    }

    static Link measure(Exchange exchange) {
        long[] tiny = new long[5];
        for (int i = 0; i < tiny.length; i++) {
            tiny[i] = exchange.nanos(TINY_BYTES, TINY_BYTES);
        }
        Arrays.sort(tiny);
        long roundTrip = tiny[tiny.length / 2];
        double up = mbps(bytes -> exchange.nanos(bytes, TINY_BYTES), roundTrip);
        double down = mbps(bytes -> exchange.nanos(TINY_BYTES, bytes), roundTrip);
        return Link.of(up, down, Duration.ofNanos(roundTrip));
    }

    /** One direction's exchange. */
    private interface OneWay {
        long nanos(int bytes);
    }

    private static double mbps(OneWay way, long roundTrip) {
        int bytes = FIRST_BYTES;
        while (true) {
            double transfer = way.nanos(bytes) - roundTrip;
            if (transfer >= ENOUGH_NANOS || bytes >= LARGEST_BYTES) {
                return bytes * 8_000.0 / Math.max(transfer, 1_000); // 1 µs: a floor against division by nothing
            }
            bytes = Math.min(4 * bytes, LARGEST_BYTES);
        }
    }
}
