package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.between;
import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.errors.UnsupportedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankingsTest {

    @Test
    void arg_everyAxis_isAsTheRuntimes() {
        for (String op : List.of("ArgMax", "ArgMin")) {
            for (long axis = -3; axis < 3; axis++) {
                OperatorCheck.of(op)
                        .input(values(1, 3, 4, 5))
                        .with("axis", axis)
                        .with("keepdims", axis & 1)
                        .forward();
            }
            OperatorCheck.of(op, 7).input(values(1, 3, 4)).forward();
            OperatorCheck.of(op, 12).input(values(1, 3, 4)).with("axis", 1).forward();
        }
    }

    @Test
    void arg_equalElements_isTheFirst() {
        for (String op : List.of("ArgMax", "ArgMin")) {
            for (long axis = 0; axis < 2; axis++) {
                OperatorCheck.of(op)
                        .input(between(1, 0, 2, 70, 70).to(DType.FLOAT32))
                        .with("axis", axis)
                        .forward();
                OperatorCheck.of(op)
                        .input(between(2, 0, 2, 70, 70).to(DType.INT32))
                        .with("axis", axis)
                        .forward();
            }
        }
    }

    @Test
    void arg_lastOfEqualOnes_isRefused() {
        OperatorCheck check = OperatorCheck.of("ArgMax").input(values(1, 3)).with("select_last_index", 1);
        assertThatThrownBy(check::run)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("select_last_index: 1 (expected: 0), node \"the node\" (ArgMax, opset 17)");
    }

    @Test
    void topK_largestAndSmallest_isAsTheRuntimes() {
        for (long largest = 0; largest <= 1; largest++) {
            for (long axis = -2; axis < 2; axis++) {
                OperatorCheck.of("TopK")
                        .input(values(1, 6, 7))
                        .weight(longs(3))
                        .with("axis", axis)
                        .with("largest", largest)
                        .outputs("values", "places")
                        .forward()
                        .gradients();
            }
        }
        OperatorCheck.of("TopK", 10)
                .input(values(1, 2, 7))
                .weight(longs(7))
                .outputs("values", "places")
                .forward();
        OperatorCheck.of("TopK", 9)
                .input(values(1, 2, 7))
                .with("k", 2)
                .outputs("values", "places")
                .forward()
                .gradients();
    }

    @Test
    void topK_equalElements_keepTheirOrder() {
        for (long largest = 0; largest <= 1; largest++) {
            OperatorCheck.of("TopK")
                    .input(between(1, 0, 3, 5, 40))
                    .weight(longs(25))
                    .with("largest", largest)
                    .outputs("values", "places")
                    .forward();
        }
    }
}
