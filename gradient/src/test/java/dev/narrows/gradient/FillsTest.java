package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.Integers.scalar;
import static dev.narrows.gradient.OperatorCheck.values;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

class FillsTest {

    @Test
    void constantOfShape_isAsTheRuntimes() {
        OperatorCheck.of("ConstantOfShape").input(longs(2, 3)).forward();
        OperatorCheck.of("ConstantOfShape").input(longs()).forward();
        OperatorCheck.of("ConstantOfShape").input(longs(0, 2)).forward();
        for (Tensor value : List.of(
                longs(7), longs(7).to(DType.INT32), longs(1).to(DType.BOOL), Tensor.of(new float[] {0.5f}, 1))) {
            OperatorCheck.of("ConstantOfShape", 9)
                    .input(longs(2, 3))
                    .attribute("value", new Attribute.TensorValue(OperatorCheck.constant("", value)))
                    .forward();
        }
    }

    @Test
    void range_integers_isAsTheRuntimes() {
        for (long[] range :
                new long[][] {{0, 5, 1}, {3, 10, 3}, {3, 12, 3}, {10, 3, -2}, {9, 3, -2}, {5, 5, 1}, {5, 3, 1}}) {
            for (DType type : Integers.TYPES) {
                OperatorCheck.of("Range")
                        .input(scalar(range[0]).to(type))
                        .input(scalar(range[1]).to(type))
                        .input(scalar(range[2]).to(type))
                        .forward();
            }
        }
    }

    @Test
    void range_reals_isAsTheRuntimes() {
        OperatorCheck.of("Range")
                .input(Tensor.of(new float[] {0.5f}))
                .input(Tensor.of(new float[] {4}))
                .input(Tensor.of(new float[] {0.3f}))
                .forward();
        OperatorCheck.of("Range")
                .input(Tensor.of(new float[] {2}))
                .input(Tensor.of(new float[] {-1}))
                .weight(Tensor.of(new float[] {-0.25f}))
                .forward();
    }

    @Test
    void eyeLike_isAsTheRuntimes() {
        OperatorCheck.of("EyeLike").input(values(1, 3, 4)).forward();
        for (long k = -3; k <= 3; k++) {
            OperatorCheck.of("EyeLike")
                    .input(values(1, 3, 4))
                    .with("k", k)
                    .with("dtype", ElementType.INT64.number())
                    .forward();
        }
    }

    @Test
    void trilu_bothTriangles_isAsTheRuntimes() {
        for (long upper = 0; upper <= 1; upper++) {
            for (long k = -4; k <= 4; k++) {
                OperatorCheck.of("Trilu")
                        .input(values(1, 2, 3, 4))
                        .weight(scalar(k))
                        .with("upper", upper)
                        .forward()
                        .gradients();
            }
            OperatorCheck.of("Trilu", 14)
                    .input(Integers.between(1, 1, 9, 4, 3))
                    .with("upper", upper)
                    .forward();
        }
        OperatorCheck.of("Trilu").input(values(1, 3, 3)).forward();
    }
}
