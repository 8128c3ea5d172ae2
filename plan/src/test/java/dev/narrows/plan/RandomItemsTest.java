package dev.narrows.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomItemsTest {

    private static Tensor of(Map<String, Tensor> item, String input) {
        return Objects.requireNonNull(item.get(input));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void item_anyType_fitsItsSpecAndVaries(DType dtype) {
        TensorSpec spec = new TensorSpec("x", dtype, List.of(3L, 50L));
        Tensor tensor = of(RandomItems.item(List.of(spec), 9), "x");
        assertThat(tensor.fits(spec)).isTrue();
        float[] values = tensor.toFloats();
        assertThat(IntStream.range(0, values.length)
                        .mapToObj(i -> values[i])
                        .distinct()
                        .count())
                .isGreaterThan(1);
        for (float value : values) {
            boolean bytes = dtype == DType.INT8 || dtype == DType.UINT8;
            assertThat(value).isBetween(bytes ? -128f : -1f, bytes ? 255f : 1f);
        }
    }

    @Test
    void of_sameSeed_isTheSame() {
        Network network = Models.barista();
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Map<String, Tensor>> a = RandomItems.of(network, shapes, 2, 1);
        List<Map<String, Tensor>> b = RandomItems.of(network, shapes, 2, 1);
        assertThat(of(a.get(1), "pcm").sameBits(of(b.get(1), "pcm"))).isTrue();
        assertThat(of(a.get(0), "pcm").sameBits(of(a.get(1), "pcm"))).isFalse();
        Tensor fixed = Tensor.zeros(DType.FLOAT32, 1, 32_000);
        assertThat(RandomItems.of(network, shapes, 1, 1, Map.of("pcm", fixed))
                        .get(0)
                        .get("pcm"))
                .isSameAs(fixed);
    }

    @Test
    void item_freeLength_isRefused() {
        assertThatThrownBy(() -> RandomItems.item(List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L))), 1))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("input \"x\"");
    }
}
