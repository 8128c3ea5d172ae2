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

    private static List<String> narrowest(List<Cut> cuts, int count, long macs, int nodes) {
        return names(CutChoice.narrowest(cuts, cut -> true, count, macs, nodes));
    }

    @Test
    void narrowest_ofThoseThatLeaveHalfAnEqualShare_isTaken() {
        List<Cut> cuts = List.of(
                cut("tooEarly", 1, 1, true, 20), cut("wide", 2, 1000, true, 50), cut("narrow", 3, 10, true, 70));
        assertThat(narrowest(cuts, 1, 100, 4)).containsExactly("narrow");
    }

    @Test
    void narrowest_severalCuts_areTheLeastTogether() {
        List<Cut> cuts = new ArrayList<>();
        for (int i = 1; i < 12; i++) {
            cuts.add(cut("t" + i, i, i % 3 == 0 ? 10 : 100, true, i * 10L));
        }
        assertThat(narrowest(cuts, 3, 120, 12)).containsExactly("t3", "t6", "t9");
    }

    @Test
    void narrowest_noChoiceWithThatShare_takesSmallerOnes() {
        List<Cut> cuts = List.of(cut("a", 1, 10, true, 1), cut("b", 2, 20, true, 2));
        assertThat(narrowest(cuts, 1, 100, 4)).containsExactly("a");
        assertThat(narrowest(cuts, 2, 100, 4)).containsExactly("a", "b");
    }

    @Test
    void narrowest_lossOfBitsAndInsideFusion_areTheLastResorts() {
        List<Cut> cuts = List.of(
                cut("exact", 1, 100, true, 40),
                cut("boundary", 2, 50, true, 50),
                cut("c+d", 3, 10, true, 55),
                cut("inside", 4, 1, false, 60));
        assertThat(names(CutChoice.narrowest(cuts, cut -> cut.name().equals("exact"), 1, 100, 5)))
                .containsExactly("exact");
        assertThat(names(CutChoice.narrowest(cuts, cut -> false, 1, 100, 5))).containsExactly("boundary");
        assertThat(names(CutChoice.narrowest(cuts.subList(2, 4), cut -> false, 1, 100, 5)))
                .containsExactly("c+d");
        assertThat(names(CutChoice.narrowest(cuts.subList(3, 4), cut -> false, 1, 100, 5)))
                .containsExactly("inside");
        assertThatThrownBy(() -> CutChoice.narrowest(cuts, cut -> true, 5, 100, 5))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("cuts: 5");
    }

    @Test
    void narrowest_exactCutWithLittleWork_isBeforeOneInsideAFusion() {
        List<Cut> cuts = List.of(cut("exact", 1, 10, true, 5), cut("inside", 2, 1, false, 50));
        assertThat(narrowest(cuts, 1, 100, 4)).containsExactly("exact");
    }

    @Test
    void narrowest_crossingCuts_areNotCombined() {
        Cut left = new Cut(List.of("a", "p"), Set.of(0, 1), 10, true, 50);
        Cut right = new Cut(List.of("b", "q"), Set.of(0, 2, 3), 10, true, 60);
        assertThatThrownBy(() -> narrowest(List.of(left, right), 2, 100, 5)).isInstanceOf(InvalidException.class);
    }

    @Test
    void narrowest_noMacs_countsNodes() {
        List<Cut> cuts = List.of(cut("a", 1, 5, true, 0), cut("b", 5, 10, true, 0), cut("c", 9, 10, true, 0));
        assertThat(narrowest(cuts, 1, 0, 10)).containsExactly("b");
    }

    @Test
    void narrowest_barista_isAChainAtBoundaries() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Cut> cuts = CutChoice.narrowest(network, shapes, 3);
        assertThat(cuts).hasSize(3).allMatch(Cut::fusionBoundary);
        assertThat(cuts.get(0).precedes(cuts.get(1))).isTrue();
        assertThat(cuts.get(1).precedes(cuts.get(2))).isTrue();
    }
}
