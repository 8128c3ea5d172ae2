package dev.narrows.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final AtomicLong nanos = new AtomicLong();
    private final StringWriter err = new StringWriter();

    @Test
    void step_onATerminalAfterTwoSeconds_drawsTheBar() {
        try (Progress progress = new Progress(terminal(true), "verifying", 10)) {
            for (int i = 0; i < 5; i++) {
                nanos.addAndGet(500_000_000L);
                progress.step();
            }

            assertThat(err.toString())
                    .startsWith("\rverifying [############..................] 4/10, 3 s left")
                    .contains("5/10, 3 s left")
                    .doesNotContain("3/10");
        }
        assertThat(err.toString()).endsWith("\r");
    }

    @Test
    void step_beforeTwoSeconds_drawsNothing() {
        try (Progress progress = new Progress(terminal(true), "verifying", 3)) {
            for (int i = 0; i < 3; i++) {
                nanos.addAndGet(600_000_000L);
                progress.step();
            }
        }

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void step_oftenerThanTenTimesASecond_drawsNoMoreThanThat() {
        try (Progress progress = new Progress(terminal(true), "verifying", 2000)) {
            nanos.set(2_000_000_000L);
            for (int i = 0; i < 1000; i++) {
                nanos.addAndGet(1_000_000L);
                progress.step();
            }
        }

        assertThat(err.toString().split("\r").length).isLessThan(15);
    }

    @Test
    void step_withoutATerminal_drawsNothing() {
        try (Progress progress = new Progress(terminal(false), "verifying", 2)) {
            nanos.addAndGet(60_000_000_000L);
            progress.step();
            progress.step();
        }

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void waiting_drawn_saysHowLongAndIsWipedOut() {
        Waiting waiting = new Waiting(terminal(false), "packing");
        nanos.addAndGet(7_000_000_000L);

        waiting.draw();
        waiting.close();
        waiting.draw();

        assertThat(err.toString()).isEqualTo("\rpacking ... 7 s\r" + " ".repeat(15) + "\r");
    }

    private Terminal terminal(boolean errIsTerminal) {
        return new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(err), errIsTerminal, nanos::get);
    }
}
