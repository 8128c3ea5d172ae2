package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.between;
import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.values;

import dev.narrows.engine.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScattersTest {

    private static final Tensor PLACES = Tensor.of(new long[] {1, -1, 0, 2, 0, 1}, 2, 3); // distinct along axis 0

    @Test
    void scatterElements_replaced_isAsTheRuntimes() {
        for (long opset : List.of(11L, 13L, 16L, 18L)) {
            OperatorCheck.of("ScatterElements", opset)
                    .input(values(1, 3, 4))
                    .input(PLACES)
                    .weight(values(2, 2, 3))
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("ScatterElements")
                .input(values(1, 2, 5))
                .input(Tensor.of(new long[] {4, -3, 0, 1}, 2, 2))
                .input(values(2, 2, 2))
                .with("axis", -1)
                .forward()
                .gradients();
        OperatorCheck.of("Scatter", 9)
                .input(values(1, 3, 4))
                .input(PLACES)
                .input(values(2, 2, 3))
                .forward()
                .gradients();
    }

    @Test
    void scatterElements_reductions_isAsTheRuntimes() {
        for (String reduction : List.of("add", "mul", "max", "min")) {
            OperatorCheck.of("ScatterElements", 18)
                    .input(values(1, 3, 4))
                    .input(between(2, -3, 2, 5, 4))
                    .input(values(3, 5, 4))
                    .with("reduction", reduction)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("ScatterElements", 16)
                .input(longs(1, 2, 3))
                .input(longs(0, 0, 2))
                .input(longs(10, 20, 30))
                .with("reduction", "add")
                .forward();
    }

    @Test
    void scatterNd_replaced_isAsTheRuntimes() {
        for (long opset : List.of(11L, 13L, 16L, 18L)) {
            OperatorCheck.of("ScatterND", opset)
                    .input(values(1, 4, 3, 2))
                    .input(Tensor.of(new long[] {0, -1, 3, 0, -3, 1}, 3, 2))
                    .weight(values(2, 3, 2))
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("ScatterND")
                .input(values(1, 4, 3))
                .input(Tensor.of(new long[] {2, -1}, 2, 1))
                .input(values(2, 2, 3))
                .forward()
                .gradients();
    }

    @Test
    void scatterNd_reductions_isAsTheRuntimes() {
        for (String reduction : List.of("add", "mul", "max", "min")) {
            OperatorCheck.of("ScatterND", 18)
                    .input(values(1, 3, 4))
                    .input(between(2, -3, 2, 2, 3, 2))
                    .input(values(3, 2, 3))
                    .with("reduction", reduction)
                    .forward()
                    .gradients();
        }
    }
}
