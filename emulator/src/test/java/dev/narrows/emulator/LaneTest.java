package dev.narrows.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.wire.Link;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The link's model on its own time, to the nanosecond. */
class LaneTest {

    private static final long MILLIS = 1_000_000;

    /** Notes when its packets come out. */
    private static final class Notes implements Flow {
        final List<Long> times = new ArrayList<>();
        long bytes;
        boolean resumed;
        private long last;

        @Override
        public long inOrder(long dueNanos) {
            last = Math.max(last, dueNanos);
            return last;
        }

        @Override
        public void deliver(Packet packet) {
            times.add(packet.dueNanos);
            bytes += packet.bytes.remaining();
        }

        @Override
        public boolean resume() {
            resumed = true;
            return true;
        }

        long lastNanos() {
            return times.get(times.size() - 1);
        }
    }

    private static Lane lane(Link link) {
        return new Lane(1, link, Bandwidth.constant(link.upMbps()), 0);
    }

    /** Sends as a sender behind a full queue does: whatever there is room for, as soon as there is. */
    private static void send(Lane lane, Notes flow, int bytes, long from) {
        long now = from;
        int left = bytes;
        while (left > 0 || lane.nextNanos() != Long.MAX_VALUE) {
            int some = Math.min(left, Math.max(0, lane.room()));
            lane.enter(flow, ByteBuffer.allocate(some), now);
            left -= some;
            lane.transmit(now);
            lane.deliver(now);
            if (lane.nextNanos() != Long.MAX_VALUE) {
                now = Math.max(now, lane.nextNanos());
            }
        }
    }

    @Property(tries = 200, seed = "5")
    void transmit_anySizeOverAnyIdleLink_takesSizeByRatePlusHalfARoundTrip(
            @ForAll @IntRange(min = 1, max = 300_000) int bytes,
            @ForAll @DoubleRange(min = 0.1, max = 1000) double mbps,
            @ForAll @IntRange(min = 0, max = 300) int roundTripMillis) {
        Lane lane = lane(Link.of(mbps, mbps, Duration.ofMillis(roundTripMillis)));
        Notes flow = new Notes();
        send(lane, flow, bytes, 7 * MILLIS);

        double theory = 7 * MILLIS + bytes * 8_000.0 / mbps + roundTripMillis * MILLIS / 2.0;
        assertThat(flow.bytes).isEqualTo(bytes);
        assertThat((double) flow.lastNanos()).isBetween(theory - flow.times.size() - 1, theory + 1);
    }

    @Test
    void transmit_detour_isTakenOffTheDelayAsFarAsThereIsOne() {
        Notes flow = new Notes();
        send(new Lane(1, Link.of(8, 8, Duration.ofMillis(2)), Bandwidth.constant(8), 70_000), flow, 1000, 0);
        send(new Lane(1, Link.of(8, 8, Duration.ZERO), Bandwidth.constant(8), 70_000), flow, 1000, 10 * MILLIS);

        assertThat(flow.times).containsExactly(2 * MILLIS - 70_000, 11 * MILLIS);
    }

    @Test
    void transmit_twoFlows_shareTheRate() {
        Lane lane = lane(Link.of(8, 8, Duration.ZERO)); // 1 byte per µs
        Notes first = new Notes();
        Notes second = new Notes();
        lane.enter(first, ByteBuffer.allocate(1000), 0);
        lane.enter(second, ByteBuffer.allocate(1000), 0);
        lane.transmit(0);
        lane.transmit(lane.nextNanos());
        lane.deliver(2 * MILLIS);

        assertThat(first.times).containsExactly(MILLIS);
        assertThat(second.times).containsExactly(2 * MILLIS);
    }

    @Test
    void transmit_afterAnIdleTime_doesNotCatchUp() {
        Lane lane = lane(Link.of(8, 8, Duration.ZERO));
        Notes flow = new Notes();
        send(lane, flow, 1000, 0);
        send(lane, flow, 1000, 50 * MILLIS);

        assertThat(flow.times).containsExactly(MILLIS, 51 * MILLIS);
    }

    @Test
    void room_ofAFullQueue_isOneBandwidthDelayProduct() {
        Lane lane = lane(Link.of(8, 8, Duration.ofMillis(60)));

        assertThat(lane.room()).isEqualTo(60_000);
        lane.enter(new Notes(), ByteBuffer.allocate(60_000), 0);
        assertThat(lane.room()).isZero();
        lane.transmit(0);
        assertThat(lane.room()).isEqualTo(Weather.SEGMENT_BYTES);
    }

