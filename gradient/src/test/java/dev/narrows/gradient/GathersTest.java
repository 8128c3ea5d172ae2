package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.between;
import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import org.junit.jupiter.api.Test;

class GathersTest {

    @Test
    void gather_everyAxisAndNegativeIndices_isAsTheRuntimes() {
        for (long axis = -3; axis < 3; axis++) {
            OperatorCheck.of("Gather")
                    .input(values(1, 3, 4, 5))
                    .input(between(2, -3, 2, 2, 3))
                    .with("axis", axis)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("Gather", 7)
                .weight(values(1, 6, 3))
                .input(longs(5, 0, 0).to(DType.INT32))
                .forward()
                .gradients();
        OperatorCheck.of("Gather")
                .input(longs(4, 5, 6))
                .weight(Integers.scalar(-1))
                .forward();
        OperatorCheck.of("Gather")
                .input(values(1, 3, 2))
                .input(Tensor.of(new long[0], 0, 2))
                .forward();
    }

    @Test
    void gather_indexBeyondTheAxis_isInvalid() {
        OperatorCheck check = OperatorCheck.of("Gather").input(values(1, 3, 2)).input(longs(0, 3));
        assertThatThrownBy(check::run)
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("index: 3 (expected: of 3 elements), node \"the node\" (Gather, opset 17)");
    }

    @Test
    void gatherElements_isAsTheRuntimes() {
        for (long axis = -2; axis < 2; axis++) {
            OperatorCheck.of("GatherElements")
                    .input(values(1, 3, 4))
                    .input(between(2, -3, 2, 3, 4))
                    .with("axis", axis)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("GatherElements", 11)
                .input(values(1, 3, 4))
                .input(between(2, 0, 2, 5, 4).to(DType.INT32))
                .forward()
                .gradients();
    }

    @Test
    void gatherNd_isAsTheRuntimes() {
        OperatorCheck.of("GatherND", 11)
                .input(values(1, 3, 4, 5))
                .input(between(2, -3, 2, 2, 3, 2))
                .forward()
                .gradients();
        OperatorCheck.of("GatherND", 12)
                .input(values(1, 3, 4))
                .input(between(2, -3, 2, 6, 2))
                .forward()
                .gradients();
        OperatorCheck.of("GatherND").input(values(1, 3, 4)).input(longs(-1)).forward();
    }

    @Test
    void gatherNd_batchAxes_isAsTheRuntimes() {
        OperatorCheck.of("GatherND")
                .input(values(1, 3, 4, 5))
                .input(between(2, -4, 3, 3, 2, 1))
                .with("batch_dims", 1)
                .forward()
                .gradients();
        OperatorCheck.of("GatherND")
                .input(values(1, 2, 3, 4, 5))
                .input(between(2, -4, 3, 2, 3, 2))
                .with("batch_dims", 2)
                .forward()
                .gradients();
    }

    @Test
    void compress_isAsTheRuntimes() {
        OperatorCheck.of("Compress")
                .input(values(1, 4, 5))
                .input(longs(0, 1, 1).to(DType.BOOL))
                .with("axis", -1)
                .forward()
                .gradients();
        OperatorCheck.of("Compress", 9)
                .input(values(1, 2, 3))
                .input(longs(1, 0, 0, 1, 1).to(DType.BOOL))
                .forward()
                .gradients();
    }

    @Test
    void nonZero_isAsTheRuntimes() {
        OperatorCheck.of("NonZero").input(between(1, 0, 2, 3, 4)).forward();
        OperatorCheck.of("NonZero").input(Integers.bools(1, 2, 2, 3)).forward();
        OperatorCheck.of("NonZero", 9).input(values(1, 4)).forward();
        OperatorCheck.of("NonZero").input(Tensor.of(new float[] {2})).forward();
    }

    @Test
    void oneHot_everyAxisAndIndicesOutside_isAsTheRuntimes() {
        for (long axis = -3; axis < 3; axis++) {
            OperatorCheck.of("OneHot")
                    .input(between(1, -6, 6, 2, 3))
                    .input(longs(4))
                    .input(Tensor.of(new float[] {-0.5f, 2}, 2))
                    .with("axis", axis)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("OneHot", 9)
                .input(between(1, 0, 3, 5))
                .weight(Integers.scalar(4))
                .weight(longs(0, 1))
                .forward();
        OperatorCheck.of("OneHot")
                .input(Tensor.of(new float[] {1, 3, 0}, 3))
                .weight(Tensor.of(new float[] {4}))
                .weight(Tensor.of(new float[] {0, 1}, 2))
                .forward();
    }
}
