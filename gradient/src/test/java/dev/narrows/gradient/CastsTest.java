package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

class CastsTest {

    private static final Tensor REALS =
            Tensor.of(new float[] {-3.7f, -1.5f, -0.4f, 0, 0.4f, 0.5f, 1.5f, 2.5f, 100.9f}, 9);

    @Test
    void cast_fromFloat_truncatesAsTheRuntime() {
        for (ElementType to : List.of(
                ElementType.INT64,
                ElementType.INT32,
                ElementType.INT16,
                ElementType.INT8,
                ElementType.BOOL,
                ElementType.DOUBLE,
                ElementType.FLOAT16,
                ElementType.FLOAT)) {
            OperatorCheck.of("Cast").input(REALS).with("to", to.number()).forward();
        }
        OperatorCheck.of("Cast", 9)
                .input(OperatorCheck.positive(1, 5))
                .with("to", ElementType.UINT8.number())
                .forward();
    }

    @Test
    void cast_fromIntegersAndBool_isAsTheRuntimes() {
        Tensor integers = Integers.between(1, -200, 300, 20);
        for (ElementType to : List.of(ElementType.FLOAT, ElementType.BOOL, ElementType.INT8, ElementType.UINT8)) {
            OperatorCheck.of("Cast").input(integers).with("to", to.number()).forward();
        }
        OperatorCheck.of("Cast")
                .input(Integers.bools(2, 6))
                .with("to", ElementType.FLOAT.number())
                .forward();
    }

    @Test
    void cast_betweenFloats_passesTheGradient() {
        OperatorCheck.of("Cast")
                .weight(values(1, 3, 2))
                .with("to", ElementType.DOUBLE.number())
                .forward()
                .gradients();
    }

    @Test
    void castLike_takesTheOthersType() {
        OperatorCheck.of("CastLike")
                .input(REALS)
                .input(Integers.longs(1).to(DType.INT32))
                .forward();
        OperatorCheck.of("CastLike", 19)
                .input(Integers.between(1, -9, 9, 4))
                .input(values(1, 1))
                .forward();
    }

    @Test
    void cast_toATypeThatLibtorchLacks_isRefused() {
        OperatorCheck check = OperatorCheck.of("Cast").input(REALS).with("to", ElementType.UINT32.number());
        assertThatThrownBy(check::run)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("to: UINT32 (expected: a type that libtorch computes with), node \"the node\"");
    }
}
