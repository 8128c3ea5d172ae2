package dev.narrows.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.augment.Augmentation;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeveralModalitiesTest {

    private static final int ITEMS = 7;

    /** Item i has the image {10i … 10i + 3}/100 and the state {i, -i, 2i}. */
    private static Dataset both() {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("image", image());
        parts.put("state", state(List.of()));
        return Datasets.joined(parts);
    }

    private static Labels labels(int second) {
        return new Labels(Labels.TASK, List.of("a", "b"), new int[] {0, second, 0, 1, 0, 1, 0});
    }

    private static Dataset image() {
        float[] pixels = new float[ITEMS * 4];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (10 * (i / 4) + i % 4) / 100f;
        }
        List<String> groups = List.of("u", "u", "u", "v", "v", "v", "v");
        return InMemory.of(new Kind.Image(), Tensor.of(pixels, ITEMS, 1, 2, 2), List.of(labels(1)), groups);
    }

    private static InMemory state(List<Labels> labels) {
        float[] values = new float[ITEMS * 3];
        for (int i = 0; i < ITEMS; i++) {
            values[3 * i] = i;
            values[3 * i + 1] = -i;
            values[3 * i + 2] = 2 * i;
        }
        return InMemory.of(new Kind.Values(), Tensor.of(values, ITEMS, 3), labels, List.of());
    }

    private static Kind.Several several(Dataset data) {
        return (Kind.Several) data.kind();
    }

    @Test
    void joined_twoDataSets_lieOneBehindTheOther() {
        Dataset data = both();

        assertThat(data.size()).isEqualTo(ITEMS);
        assertThat(data.shape()).containsExactly(7);
        assertThat(several(data).modalities())
                .containsExactly(
                        new Modality("image", new Kind.Image(), List.of(1L, 2L, 2L), 0),
                        new Modality("state", new Kind.Values(), List.of(3L), 4));
        assertThat(data.values(2)).containsExactly(0.2f, 0.21f, 0.22f, 0.23f, 2, -2, 4);
        assertThat(data.labels()).hasSize(1);
        assertThat(data.labels().get(0).of()).containsExactly(0, 1, 0, 1, 0, 1, 0);
        assertThat(data.group(3)).hasValue("v");
    }

    @Test
    void joined_oneAlone_isItself() {
        Dataset image = image();

        assertThat(Datasets.joined(Map.of("image", image))).isSameAs(image);
    }

    @Test
    void joined_otherItemsOrLabels_isRefused() {
        Map<String, Dataset> counts = new LinkedHashMap<>();
        counts.put("image", image());
        counts.put("state", new Subset(state(List.of()), 0, 1));
        Map<String, Dataset> answers = new LinkedHashMap<>(counts);
        answers.put("state", state(List.of(labels(0))));
        Map<String, Dataset> same = new LinkedHashMap<>(counts);
        same.put("state", state(List.of(labels(1))));

        assertThatThrownBy(() -> Datasets.joined(counts))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("items: 2 of modality \"state\" (expected: 7, as of \"image\")");
        assertThatThrownBy(() -> Datasets.joined(answers))
                .isInstanceOf(IncompatibleException.class)
                .hasMessageContaining("labels of modality \"state\" (expected: none, or the same as of \"image\"");
        assertThat(Datasets.joined(same).labels()).hasSize(1);
    }

    @Test
    void split_ofABatch_givesEachInItsShape() {
        Dataset part = Splits.byGroup(both(), List.of("v")).test(); // items 3 to 6
        try (Batches batches = Batches.open(part, BatchOptions.DEFAULT.withSize(2), 0, 1)) {
            Map<String, Tensor> split = several(part).split(batches.next().values());

            assertThat(split).containsOnlyKeys("image", "state");
            Tensor image = split.getOrDefault("image", Tensor.of(new float[0], 0));
            assertThat(image.shape()).containsExactly(2, 1, 2, 2);
            assertThat(image.toFloats()).containsExactly(0.5f, 0.51f, 0.52f, 0.53f, 0.6f, 0.61f, 0.62f, 0.63f);
            assertThat(split.getOrDefault("state", image).toFloats()).containsExactly(5, -5, 10, 6, -6, 12);
        }
    }

    @Test
    void batches_shuffled_haveTheOrderOfOneModalityAlone() {
        BatchOptions order =
                BatchOptions.DEFAULT.withSize(3).withShuffle(true).withSeed(5).withWorkers(2);

        assertThat(indices(both(), order)).isEqualTo(indices(image(), order)).hasSize(ITEMS);
    }

    private static List<Integer> indices(Dataset data, BatchOptions order) {
        List<Integer> all = new ArrayList<>();
        try (Batches batches = Batches.open(data, order, 1)) {
            while (batches.hasNext()) {
                for (int index : batches.next().indices()) {
                    all.add(index);
                }
            }
        }
        return all;
    }

    @Test
    void augmentation_ofOneModality_leavesTheOthers() {
        Dataset data = both();
        Augmentation darker = (values, shape, random) -> {
            assertThat(shape).containsExactly(1, 2, 2);
            float by = random.nextFloat();
            float[] other = new float[values.length];
            for (int i = 0; i < other.length; i++) {
                other[i] = values[i] * by;
            }
            return other;
        };
        BatchOptions options =
                BatchOptions.DEFAULT.withSeed(1).withAugmentation(several(data).augmentation(Map.of("image", darker)));

        float[] alone = values(data, options.withWorkers(0));

        assertThat(alone[1]).isLessThan(0.01f).isPositive();
        assertThat(alone[6 * 7 + 4]).isEqualTo(6);
        assertThat(values(data, options.withWorkers(2))).isEqualTo(alone);
    }

    private static float[] values(Dataset data, BatchOptions options) {
        try (Batches batches = Batches.open(data, options, 0)) {
            return batches.next().values().toFloats();
        }
    }

    @Test
    void augmentation_thatDoesNotFit_isRefused() {
        Dataset data = both();

        assertThatThrownBy(() -> several(data).augmentation(Map.of("sound", Augmentation.NONE)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("modality: \"sound\" (expected: one of [image, state])");
        Augmentation longer = several(data).augmentation(Map.of("state", (values, shape, random) -> new float[4]));
        assertThatThrownBy(() -> values(data, BatchOptions.DEFAULT.withAugmentation(longer)))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("values: 4 (expected: 3, those of shape [3]), modality \"state\"");
    }

    @Test
    void only_aModality_hasItsValuesKindAndLabels() {
        Dataset state = Datasets.only(both(), "state");

        assertThat(state.kind()).isEqualTo(new Kind.Values());
        assertThat(state.shape()).containsExactly(3);
        assertThat(state.values(4)).containsExactly(4, -4, 8);
        assertThat(state.labels().get(0).of()).containsExactly(0, 1, 0, 1, 0, 1, 0);
        assertThatThrownBy(() -> Datasets.only(image(), "state"))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("modality: \"state\" (expected: none");
    }

    @Test
    void several_ofOneNameTwiceOrWithAGap_isRefused() {
        Modality first = new Modality("a", new Kind.Values(), List.of(3L), 0);

        assertThatThrownBy(() -> new Kind.Several(List.of(first, new Modality("a", new Kind.Values(), List.of(1L), 3))))
                .isInstanceOf(InvalidException.class)
                .hasMessage("modalities: [a, a] (expected: 1 or more, each name once)");
        assertThatThrownBy(() -> new Kind.Several(List.of(first, new Modality("b", new Kind.Values(), List.of(1L), 4))))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("first value: 4 (expected: 3, behind what is before it), modality \"b\"");
        assertThatThrownBy(() -> new Modality("", new Kind.Values(), List.of(1L), 0))
                .isInstanceOf(InvalidException.class);
        assertThatThrownBy(() -> new Modality("a", new Kind.Values(), List.of(1L << 20, 1L << 20, 1L << 40), 0))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("less than 2^31 values");
    }
}
