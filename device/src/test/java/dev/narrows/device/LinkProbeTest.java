package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.wire.Link;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LinkProbeTest {

    private final List<Integer> sizes = new ArrayList<>();

    private LinkProbe.Exchange link(double upMbps, double downMbps, double roundTripMillis) {
        return (up, down) -> {
            sizes.add(Math.max(up, down));
            return Math.round(roundTripMillis * 1e6 + up * 8_000.0 / upMbps + down * 8_000.0 / downMbps);
        };
    }

    @Property(seed = "3", tries = 200)
    void measure_idealLink_findsIt(
            @ForAll @DoubleRange(min = 0.1, max = 300) double up,
            @ForAll @DoubleRange(min = 0.1, max = 300) double down,
            @ForAll @DoubleRange(min = 1, max = 500) double roundTripMillis) {
        Link measured = LinkProbe.measure(link(up, down, roundTripMillis));
        assertThat(measured.upMbps()).isCloseTo(up, Percentage.withPercentage(1));
        assertThat(measured.downMbps()).isCloseTo(down, Percentage.withPercentage(1));
        // The tiny bodies themselves take up to 2.6 ms at 0.1 Mbit/s.
        assertThat(measured.roundTrip().toNanos() / 1e6)
                .isCloseTo(roundTripMillis, within(16 * 8e-3 / up + 16 * 8e-3 / down + 1e-3));
    }

    @Test
    void measure_slowLink_sendsNoLargeBody() {
        LinkProbe.measure(link(0.75, 0.75, 100));
        assertThat(sizes).allMatch(size -> size <= 8192);
    }

    @Test
    void measure_endlesslyFastLink_stopsAtOneMebibyte() {
        Link measured = LinkProbe.measure((up, down) -> {
            sizes.add(Math.max(up, down));
            return 1000;
        });
        assertThat(sizes).allMatch(size -> size <= 1 << 20);
        assertThat(measured.upMbps()).isPositive().isFinite();
    }
}
