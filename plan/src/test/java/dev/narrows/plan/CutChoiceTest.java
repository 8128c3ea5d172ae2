package dev.narrows.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CutChoiceTest {

    private static Cut cut(String name, int upstream, long width, boolean boundary, long macs) {
        Set<Integer> nodes = new HashSet<>();
        for (int i = 0; i < upstream; i++) {
            nodes.add(i);
        }
        return new Cut(List.of(name.split("\\+", -1)), nodes, width, boundary, macs);
    }

    private static List<String> names(List<Cut> cuts) {
        return cuts.stream().map(Cut::name).toList();
    }

    @Test
    void balanced_equalWidths_dividesTheWork() {
        List<Cut> cuts = new ArrayList<>();
        for (int i = 1; i < 12; i++) {
            cuts.add(cut("t" + i, i, 100, true, i * 10L));
        }
        assertThat(names(CutChoice.balanced(cuts, 3, 120, 12))).containsExactly("t3", "t6", "t9");
        assertThat(names(CutChoice.balanced(cuts, 1, 120, 12))).containsExactly("t6");
    }

    @Test
    void balanced_narrowNeighbour_isPreferred() {
        List<Cut> cuts = List.of(cut("a", 1, 1000, true, 20), cut("b", 2, 1000, true, 50), cut("c", 3, 10, true, 55));
        assertThat(names(CutChoice.balanced(cuts, 1, 100, 4))).containsExactly("c");
    }

    @Test
    void balanced_insideFusion_isTheLastResort() {
        List<Cut> cuts = List.of(cut("a", 1, 10, true, 20), cut("b", 2, 10, false, 50), cut("c+d", 3, 10, true, 60));
        assertThat(names(CutChoice.balanced(cuts, 1, 100, 4))).containsExactly("a");
        assertThat(names(CutChoice.balanced(cuts, 2, 100, 4))).containsExactly("a", "c+d");
        assertThat(names(CutChoice.balanced(cuts, 3, 100, 4))).containsExactly("a", "b", "c+d");
        assertThatThrownBy(() -> CutChoice.balanced(cuts, 4, 100, 4))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("cuts: 4");
    }

    @Test
    void balanced_crossingCuts_areNotCombined() {
        Cut left = new Cut(List.of("a", "p"), Set.of(0, 1), 10, true, 50);
        Cut right = new Cut(List.of("b", "q"), Set.of(0, 2, 3), 10, true, 60);
        assertThatThrownBy(() -> CutChoice.balanced(List.of(left, right), 2, 100, 5))
                .isInstanceOf(InvalidException.class);
    }

    @Test
    void balanced_noMacs_countsNodes() {
        List<Cut> cuts = List.of(cut("a", 1, 10, true, 0), cut("b", 5, 10, true, 0), cut("c", 9, 10, true, 0));
        assertThat(names(CutChoice.balanced(cuts, 1, 0, 10))).containsExactly("b");
    }

    @Test
    void balanced_barista_isAChainAtBoundaries() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Cut> cuts = CutChoice.balanced(network, shapes, 3);
        assertThat(cuts).hasSize(3).allMatch(Cut::fusionBoundary);
        assertThat(cuts.get(0).precedes(cuts.get(1))).isTrue();
        assertThat(cuts.get(1).precedes(cuts.get(2))).isTrue();
    }
}
