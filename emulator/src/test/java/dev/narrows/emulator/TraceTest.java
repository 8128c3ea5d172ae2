package dev.narrows.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {

    private static final long SECOND = 1_000_000_000;

    // 8 Mbit/s for 1 s, an outage of 2 s, 16 Mbit/s for 2 s: 1 MB + 0 + 4 MB in 5 s
    private static final Trace OUTAGE =
            new Trace(List.of(new Trace.Step(10, 8), new Trace.Step(11, 0), new Trace.Step(13, 16)));

    @TempDir
    private Path folder = Path.of("");

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("trace.txt"), List.of(lines));
    }

    @Test
    void read_linesWithCommentsAndBlanks_areSteps() throws IOException {
        Trace trace = Trace.read(file("# recorded on foot", "0 1.5", "", "1.01\t2", "  2.5   0  "));

        assertThat(trace.steps())
                .containsExactly(new Trace.Step(0, 1.5), new Trace.Step(1.01, 2), new Trace.Step(2.5, 0));
    }

    @Test
    void read_aTimeTwice_theLastCounts() throws IOException {
        assertThat(Trace.read(file("0 1", "1 2", "1 3", "2 4")).steps())
                .extracting(Trace.Step::mbps)
                .containsExactly(1.0, 3.0, 4.0);
    }

    @Test
    void read_linesThatAreNoSteps_areMalformedWithTheirNumber() throws IOException {
        for (String bad : List.of("1", "1 2 3", "a 2", "1 -2", "1 NaN", "1 Infinity", "NaN 1", "-1 2")) {
            assertThatThrownBy(() -> Trace.read(file("0 1", bad, "2 2")))
                    .as(bad)
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("trace.txt");
        }
        assertThatThrownBy(() -> Trace.read(file("0 1", "x", "2 2"))).hasMessageContaining("line 2");
    }

    @Test
    void read_tooShortOrEmptyOrMissing_isRefused() throws IOException {
        assertThatThrownBy(() -> Trace.read(file("0 1"))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Trace.read(file("0 0", "1 0"))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Trace.read(folder.resolve("none"))).isInstanceOf(UnavailableException.class);
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> Trace.read(binary)).isInstanceOf(MalformedException.class);
    }

    @Test
    void new_timesThatGoBack_areInvalid() {
        assertThatThrownBy(() -> new Trace(List.of(new Trace.Step(1, 1), new Trace.Step(0, 1))))
                .isInstanceOf(InvalidException.class)
                .hasMessage("time: 0.0 s (expected: after 1.0 s), step 1");
    }

    @Test
    void meanMbps_stepsOfSeveralLengths_areWeighted() {
        assertThat(OUTAGE.periodSeconds()).isEqualTo(5);
        assertThat(OUTAGE.meanMbps()).isEqualTo(8);
        assertThat(OUTAGE.playedFrom(0).bytesPerSecond()).isEqualTo(1e6);
    }

    @Test
    void endNanos_acrossAnOutage_waitsForItsEnd() {
        Bandwidth rate = OUTAGE.playedFrom(100 * SECOND);

        assertThat(rate.endNanos(100 * SECOND, 500_000)).isEqualTo(100 * SECOND + SECOND / 2);
        assertThat(rate.endNanos(100 * SECOND + SECOND / 2, 1_500_000)).isEqualTo(103 * SECOND + SECOND / 2);
        assertThat(rate.endNanos(101 * SECOND, 2)).isEqualTo(103 * SECOND + 1000);
        assertThat(rate.endNanos(104 * SECOND, 2_500_000)).isEqualTo(105 * SECOND + SECOND / 2); // begins again
        assertThat(rate.endNanos(100 * SECOND, 10_000_000)).isEqualTo(110 * SECOND);
        assertThat(rate.endNanos(100 * SECOND, 0)).isEqualTo(100 * SECOND);
    }

    @Property(tries = 300, seed = "6")
    void endNanos_inTwoParts_isTheSameAsInOne(
            @ForAll @LongRange(min = 0, max = 50 * SECOND) long start,
            @ForAll @IntRange(min = 1, max = 9_000_000) int first,
            @ForAll @IntRange(min = 1, max = 9_000_000) int second) {
        Bandwidth rate = OUTAGE.playedFrom(3 * SECOND);

        assertThat(rate.endNanos(rate.endNanos(start, first), second))
                .isCloseTo(rate.endNanos(start, first + second), Offset.offset(4L));
    }

    @Test
    void read_everySharedRecording_isATrace() throws IOException {
        String shared = Optional.ofNullable(System.getProperty("NARROWS_SHARED"))
                .or(() -> Optional.ofNullable(System.getenv("NARROWS_SHARED")))
                .orElse("../shared");
        Path traces = Path.of(System.getProperty("narrows.root", ".."))
                .resolve(shared)
                .resolve("data/traces");
        Assumptions.assumeTrue(Files.isDirectory(traces), "no recordings in " + traces);
        try (Stream<Path> files = Files.walk(traces)) {
            List<Path> recordings = files.filter(Files::isRegularFile)
                    .filter(path -> path.toString().endsWith(".txt"))
                    .toList();
            assertThat(recordings).hasSizeGreaterThan(100);
            for (Path recording : recordings) {
                assertThat(Trace.read(recording).meanMbps()).as("%s", recording).isPositive();
            }
        }
    }
}