    @Test
    void release_halfEmptyQueue_wakesWhoWaits() {
        Lane lane = lane(Link.of(8, 8, Duration.ofMillis(60)));
        Notes flow = new Notes();
        lane.enter(flow, ByteBuffer.allocate(60_000), 0);
        lane.hold(flow);
        for (long now = 0; now < 29 * MILLIS; now += MILLIS / 10) {
            lane.transmit(now);
        }
        assertThat(lane.release()).isFalse();
        for (long now = 29 * MILLIS; now < 31 * MILLIS; now += MILLIS / 10) {
            lane.transmit(now);
        }
        assertThat(lane.release()).isTrue();
        assertThat(flow.resumed).isTrue();
        assertThat(lane.release()).isFalse();
    }

    @Test
    void set_fasterLinkAmidATransfer_countsForWhatHasNotLeft() {
        Lane lane = lane(Link.of(8, 8, Duration.ofMillis(60)));
        Notes flow = new Notes();
        lane.enter(flow, ByteBuffer.allocate(10 * Weather.SEGMENT_BYTES), 0);
        lane.transmit(0);
        Link faster = Link.of(80, 80, Duration.ofMillis(20));
        lane.set(faster, Bandwidth.constant(80));
        long first = Weather.SEGMENT_BYTES * 1000L;
        for (int i = 1; i < 10; i++) {
            lane.transmit(lane.nextNanos() > first * 2 ? first * 2 : lane.nextNanos());
        }
        lane.transmit(first * 2);
        lane.deliver(Long.MAX_VALUE - 1);

        // The first left at 8 Mbit/s and arrives after 30 ms; the others must wait for it, TCP keeps the order.
        assertThat(flow.times).hasSize(10).containsOnly(first + 30 * MILLIS);
    }

    @Test
    void transmit_jitter_hasTheDeviationAndKeepsTheOrder() {
        Lane lane = lane(new Link(8, 8, Duration.ofMillis(100), Duration.ofMillis(5), 0));
        List<Double> delays = new ArrayList<>();
        List<Long> sameFlow = new ArrayList<>();
        Notes one = new Notes();
        for (int i = 0; i < 4000; i++) {
            long now = i * 10L * MILLIS;
            Notes own = new Notes();
            lane.enter(own, ByteBuffer.allocate(1), now);
            lane.transmit(now);
            lane.enter(one, ByteBuffer.allocate(1), now + MILLIS);
            lane.transmit(now + MILLIS);
            lane.deliver(now + 500 * MILLIS);
            delays.add((own.lastNanos() - now) / 1e6);
            sameFlow.add(one.lastNanos());
        }
        double mean = delays.stream().mapToDouble(d -> d).average().orElseThrow();
        double variance =
                delays.stream().mapToDouble(d -> (d - mean) * (d - mean)).sum() / (delays.size() - 1);

        assertThat(mean).isBetween(49.7, 50.3); // 50 ms ± 4 standard errors of 5 ms / √4000
        assertThat(Math.sqrt(variance)).isBetween(4.7, 5.2); // cut off at 3 deviations: 4.93
        assertThat(sameFlow).isSorted();
    }

    @Test
    void transmit_loss_delaysThatShareByARoundTripOrMore() {
        Lane lane = lane(new Link(1000, 1000, Duration.ofMillis(50), Duration.ZERO, 0.1));
        int late = 0;
        int veryLate = 0;
        for (int i = 0; i < 10_000; i++) {
            long now = i * 10L * MILLIS;
            Notes own = new Notes();
            lane.enter(own, ByteBuffer.allocate(100), now);
            lane.transmit(now);
            lane.deliver(Long.MAX_VALUE - 1);
            long extra = own.lastNanos() - now - 25 * MILLIS;
            late += extra >= 50 * MILLIS ? 1 : 0;
            veryLate += extra >= 250 * MILLIS ? 1 : 0;
        }
        assertThat(late).isBetween(880, 1120); // 1000 ± 4 · √900
        assertThat(veryLate).isBetween(60, 140); // lost twice: 100 ± 4 · √99
    }

    @Test
    void mendNanos_lossesInARow_waitForTheTimerThatDoubles() {
        assertThat(Weather.mendNanos(0, 60 * MILLIS)).isZero();
        assertThat(Weather.mendNanos(1, 60 * MILLIS)).isEqualTo(60 * MILLIS);
        assertThat(Weather.mendNanos(2, 60 * MILLIS)).isEqualTo(260 * MILLIS);
        assertThat(Weather.mendNanos(3, 60 * MILLIS)).isEqualTo(660 * MILLIS);
        assertThat(Weather.mendNanos(2, 300 * MILLIS)).isEqualTo(900 * MILLIS);
    }
}
