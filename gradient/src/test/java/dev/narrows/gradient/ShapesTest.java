package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapesTest {

    private static final Tensor SCALAR = Tensor.of(new float[] {1.5f});

    @Test
    void identity_isAsTheRuntimes() {
        OperatorCheck.of("Identity").input(values(1, 2, 3)).forward().gradients();
        OperatorCheck.of("Identity").input(longs(1, 2)).forward();
    }

    @Test
    void shape_startAndEnd_areCutAsTheRuntimes() {
        OperatorCheck.of("Shape", 13).input(values(1, 2, 3, 4)).forward();
        OperatorCheck.of("Shape").input(SCALAR).forward();
        for (long start = -4; start <= 4; start++) {
            for (long end = -4; end <= 4; end++) {
                OperatorCheck.of("Shape")
                        .input(values(1, 2, 3, 4))
                        .with("start", start)
                        .with("end", end)
                        .forward();
            }
        }
    }

    @Test
    void size_isAScalar() {
        OperatorCheck.of("Size").input(values(1, 2, 3, 4)).forward();
        OperatorCheck.of("Size").input(SCALAR).forward();
    }

    @Test
    void reshape_zerosAndOpenAxis_areAsTheRuntimes() {
        for (Tensor shape : List.of(longs(0, -1), longs(4, 3, 2), longs(-1), longs(0, 0, -1, 1), longs(0, 12))) {
            OperatorCheck.of("Reshape")
                    .input(values(1, 2, 3, 4))
                    .input(shape)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("Reshape", 7)
                .weight(values(1, 2, 6))
                .weight(longs(-1, 0))
                .forward()
                .gradients();
        OperatorCheck.of("Reshape").input(values(1, 1)).input(longs()).forward();
        OperatorCheck.of("Reshape").input(SCALAR).input(longs(1, 1)).forward();
    }

    @Test
    void reshape_allowZero_isEmpty() {
        OperatorCheck.of("Reshape")
                .input(Tensor.of(new float[0], 0, 3))
                .weight(longs(3, 0))
                .with("allowzero", 1)
                .forward();
    }

    @Test
    void flatten_everyAxis_isAsTheRuntimes() {
        for (long axis = -3; axis <= 3; axis++) {
            OperatorCheck.of("Flatten")
                    .input(values(1, 2, 3, 4))
                    .with("axis", axis)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("Flatten", 9).input(values(1, 2, 3, 4)).forward();
        OperatorCheck.of("Flatten").input(values(1, 5)).forward();
    }

    @Test
    void squeeze_axesAsAttributeAndInput_isAsTheRuntimes() {
        Tensor x = values(1, 1, 3, 1, 2, 1);
        OperatorCheck.of("Squeeze", 12)
                .input(x)
                .with("axes", List.of(-1L, 0L))
                .forward()
                .gradients();
        OperatorCheck.of("Squeeze", 9).input(x).with("axes", List.of(2L)).forward();
        OperatorCheck.of("Squeeze", 11).input(x).forward();
        OperatorCheck.of("Squeeze").input(x).weight(longs(4, -3)).forward().gradients();
        OperatorCheck.of("Squeeze", 21).input(x).forward();
    }

    @Test
    void squeeze_axisThatIsLonger_isInvalid() {
        OperatorCheck check = OperatorCheck.of("Squeeze").input(values(1, 2, 3)).input(longs(1));
        assertThatThrownBy(check::run)
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("axis 1: 3 long (expected: 1), node \"the node\" (Squeeze, opset 17)");
    }

    @Test
    void unsqueeze_axesAsAttributeAndInput_isAsTheRuntimes() {
        OperatorCheck.of("Unsqueeze", 11)
                .input(values(1, 2, 3))
                .with("axes", List.of(3L, 0L))
                .forward()
                .gradients();
        OperatorCheck.of("Unsqueeze")
                .input(values(1, 2, 3))
                .weight(longs(-1, 1, -3))
                .forward()
                .gradients();
        OperatorCheck.of("Unsqueeze", 21).input(SCALAR).weight(longs(0)).forward();
    }

    @Test
    void transpose_withAndWithoutPermutation_isAsTheRuntimes() {
        OperatorCheck.of("Transpose").input(values(1, 2, 3, 4)).forward().gradients();
        OperatorCheck.of("Transpose")
                .weight(values(1, 2, 3, 4, 2))
                .with("perm", List.of(2L, 0L, 3L, 1L))
                .forward()
                .gradients();
        OperatorCheck.of("Transpose", 21).input(Integers.between(1, 0, 9, 2, 3)).forward();
    }
}
