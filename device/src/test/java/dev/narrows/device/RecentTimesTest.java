package dev.narrows.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentTimesTest {

    private final RecentTimes times = new RecentTimes();

    @Test
    void quantile_nothingMeasured_isZero() {
        assertThat(times.isEmpty()).isTrue();
        assertThat(times.quantile(0.5)).isZero();
    }

    @Test
    void quantile_oneToTwenty_isTheNearestRank() {
        for (int i = 20; i >= 1; i--) {
            times.add(i);
        }
        assertThat(times.quantile(0.5)).isEqualTo(10);
        assertThat(times.quantile(0.95)).isEqualTo(19);
        assertThat(times.quantile(1)).isEqualTo(20);
        assertThat(times.quantile(0)).isEqualTo(1);
    }

    @Test
    void add_moreThan64_forgetsTheOldest() {
        times.add(1e9);
        for (int i = 0; i < 64; i++) {
            times.add(5);
        }
        assertThat(times.quantile(1)).isEqualTo(5);
    }
}
