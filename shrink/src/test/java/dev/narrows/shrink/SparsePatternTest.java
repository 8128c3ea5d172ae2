package dev.narrows.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparsePatternTest {

    private static Network pruned(Network network, SparsePattern pattern) {
        return WeightPruning.of(network, Sketch.shapes(network), node -> true).pruned(pattern);
    }

    /** Holds each group of four neighbours along an axis to two that are left: those that were largest. */
    private static void requireTwoOfFour(Network before, Network after, String weight, int length, int inner) {
        float[] old = Sketch.floats(before, weight);
        float[] left = Sketch.floats(after, weight);
        for (int first = 0; first < old.length; first++) {
            if (first / inner % length % 4 != 0) {
                continue;
            }
            List<Float> kept = new ArrayList<>();
            List<Float> gone = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int place = first + i * inner;
                (left[place] == 0 ? gone : kept).add(Math.abs(old[place]));
                assertThat(left[place]).isIn(0f, old[place]);
            }
            assertThat(kept).hasSize(2);
            assertThat(kept).allMatch(value -> value >= Math.max(gone.get(0), gone.get(1)));
        }
    }

    @Test
    void pruned_aConvolution_keepsTwoOfFourInputChannels() {
        Network network = Sketch.opset(17)
                .input("x", 1, 8, 5, 5)
                .weight("w", 6, 8, 3, 3)
                .node("Conv x w -> y")
                .output("y", 1, 6, 3, 3)
                .network();

        requireTwoOfFour(network, pruned(network, SparsePattern.parse("2:4")), "w", 8, 9);
    }

    @Test
    void pruned_aMatrix_keepsTwoOfFourRowsThatASumGoesOver() {
        Network network = Sketch.opset(17)
                .input("x", 1, 12)
                .weight("w", 12, 5)
                .node("MatMul x w -> y")
                .output("y", 1, 5)
                .network();

        requireTwoOfFour(network, pruned(network, new SparsePattern(2, 4)), "w", 12, 5);
    }

    @Test
    void pruned_aSumThatDoesNotDivide_staysAsItIs() {
        Network network = Sketch.opset(17)
                .input("x", 1, 3, 5, 5)
                .weight("w", 6, 3, 3, 3)
                .node("Conv x w -> y")
                .output("y", 1, 6, 3, 3)
                .network();

        assertThat(pruned(network, new SparsePattern(2, 4)).initializers()).isEqualTo(network.initializers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "4:2", "0:4", "2:2", "a:b", "2:4:8"})
    void parse_whatIsNoPattern_isRefused(String text) {
        assertThatThrownBy(() -> SparsePattern.parse(text))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("2:4");
    }
}
