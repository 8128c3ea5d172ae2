package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "constant | 0 | 1",
                "constant | 1 | 1",
                "cosine | 0 | 1",
                "cosine | 0.5 | 0.5",
                "cosine | 0.25 | 0.8535534",
                "cosine | 1 | 0",
                "cosine:floor=0.1 | 0 | 1",
                "cosine:floor=0.1 | 0.5 | 0.55",
                "cosine:floor=0.1 | 1 | 0.1",
                "one-cycle | 0 | 0.04",
                "one-cycle | 0.15 | 0.52",
                "one-cycle | 0.3 | 1",
                "one-cycle | 0.65 | 0.500002",
                "one-cycle | 1 | 0.000004",
                "one-cycle:warm=0 | 0 | 1",
                "one-cycle:warm=0.5 | 0.5 | 1",
                "step | 0 | 1",
                "step | 0.32 | 1",
                "step | 0.33 | 0.1",
                "step | 0.66 | 0.01",
                "step:every=0.1,by=0.5 | 0.3 | 0.125",
                "step:every=0.1,by=0.5 | 0.7 | 0.0078125",
                "step:every=1,by=0.5 | 0.999 | 1",
                "constant:warmup=0.2 | 0 | 0",
                "constant:warmup=0.2 | 0.1 | 0.5",
                "constant:warmup=0.2 | 0.2 | 1",
                "constant:warmup=0.2 | 0.9 | 1",
                "cosine:warmup=0.5 | 0.25 | 0.4267767",
                "cosine:warmup=0.5 | 0.5 | 0.5",
            })
    void at_itsCorners_isTheShareOfTheRate(String text, double progress, double share) {
        assertThat(Schedule.parse(text).at(progress)).isCloseTo(share, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "cosine", "one-cycle", "step", "cosine:floor=1", "step:warmup=0.3"})
    void at_anyProgress_isBetweenZeroAndOne(String text) {
        Schedule schedule = Schedule.parse(text);
        for (int i = 0; i <= 1000; i++) {
            assertThat(schedule.at(i / 1000.0)).isBetween(0.0, 1.0 + 1e-12);
        }
    }

    @Test
    void step_atMultiplesThatDoublesMiss_falls() {
        Schedule schedule = Schedule.step(0.1, 0.5);
        for (int i = 0; i < 10; i++) {
            assertThat(schedule.at((double) (i * 7) / 70)).isEqualTo(Math.pow(0.5, i));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linear | schedule: \"linear\" (expected: one of cosine, one-cycle, step, constant)",
                "cosine:warm=1 | schedule: \"cosine\" has no \"warm\" (expected: floor, warmup)",
                "cosine:floor=2 | floor: 2.0 (expected: 0.0 to 1.0)",
                "one-cycle:warm=1 | warm: 1.0 (expected: 0.0 to 0.9)",
                "step:every=0 | every: 0.0 (expected: ",
                "step:by=2 | by: 2.0 (expected: ",
                "constant:warmup=1 | warmup: 1.0 (expected: 0.0 to 0.9)",
                "constant:warmup=-0.1 | warmup: -0.1 (expected: 0.0 to 0.9)",
                "constant:floor=0.1 | has no \"floor\" (expected: warmup)",
            })
    void parse_ofAnotherText_saysWhatIsExpected(String text, String message) {
        assertThatThrownBy(() -> Schedule.parse(text))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(message);
    }
}
