package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SplitsTest {

    @Property(tries = 200, seed = "1")
    void stratified_any_isDisjointCompleteAndTrueToTheShares(
            @ForAll @IntRange(max = 300) int items,
            @ForAll @IntRange(min = 1, max = 12) int classes,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll long seed) {
        Dataset data = data(items, classes, 1, seed);

        Split split = Splits.stratified(data, share, seed);

        assertComplete(data, split);
        assertThat(split.test().size()).isEqualTo((int) Math.round(items * share));
        for (int c = 0; c < classes; c++) {
            assertThat((double) count(split.test(), c)).isCloseTo(count(data, c) * share, within(1.0));
        }
    }

    @Property(tries = 200, seed = "2")
    void byGroup_any_isDisjointCompleteAndGroupClean(
            @ForAll @IntRange(min = 2, max = 300) int items,
            @ForAll @IntRange(min = 2, max = 20) int groups,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll long seed) {
        Dataset data = data(items, 3, Math.min(groups, items), seed);

        Split split = Splits.byGroup(data, share, seed);

        assertComplete(data, split);
        assertThat(groups(split.train())).isNotEmpty().doesNotContainAnyElementsOf(groups(split.test()));
        assertThat(groups(split.test())).isNotEmpty();
    }

    @Test
    void byGroup_evenGroups_comesAsNearToTheShareAsTheyAllow() {
        Dataset data = data(600, 3, 6, 0);

        assertThat(Splits.byGroup(data, 1 / 3.0, 7).test().size()).isEqualTo(200);
    }

    @Test
    void byGroup_named_takesThese() {
        Split split = Splits.byGroup(data(60, 3, 6, 0), List.of("g2", "g5"));

        assertThat(groups(split.test())).containsExactly("g2", "g5");
        assertThat(groups(split.train())).containsExactly("g0", "g1", "g3", "g4");
    }

    @Test
    void byGroup_unknownName_isInvalid() {
        assertThatThrownBy(() -> Splits.byGroup(data(60, 3, 2, 0), List.of("theo")))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("group: \"theo\" (expected: one of [g0, g1])");
    }

    @Test
    void byGroup_noneKnown_isInvalid() {
        assertThatThrownBy(() -> Splits.byGroup(data(60, 3, 0, 0), 0.5, 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("group: none (expected: one for each item), item 0");
    }

    @Test
    void byGroup_one_isInvalid() {
        assertThatThrownBy(() -> Splits.byGroup(data(60, 3, 1, 0), 0.5, 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("groups: [g0] (expected: 2 or more");
    }

    @Test
    void stratified_sameSeed_isTheSameAndOtherSeedsAreOthers() {
        Dataset data = data(100, 4, 1, 0);

        assertThat(places(Splits.stratified(data, 0.3, 5).test()))
                .isEqualTo(places(Splits.stratified(data, 0.3, 5).test()))
                .isNotEqualTo(places(Splits.stratified(data, 0.3, 6).test()));
    }

    @Test
    void stratified_shareOutOfRange_isInvalid() {
        assertThatThrownBy(() -> Splits.stratified(data(10, 1, 1, 0), 1.5, 0))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("share of the test set: 1.5 (expected: 0 to 1)");
    }

    @Property(tries = 100, seed = "3")
    void limited_any_hasAtMostSoManyOfEachClass(
            @ForAll @IntRange(max = 100) int items, @ForAll @IntRange(max = 20) int perClass, @ForAll long seed) {
        Dataset data = data(items, 5, 1, seed);

        Dataset limited = Datasets.limited(data, perClass, seed);

        for (int c = 0; c < 5; c++) {
            assertThat(count(limited, c)).isEqualTo(Math.min(perClass, count(data, c)));
        }
        assertThat(places(limited)).isSorted().doesNotHaveDuplicates();
    }

    /** Items of random classes, whose groups take turns; without groups if there are 0. */
    static Dataset data(int items, int classes, int groups, long seed) {
        int[] of = new Random(seed).ints(items, 0, classes).toArray();
        List<String> group = groups == 0
                ? List.of()
                : IntStream.range(0, items).mapToObj(i -> "g" + i % groups).toList();
        return InMemory.of(
                new Kind.Values(),
                Tensor.zeros(DType.FLOAT32, items, 2),
                List.of(new Labels("label", Labels.numbered(classes), of)),
                group);
    }

    private static void assertComplete(Dataset data, Split split) {
        assertThat(IntStream.concat(
                                places(split.train()).stream().mapToInt(i -> i),
                                places(split.test()).stream().mapToInt(i -> i))
                        .sorted()
                        .toArray())
                .isEqualTo(IntStream.range(0, data.size()).toArray());
    }

    private static List<Integer> places(Dataset subset) {
        return IntStream.range(0, subset.size())
                .mapToObj(((Subset) subset)::place)
                .toList();
    }

    private static Set<String> groups(Dataset data) {
        return IntStream.range(0, data.size())
                .mapToObj(item -> data.group(item).orElseThrow())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static int count(Dataset data, int label) {
        return (int) IntStream.of(data.labels().get(0).of())
                .filter(of -> of == label)
                .count();
    }
}
