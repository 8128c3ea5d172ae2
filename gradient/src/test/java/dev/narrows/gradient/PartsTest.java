package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.values;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {

    @Test
    void concat_everyAxis_isAsTheRuntimes() {
        for (long axis : new long[] {1, -2}) {
            OperatorCheck.of("Concat")
                    .input(values(1, 2, 3, 2))
                    .weight(values(2, 2, 1, 2))
                    .input(values(3, 2, 4, 2))
                    .with("axis", axis)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("Concat", 7)
                .input(longs(1, 2))
                .weight(longs(3))
                .with("axis", 0)
                .forward();
        OperatorCheck.of("Concat").input(values(1, 2)).with("axis", -1).forward();
    }

    @Test
    void split_lengthsAsAttributeAndInput_isAsTheRuntimes() {
        OperatorCheck.of("Split", 11)
                .input(values(1, 2, 7))
                .with("axis", -1)
                .with("split", List.of(2L, 4L, 1L))
                .outputs("a", "b", "c")
                .forward()
                .gradients();
        OperatorCheck.of("Split")
                .input(values(1, 6, 2))
                .weight(longs(5, 0, 1))
                .outputs("a", "b", "c")
                .forward()
                .gradients();
    }

    @Test
    void split_withoutLengths_isEven() {
        OperatorCheck.of("Split", 7)
                .input(values(1, 6, 2))
                .outputs("a", "b", "c")
                .forward()
                .gradients();
        OperatorCheck.of("Split")
                .input(values(1, 2, 8))
                .with("axis", 1)
                .outputs("a", "b")
                .forward();
    }

    @Test
    void split_numOutputs_makesTheLastShorter() {
        OperatorCheck.of("Split", 18)
                .input(values(1, 7, 2))
                .with("num_outputs", 3)
                .outputs("a", "b", "c")
                .forward()
                .gradients();
        OperatorCheck.of("Split", 18)
                .input(values(1, 8, 2))
                .with("num_outputs", 2)
                .outputs("a", "b")
                .forward();
    }

    @Test
    void slice_attributes_isAsTheRuntimes() {
        OperatorCheck.of("Slice", 9)
                .input(values(1, 4, 5, 6))
                .with("starts", List.of(1L, -3L))
                .with("ends", List.of(100L, -1L))
                .with("axes", List.of(0L, 2L))
                .forward()
                .gradients();
        OperatorCheck.of("Slice", 7)
                .input(values(1, 4, 5))
                .with("starts", List.of(1L, 2L))
                .with("ends", List.of(2L, 3L))
                .forward();
    }

    @Test
    void slice_inputs_isAsTheRuntimes() {
        OperatorCheck.of("Slice")
                .input(values(1, 4, 7, 6))
                .weight(longs(-100, 1, 0))
                .weight(longs(3, Long.MAX_VALUE, -1))
                .weight(longs(0, 1, -1))
                .weight(longs(2, 3, 1))
                .forward()
                .gradients();
        OperatorCheck.of("Slice", 10)
                .input(values(1, 4, 7))
                .weight(longs(1, 2))
                .weight(longs(3, 5))
                .forward()
                .gradients();
        OperatorCheck.of("Slice")
                .input(Integers.between(1, -9, 9, 8))
                .weight(longs(2).to(DType.INT32))
                .weight(longs(-1).to(DType.INT32))
                .none()
                .weight(longs(2).to(DType.INT32))
                .forward();
    }

    @Test
    void slice_negativeSteps_isAsTheRuntimes() {
        for (long step = -4; step < 0; step++) {
            for (long start : new long[] {-100, -3, 0, 4, 6, 7, Long.MAX_VALUE}) {
                for (long end : new long[] {Long.MIN_VALUE, -100, -8, -2, 0, 3, 100}) {
                    OperatorCheck.of("Slice")
                            .input(values(1, 7, 2))
                            .weight(longs(start))
                            .weight(longs(end))
                            .weight(longs(0))
                            .weight(longs(step))
                            .forward();
                }
            }
        }
        OperatorCheck.of("Slice")
                .input(values(1, 7, 5))
                .weight(longs(-1, 4))
                .weight(longs(Long.MIN_VALUE, 0))
                .weight(longs(1, 0))
                .weight(longs(-2, -1))
                .forward()
                .gradients();
    }

    @Test
    void slice_rangesOfNothing_areEmptyAsTheRuntimes() {
        for (long start : new long[] {3, 5, 100}) {
            OperatorCheck.of("Slice")
                    .input(values(1, 5, 2))
                    .weight(longs(start))
                    .weight(longs(2))
                    .forward();
        }
    }

    @Test
    void expand_eitherWay_isAsTheRuntimes() {
        for (Tensor shape : List.of(longs(3, 4), longs(1, 1), longs(2, 3, 1), longs(4), longs(2, 1, 4))) {
            OperatorCheck.of("Expand")
                    .input(values(1, 3, 1))
                    .input(shape)
                    .forward()
                    .gradients();
        }
        OperatorCheck.of("Expand", 8)
                .input(Tensor.of(new float[] {2}))
                .weight(longs(2, 2))
                .forward()
                .gradients();
        OperatorCheck.of("Expand")
                .input(Integers.bools(1, 3, 1))
                .weight(longs(3, 2))
                .forward();
    }

    @Test
    void tile_isAsTheRuntimes() {
        OperatorCheck.of("Tile")
                .input(values(1, 2, 3, 1))
                .weight(longs(2, 1, 3))
                .forward()
                .gradients();
        OperatorCheck.of("Tile", 7).input(longs(1, 2)).weight(longs(3)).forward();
        OperatorCheck.of("Tile").input(values(1, 2, 3)).weight(longs(0, 1)).forward();
    }
}
