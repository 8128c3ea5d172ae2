package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.wire.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CutChooserTest {

    private static final List<String> CUTS = List.of("input", "code", "output");
    private static final double MS = 1e6;

    /** The device needs 8 + 2 ms, the cloud 1 + 0.25 ms; 64,000 bytes at the input, 4,000 or 576 or 205 at the code. */
    private static CutChooser.Measured measured(Link link, double slowdown) {
        return measured(link, slowdown, List.of());
    }

    private static CutChooser.Measured measured(Link link, double slowdown, List<CutChooser.Exit> exits) {
        return new CutChooser.Measured(
                CUTS,
                List.of(8 * MS * slowdown, 2 * MS * slowdown),
                List.of(1 * MS, 0.25 * MS),
                List.of(
                        new CutChooser.Code(0, "raw", 128_000, 0),
                        new CutChooser.Code(0, "pcm16", 64_000, 0.1 * MS),
                        new CutChooser.Code(1, "raw", 4_000, 0),
                        new CutChooser.Code(1, "q8", 576, 0.2 * MS),
                        new CutChooser.Code(1, "q4", 205, 0.3 * MS)),
                exits,
                56,
                link);
    }

    @Test
    void choose_slowLink_staysOnTheDevice() {
        Plan plan = CutChooser.choose(measured(Link.of(1, 1, Duration.ofMillis(100)), 1), "auto", "auto");
        assertThat(plan.cut()).isEqualTo("output");
        assertThat(plan.chosen().total()).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void choose_fastLink_sendsEverything() {
        Plan plan = CutChooser.choose(measured(Link.of(10_000, 10_000, Duration.ofNanos(100_000)), 1), "auto", "auto");
        assertThat(plan.cut()).isEqualTo("input");
        assertThat(plan.codec()).isEqualTo("raw");
    }

    @Test
    void choose_narrowLinkAndSlowTail_handsOverAtTheCodeAndCodesIt() {
        Plan plan = CutChooser.choose(measured(Link.of(2, 10, Duration.ofMillis(5)), 20), "auto", "auto");
        assertThat(plan.cut()).isEqualTo("code");
        assertThat(plan.codec()).isEqualTo("q4");
    }

    @Test
    void choose_cutAndCodecNamed_obeysAndStillPredicts() {
        Plan plan = CutChooser.choose(measured(Link.of(1, 1, Duration.ofMillis(100)), 1), "code", "q8");
        assertThat(plan.cut()).isEqualTo("code");
        assertThat(plan.codec()).isEqualTo("q8");
        // 8 ms head, 0.2 ms coding, 1276 bytes at 1 Mbit/s, 100 ms, 0.25 ms, 756 bytes at 1 Mbit/s
        assertThat(plan.chosen().total().toNanos()).isEqualTo(Math.round((8 + 0.2 + 10.208 + 100 + 0.25 + 6.048) * MS));
        assertThat(plan.options()).hasSize(6).isSortedAccordingTo(Comparator.comparing(Plan.Option::total));
    }

    @Test
    void choose_codecNamed_mayStillStayOnTheDevice() {
        assertThat(CutChooser.choose(measured(Link.of(1, 1, Duration.ofMillis(100)), 1), "auto", "q8")
                        .cut())
                .isEqualTo("output");
    }

    /** Half of the items leave the exit at the code after 8 + 1 ms; the others cost the exit's 1 ms more than before. */
    @Test
    void options_exit_countsItsTimeAndEndsForItsShare() {
        Link link = Link.of(1, 1, Duration.ofMillis(100));
        Plan plan = CutChooser.choose(measured(link, 1, List.of(new CutChooser.Exit(1, 1 * MS, 0.5))), "code", "q8");
        double sent = 1 + 8 + 0.2 + 10.208 + 100 + 0.25 + 6.048;
        assertThat(plan.chosen().exits()).isEqualTo(Duration.ofMillis(1));
        assertThat(plan.chosen().total().toNanos()).isEqualTo(Math.round(sent * MS));
        assertThat(plan.chosen().mean().toNanos()).isEqualTo(Math.round((0.5 * 9 + 0.5 * sent) * MS));
        Plan.Option device = plan.options().get(0);
        assertThat(device.cut()).isEqualTo("output");
        assertThat(device.mean().toNanos()).isEqualTo(Math.round((0.5 * 9 + 0.5 * 11) * MS));
        assertThat(plan.options())
                .filteredOn(option -> option.cut().equals("input"))
                .allSatisfy(option -> assertThat(option.mean()).isEqualTo(option.total()));
    }

    @Test
    void options_twoExits_multiplyWhatIsLeft() {
        Plan plan = CutChooser.choose(
                measured(
                        Link.of(1, 1, Duration.ofMillis(100)),
                        1,
                        List.of(new CutChooser.Exit(0, 1 * MS, 0.25), new CutChooser.Exit(1, 2 * MS, 0.5))),
                "output",
                "auto");
        // a quarter after 1 ms, half of the rest after 1 + 8 + 2, the others after 13
        assertThat(plan.chosen().mean().toNanos()).isEqualTo(Math.round((0.25 * 1 + 0.375 * 11 + 0.375 * 13) * MS));
    }

    @Test
    void options_equallyFast_prefersTheDevice() {
        CutChooser.Measured free = new CutChooser.Measured(
                CUTS,
                List.of(0.0, 0.0),
                List.of(0.0, 0.0),
                List.of(new CutChooser.Code(0, "raw", 0, 0)),
                List.of(),
                0,
                Link.of(1e12, 1e12, Duration.ZERO));
        assertThat(CutChooser.options(free).get(0).cut()).isEqualTo("output");
    }

    @Property(seed = "7")
    void choose_anyLink_isNeverWorseThanEitherExtreme(
            @ForAll @DoubleRange(min = 0.05, max = 1000) double up,
            @ForAll @DoubleRange(min = 0.05, max = 1000) double down,
            @ForAll @DoubleRange(min = 0, max = 500) double roundTripMillis,
            @ForAll @DoubleRange(min = 1, max = 50) double slowdown) {
        Link link = Link.of(up, down, Duration.ofNanos(Math.round(roundTripMillis * MS)));
        CutChooser.Measured measured = measured(link, slowdown);
        Duration best = CutChooser.choose(measured, "auto", "auto").chosen().total();
        List<Duration> all = new ArrayList<>();
        for (Plan.Option option : CutChooser.options(measured)) {
            all.add(option.total());
        }
        assertThat(all).hasSize(6).allMatch(total -> best.compareTo(total) <= 0);
    }
}
