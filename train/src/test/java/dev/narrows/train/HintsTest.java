package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.gradient.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class HintsTest {

    private static org.bytedeco.pytorch.Tensor map(long channels, long size, float... values) {
        int count = (int) (channels * size * size);
        float[] all = new float[count];
        for (int i = 0; i < count; i++) {
            all[i] = values[i % values.length];
        }
        return Torch.of(Tensor.of(all, 1, channels, size, size));
    }

    private static double loss(org.bytedeco.pytorch.Tensor student, org.bytedeco.pytorch.Tensor teacher) {
        return new Hints(Map.of("s", "t"))
                .loss(Map.of("s", student), Map.of("t", teacher))
                .item_double();
    }

    @Test
    void loss_ofEqualMaps_isZero() {
        try (PointerScope scope = new PointerScope()) {
            assertThat(loss(map(2, 2, 1, 2, 3, 4, 5), map(2, 2, 1, 2, 3, 4, 5))).isZero();
        }
    }

    @Test
    void loss_ofALargerMap_averagesItDown() {
        try (PointerScope scope = new PointerScope()) {
            // Averages of the quarters: 1, 2, 3, 4.
            org.bytedeco.pytorch.Tensor large = map(1, 4, 0, 2, 1, 3, 0, 2, 1, 3, 2, 4, 3, 5, 2, 4, 3, 5);
            assertThat(loss(map(1, 2, 1, 2, 3, 4), large)).isCloseTo(0, within(1e-7));
            assertThat(loss(large, map(1, 2, 1, 2, 3, 4))).isCloseTo(0, within(1e-7));
            // One of four is off by 1; the teacher's mean square is 30 / 4.
            assertThat(loss(map(1, 2, 1, 2, 3, 5), large)).isCloseTo(1 / 30.0, within(1e-6));
        }
    }

    @Test
    void loss_ofOtherChannels_comparesWhereTheEnergyIs() {
        try (PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor teacher = map(3, 2, 1, 2, 3, 4);
            assertThat(loss(map(2, 2, 2, 4, 6, 8), teacher))
                    .as("other channels and scale, the same places")
                    .isCloseTo(0, within(1e-6));
            assertThat(loss(map(2, 2, 4, 3, 2, 1), teacher)).isGreaterThan(0.1);
        }
    }

    @Test
    void loss_ofSeveralPairs_isTheirMean() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, String> pairs = new LinkedHashMap<>();
            pairs.put("a", "t");
            pairs.put("b", "t");
            Hints hints = new Hints(pairs);
            assertThat(hints.students()).containsExactly("a", "b");
            assertThat(hints.teachers()).isEqualTo(List.of("t", "t"));
            org.bytedeco.pytorch.Tensor teacher = map(1, 2, 1, 2, 3, 4);
            org.bytedeco.pytorch.Tensor other = map(1, 2, 1, 2, 3, 5);
            assertThat(hints.loss(Map.of("a", teacher, "b", other), Map.of("t", teacher))
                            .item_double())
                    .isCloseTo(loss(other, teacher) / 2, within(1e-7));
        }
    }

    @Test
    void loss_ofRowsOfAnotherLength_isRefused() {
        try (PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor student = LossCheck.tensor(LossCheck.values(1, 4, 3));
            org.bytedeco.pytorch.Tensor teacher = LossCheck.tensor(LossCheck.values(1, 4, 5));
            assertThatThrownBy(() -> loss(student, teacher))
                    .isInstanceOf(IncompatibleException.class)
                    .hasMessage("hint: [4, 5] (expected: [4, 3]), value \"s\"");
        }
    }
}
