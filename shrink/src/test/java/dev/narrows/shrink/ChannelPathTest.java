package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelPathTest {

    private static ChannelPath.Level level(int kept, double loss, double gain) {
        return new ChannelPath.Level(kept, loss, gain);
    }

    @Test
    void of_twoSets_takesFirstWhatLosesLeastForWhatItSaves() {
        List<ChannelPath.Level> dear = List.of(level(16, 0, 0), level(8, 0.4, 0.1));
        List<ChannelPath.Level> cheap = List.of(level(32, 0, 0), level(24, 0.01, 0.1), level(8, 0.2, 0.3));

        List<List<Integer>> path = ChannelPath.of(List.of(dear, cheap), 4);

        // Savings of 0.1, 0.3 and 0.4 in all: the points at 0.1, 0.2, 0.3 and 0.4 fall on these three.
        assertThat(path).containsExactly(List.of(16, 24), List.of(16, 8), List.of(8, 8));
    }

    @Test
    void of_aLevelThatSavesNothing_jumpsOverIt() {
        List<ChannelPath.Level> stepped = List.of(level(16, 0, 0), level(12, 0.1, 0), level(8, 0.2, 0.2));

        assertThat(ChannelPath.of(List.of(stepped), 2)).containsExactly(List.of(8));
    }

    @Test
    void of_aLevelThatBreaksTheNetwork_isNotTaken() {
        List<ChannelPath.Level> broken =
                List.of(level(16, 0, 0), level(8, 0.1, 0.1), level(1, Double.POSITIVE_INFINITY, 0.5));

        assertThat(ChannelPath.of(List.of(broken), 3)).containsExactly(List.of(8));
    }

    @Test
    void of_nothingToSave_isEmpty() {
        assertThat(ChannelPath.of(List.of(List.of(level(16, 0, 0), level(8, 0.1, -0.1))), 3))
                .isEmpty();
        assertThat(ChannelPath.of(List.of(), 3)).isEmpty();
    }
}
