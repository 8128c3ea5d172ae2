package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What is within a budget, on which tier, and what no other trial betters. */
class BudgetTest {

    private static final TierProfile HERE = new TierProfile("abc", "here", 2, OptionalDouble.of(1));
    private static final Tier TIER = Tier.slower(10, HERE);
    private static final Trial FUSED = trial("fuse", 32, 1, 1000, 0.9);

    static Trial trial(String recipe, int bits, double ratio, long bytes, double accuracy) {
        return new Trial(
                "step", recipe, 1, 0, bits, 0, ratio, ratio, ratio, bytes, bytes / 2, bytes / 4, 7, accuracy, 30, 1.5);
    }

    @Test
    void millis_ofATierWithAProfile_scalesFloatsAndBytesApart() {
        Tier tier = Tier.of(new TierProfile("abc", "there", 30, OptionalDouble.of(25)), HERE);

        assertThat(tier.name()).isEqualTo("there");
        assertThat(tier.millis(FUSED)).isCloseTo(30, within(1e-9)); // as measured there
        assertThat(tier.millis(trial("int8", 8, 0.5, 300, 0.9))).isCloseTo(25, within(1e-9));
        assertThat(TIER.millis(trial("int8", 8, 0.5, 300, 0.9))).isCloseTo(10, within(1e-9));
    }

    @Test
    void of_aProfileOfAnotherNetwork_isRefused() {
        TierProfile other = new TierProfile("def", "there", 30, OptionalDouble.empty());

        assertThatThrownBy(() -> Tier.of(other, HERE))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("of network def (expected: of this one, abc)");
        assertThatThrownBy(() -> Tier.slower(0, HERE)).isInstanceOf(InvalidException.class);
    }

    @Test
    void parse_ofAProfilesJson_isTheSame() {
        TierProfile floatsOnly = new TierProfile("def", "a \"phone\"", 30, OptionalDouble.empty());

        assertThat(TierProfile.parse(HERE.json())).isEqualTo(HERE);
        assertThat(TierProfile.parse(floatsOnly.json())).isEqualTo(floatsOnly);
        assertThatThrownBy(() -> TierProfile.parse("{\"machine\":\"here\"}"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("\"network_sha256\" among them");
        assertThatThrownBy(() -> TierProfile.parse("[]")).isInstanceOf(MalformedException.class);
    }

    @Test
    void best_ofThoseWithinAll_isTheFastest() {
        Trial slow = trial("slow", 32, 0.9, 500, 0.9);
        Trial fast = trial("fast", 32, 0.5, 500, 0.896);
        Trial bad = trial("bad", 32, 0.1, 100, 0.5);
        Trial large = trial("large", 32, 0.4, 2000, 0.9);
        Budget budget = new Budget(19, 600, 0.005);

        assertThat(budget.best(List.of(FUSED, slow, fast, bad, large), FUSED, TIER))
                .contains(fast);
        assertThat(budget.best(List.of(FUSED, bad), FUSED, TIER)).isEmpty();
    }

    @Test
    void missed_nothingWithin_saysHowNearTheyCame() {
        Trial small = trial("small", 32, 0.5, 100, 0.88);

        assertThat(new Budget(5, 50, 0.03).missed(List.of(FUSED, small), FUSED, TIER))
                .containsExactly(
                        "the fastest of those that lose no more than 3.00 points takes 10.000 ms (expected: at most 5.000)",
                        "the smallest of those that lose no more has 100 bytes (expected: at most 50)");
        assertThat(new Budget(12, 100, 0.001).missed(List.of(FUSED, small), FUSED, TIER))
                .last()
                .asString()
                .isEqualTo(
                        "of those that are fast and small enough the best loses 2.00 points (expected: at most 0.10)");
    }

    @Test
    void frontier_ofTrials_leavesOutWhatAnotherBetters() {
        Trial fast = trial("fast", 32, 0.5, 500, 0.8);
        Trial worse = trial("worse", 32, 0.6, 500, 0.8);
        Trial small = trial("small", 8, 0.7, 100, 0.8);
        Trial same = trial("same", 8, 0.7, 100, 0.8);

        assertThat(Frontier.of(List.of(FUSED, worse, small, same, fast), TIER)).containsExactly(fast, small, FUSED);
    }
}
