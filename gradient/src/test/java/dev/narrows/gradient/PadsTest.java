package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PadsTest {

    @Test
    void pad_attributes_isAsTheRuntimes() {
        for (String mode : List.of("constant", "reflect", "edge")) {
            OperatorCheck.of("Pad", 10)
                    .input(values(1, 1, 2, 4, 5))
                    .with("pads", List.of(0L, 0L, 2L, 1L, 0L, 0L, 3L, 0L))
                    .with("mode", mode)
                    .with("value", mode.equals("constant") ? 1.5f : 0f)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void pad_everyModeOfEveryAxis_isAsTheRuntimes() {
        for (String mode : List.of("constant", "reflect", "edge", "wrap")) {
            OperatorCheck.of("Pad", 19)
                    .input(values(1, 3, 4, 5))
                    .weight(longs(1, 2, 0, 2, 0, 3))
                    .with("mode", mode)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void pad_constantValue_isAsTheRuntimes() {
        OperatorCheck.of("Pad", 13)
                .input(values(1, 3, 4))
                .weight(longs(1, 0, 0, 2))
                .weight(Tensor.of(new float[] {-2.5f}))
                .forward()
                .gradients();
        for (DType type : List.of(DType.INT64, DType.INT32, DType.INT8, DType.UINT8)) {
            OperatorCheck.of("Pad")
                    .input(Integers.between(1, 0, 9, 3, 2).to(type))
                    .weight(longs(1, 0, 0, 2))
                    .weight(Integers.scalar(7).to(type))
                    .forward();
        }
        OperatorCheck.of("Pad")
                .input(Integers.bools(1, 3))
                .weight(longs(1, 1))
                .weight(Integers.scalar(1).to(DType.BOOL))
                .forward();
    }

    @Test
    void pad_negativePads_areTakenOff() {
        for (String mode : List.of("constant", "edge", "reflect")) {
            OperatorCheck.of("Pad")
                    .input(values(1, 5, 6))
                    .weight(longs(-1, 2, -2, -1))
                    .with("mode", mode)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void pad_axes_areAsTheRuntimes() {
        OperatorCheck.of("Pad", 18)
                .input(values(1, 2, 3, 4))
                .weight(longs(1, 2, 3, 0))
                .none()
                .weight(longs(-1, 0))
                .forward()
                .gradients();
        OperatorCheck.of("Pad", 21)
                .input(values(1, 2, 3, 4))
                .weight(longs(1, 2))
                .weight(Tensor.of(new float[] {0.5f}))
                .weight(longs(1))
                .with("mode", "reflect")
                .forward()
                .gradients();
    }

    @Test
    void pad_anotherMode_isRefused() {
        OperatorCheck check = OperatorCheck.of("Pad", 19)
                .input(values(1, 3))
                .weight(longs(1, 1))
                .with("mode", "mirror");
        assertThatThrownBy(check::run)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("mode: mirror (expected: constant, edge, reflect or wrap)");
    }
}
