package dev.narrows.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Network;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class InputsTest {

    private static final Network IMAGES = new Fixture(1, "image", 3L, 2L, 2L)
            .node("y", "Flatten", "image")
            .output("y")
            .build();

    private static float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / (float) count;
        }
        return values;
    }

    private static float[] of(Inputs inputs, float[] values, long... shape) {
        try (PointerScope scope = new PointerScope()) {
            var made = inputs.of(Torch.of(Tensor.of(values, shape)));
            assertThat(made).hasSize(1);
            return Torch.toHost(made.values().iterator().next()).toFloats();
        }
    }

    @Test
    void of_meanAndDeviationByChannel_isAsByHand() {
        List<Float> mean = List.of(0.485f, 0.456f, 0.406f);
        List<Float> deviation = List.of(0.229f, 0.224f, 0.225f);
        float[] values = values(2 * 3 * 2 * 2);
        float[] made = of(Inputs.of(IMAGES, mean, deviation), values, 2, 3, 2, 2);
        for (int i = 0; i < values.length; i++) {
            int channel = i / 4 % 3;
            assertThat(made[i]).isEqualTo((values[i] - mean.get(channel)) / deviation.get(channel));
        }
    }

    @Test
    void of_oneMeanForAll_isTakenOffEverywhere() {
        float[] values = values(6);
        float[] made = of(Inputs.of(IMAGES, List.of(0.5f), List.of()), values, 2, 3);
        float[] scaled = of(Inputs.of(IMAGES, List.of(), List.of(0.25f)), values, 2, 3);
        for (int i = 0; i < values.length; i++) {
            assertThat(made[i]).isEqualTo(values[i] - 0.5f);
            assertThat(scaled[i]).isEqualTo(values[i] / 0.25f);
        }
        assertThat(of(Inputs.of(IMAGES), values, 6)).isEqualTo(values);
    }

    @Test
    void scale_ofNoMeaning_isRefused() {
        assertThatThrownBy(() -> new Scale(List.of(1f, 2f), List.of(1f, 1f, 1f)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("mean: 2 channels (expected: as the deviation, 3)");
        assertThatThrownBy(() -> new Scale(List.of(), List.of(1f, 0f)))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("deviation: 0.0 (expected: ");
        assertThatThrownBy(() -> new Scale(List.of(Float.NaN), List.of()))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("mean: NaN (expected: ");
    }

    private static InMemory items(long... shape) {
        long count = 1;
        for (long length : shape) {
            count *= length;
        }
        return InMemory.of(new Kind.Values(), Tensor.of(new float[(int) count], shape), List.of(), List.of());
    }

    @Test
    void require_itemsOfTheShape_accepts() {
        Inputs inputs = Inputs.of(IMAGES, List.of(0.1f, 0.2f, 0.3f), List.of());
        inputs.require(IMAGES, items(5, 3, 2, 2));
        Inputs.of(IMAGES, List.of(0.1f), List.of(0.5f)).require(IMAGES, items(1, 3, 2, 2));
    }

    @Test
    void require_itemsOfAnotherShape_saysBoth() {
        Inputs inputs = Inputs.of(IMAGES);
        assertThatThrownBy(() -> inputs.require(IMAGES, items(5, 3, 2, 4)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("items: [3, 2, 4] (expected: [3, 2, 2], as input \"image\" takes them)");
        assertThatThrownBy(() -> inputs.require(IMAGES, items(5, 12)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("items: [12] (expected: [3, 2, 2], as input \"image\" takes them)");
    }

    @Test
    void require_otherChannelsThanTheMean_saysBoth() {
        Inputs inputs = Inputs.of(IMAGES, List.of(0.1f, 0.2f), List.of());
        assertThatThrownBy(() -> inputs.require(IMAGES, items(5, 3, 2, 2)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("items: [3, 2, 2] (expected: of 2 channels, as the mean and the deviation)");
    }

    @Test
    void require_anotherNetworksInput_isRefused() {
        Network other = new Fixture(1, "x", 3L, 2L, 2L)
                .node("y", "Flatten", "x")
                .output("y")
                .build();
        assertThatThrownBy(() -> Inputs.of(other).require(IMAGES, items(5, 3, 2, 2)))
                .isInstanceOf(IncompatibleException.class)
                .hasMessage("input: \"x\" (expected: one of [image])");
    }
}
