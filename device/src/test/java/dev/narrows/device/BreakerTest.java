package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final Why LATE = new Why(Reason.LATE, "late");
    private static final Why GONE = new Why(Reason.UNREACHABLE, "gone");

    private final Breaker breaker = new Breaker(GONE);

    @Test
    void new_always_isOpen() {
        assertThat(breaker.blocked()).contains(GONE);
    }

    @Test
    void itemFailed_closed_opensOnce() {
        breaker.probeAnswered();
        assertThat(breaker.itemFailed(LATE)).isTrue();
        assertThat(breaker.itemFailed(GONE)).isFalse();
        assertThat(breaker.blocked()).contains(LATE);
    }

    @Test
    void pauseNanos_probesFail_doublesTo8Seconds() {
        assertThat(breaker.pauseNanos()).isEqualTo(250_000_000L);
        long[] expected = {250, 500, 1000, 2000, 4000, 8000, 8000, 8000};
        for (long millis : expected) {
            breaker.probeFailed(GONE);
            assertThat(breaker.pauseNanos()).isEqualTo(millis * 1_000_000);
        }
        for (int i = 0; i < 1000; i++) {
            breaker.probeFailed(GONE);
        }
        assertThat(breaker.pauseNanos()).isEqualTo(Breaker.LONGEST_PAUSE_NANOS);
    }

    @Test
    void pauseNanos_probesAnswerButItemsDoNot_keepsDoubling() {
        for (int i = 0; i < 3; i++) {
            breaker.probeAnswered();
            breaker.itemFailed(LATE);
        }
        assertThat(breaker.pauseNanos()).isEqualTo(1_000_000_000L);
    }

    @Test
    void pauseNanos_afterAnAnsweredItem_isTheFirstAgain() {
        breaker.probeFailed(GONE);
        breaker.probeFailed(GONE);
        breaker.probeAnswered();
        breaker.itemAnswered();
        breaker.itemFailed(LATE);
        assertThat(breaker.pauseNanos()).isEqualTo(Breaker.FIRST_PAUSE_NANOS);
    }
}
