package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.between;
import static dev.narrows.gradient.OperatorCheck.positive;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a scope is there for what it frees at its end
class ArithmeticTest {

    private static final List<DType> INTEGERS = List.of(DType.INT64, DType.INT32);

    /** A pair of shapes that broadcast. */
    private static final long[][][] SHAPES = {
        {{2, 3, 4}, {2, 3, 4}}, {{2, 3, 4}, {3, 1}}, {{4}, {2, 3, 1}}, {{2, 1, 4}, {}}, {{}, {3}}, {{2, 1}, {1, 3}}
    };

    @Test
    void sumsAndProducts_broadcasting_areAsTheRuntimes() {
        for (String op : List.of("Add", "Sub", "Mul", "Div")) {
            for (long[][] shapes : SHAPES) {
                OperatorCheck.of(op)
                        .input(values(1, shapes[0]))
                        .weight(positive(2, shapes[1]))
                        .forward()
                        .gradients();
            }
            OperatorCheck.of(op, 7).input(values(1, 3)).input(positive(2, 3)).forward();
        }
    }

    @Test
    void sumsAndProducts_integers_stayOfTheirType() {
        for (String op : List.of("Add", "Sub", "Mul", "Div")) {
            for (DType type : INTEGERS) {
                Tensor divisor = Tensor.of(new long[] {-3, -2, -1, 1, 2, 3}, 6).to(type);
                OperatorCheck.of(op)
                        .input(between(1, -20, 20, 4, 6).to(type))
                        .input(divisor)
                        .forward();
            }
        }
    }

    @Test
    void pow_realAndIntegers_isAsTheRuntimes() {
        OperatorCheck.of("Pow")
                .input(positive(1, 2, 3))
                .input(values(2, 3))
                .forward()
                .gradients();
        OperatorCheck.of("Pow", 7)
                .input(values(1, 5))
                .weight(Tensor.of(new float[] {3}))
                .forward()
                .gradients();
        OperatorCheck.of("Pow")
                .input(values(1, 5))
                .weight(Integers.scalar(2))
                .forward()
                .gradients();
        for (DType type : INTEGERS) {
            OperatorCheck.of("Pow")
                    .input(between(1, -5, 5, 8).to(type))
                    .input(between(2, 0, 4, 8).to(type))
                    .forward();
            OperatorCheck.of("Pow")
                    .input(between(1, 1, 5, 8).to(type))
                    .input(Tensor.of(new float[] {0.5f}))
                    .forward();
        }
    }

    @Test
    void pow_weightOfAnExponent_isNotTrained() {
        OperatorCheck check = OperatorCheck.of("Pow").weight(values(1, 5)).weight(Tensor.of(new float[] {2}));
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            assertThat(network.parameters()).containsOnlyKeys("w0");
            network.forward(Map.of()).values().iterator().next().sum().backward();
            float[] gradient = Torch.toHost(
                            network.parameters().values().iterator().next().grad())
                    .toFloats();
            float[] x = values(1, 5).toFloats();
            for (int i = 0; i < x.length; i++) {
                assertThat(gradient[i]).isEqualTo(2 * x[i]);
            }
        }
    }

    @Test
    void mod_signs_areAsTheRuntimes() {
        for (DType type : List.of(DType.INT64, DType.INT32, DType.INT8)) {
            for (long fmod = 0; fmod <= 1; fmod++) {
                OperatorCheck.of("Mod", 10)
                        .input(between(1, -20, 20, 4, 6).to(type))
                        .input(Tensor.of(new long[] {-7, -2, -1, 1, 2, 7}, 6).to(type))
                        .with("fmod", fmod)
                        .forward();
            }
        }
        OperatorCheck.of("Mod")
                .input(Tensor.of(new float[] {-5.3f, -0.7f, 0.4f, 4.9f}, 4, 1))
                .input(Tensor.of(new float[] {-1.7f, 2.3f}, 2))
                .with("fmod", 1)
                .forward()
                .gradients();
    }

    @Test
    void comparisons_areAsTheRuntimes() {
        for (String op : List.of("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")) {
            OperatorCheck.of(op)
                    .input(between(1, -2, 2, 4, 6))
                    .input(between(2, -2, 2, 6))
                    .forward();
            OperatorCheck.of(op)
                    .input(between(1, -2, 2, 4, 6).to(DType.FLOAT32))
                    .weight(between(2, -2, 2, 4, 1).to(DType.FLOAT32))
                    .forward();
        }
        OperatorCheck.of("Equal")
                .input(Integers.bools(1, 9))
                .input(Integers.bools(2, 9))
                .forward();
    }

    @Test
    void logic_isAsTheRuntimes() {
        for (String op : List.of("And", "Or", "Xor")) {
            OperatorCheck.of(op)
                    .input(Integers.bools(1, 4, 5))
                    .input(Integers.bools(2, 4, 1))
                    .forward();
        }
        OperatorCheck.of("Not").input(Integers.bools(1, 5)).forward();
    }

    @Test
    void ofMany_areAsTheRuntimes() {
        for (String op : List.of("Sum", "Max", "Min", "Mean")) {
            OperatorCheck.of(op).input(values(1, 2, 3)).forward().gradients();
            OperatorCheck.of(op)
                    .input(values(1, 2, 3))
                    .weight(values(2, 3))
                    .input(values(3, 4, 1, 1))
                    .weight(values(4))
                    .forward()
                    .gradients();
        }
    }

    @Test
    void extremes_integers_stayOfTheirType() {
        for (String op : List.of("Max", "Min")) {
            for (DType type : INTEGERS) {
                OperatorCheck.of(op)
                        .input(between(1, -9, 9, 4, 3).to(type))
                        .input(between(2, -9, 9, 3).to(type))
                        .forward();
            }
        }
    }

    @Test
    void extremes_notANumber_isAsTheRuntimes() {
        for (String op : List.of("Max", "Min")) {
            OperatorCheck.of(op)
                    .input(Tensor.of(new float[] {Float.NaN, 1, Float.NaN}, 3))
                    .input(Tensor.of(new float[] {1, Float.NaN, Float.NaN}, 3))
                    .forward();
        }
    }

    @Test
    void functions_ofOne_areAsTheRuntimes() {
        Tensor x = values(1, 4, 6);
        for (String op :
                List.of("Neg", "Exp", "Abs", "Reciprocal", "Erf", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh")) {
            OperatorCheck.of(op).weight(x).forward().gradients();
        }
        for (String op : List.of("Sqrt", "Log")) {
            OperatorCheck.of(op).weight(positive(1, 4, 6)).forward().gradients();
        }
        for (String op : List.of("Floor", "Ceil", "Round", "Sign")) {
            OperatorCheck.of(op).weight(x).forward().gradients(); // 0 off the steps
        }
    }

    @Test
    void functions_ofARange_areAsTheRuntimes() {
        Tensor within = Tensor.of(new float[] {-0.9f, -0.5f, -0.1f, 0, 0.2f, 0.6f, 0.85f}, 7);
        for (String op : List.of("Asin", "Acos", "Atanh", "Tan")) {
            OperatorCheck.of(op).weight(within).forward().gradients();
        }
        OperatorCheck.of("Acosh")
                .weight(Tensor.of(new float[] {1.1f, 1.5f, 2, 7}, 4))
                .forward()
                .gradients();
    }

    @Test
    void round_halves_goToEven() {
        OperatorCheck.of("Round")
                .input(Tensor.of(new float[] {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f}, 6))
                .forward();
    }

    @Test
    void functions_ofIntegers_stayOfTheirType() {
        for (String op : List.of("Abs", "Neg", "Sign")) {
            for (DType type : INTEGERS) {
                OperatorCheck.of(op).input(between(1, -3, 3, 9).to(type)).forward();
            }
        }
    }

    @Test
    void isNaN_isAsTheRuntimes() {
        OperatorCheck.of("IsNaN")
                .input(Tensor.of(new float[] {0, Float.NaN, Float.POSITIVE_INFINITY, -1}, 4))
                .forward();
    }

    @Test
    void where_broadcasting_isAsTheRuntimes() {
        OperatorCheck.of("Where")
                .input(Integers.bools(1, 3, 1))
                .input(values(2, 2, 1, 4))
                .weight(values(3, 4))
                .forward()
                .gradients();
        OperatorCheck.of("Where", 9)
                .input(Integers.bools(1, 5))
                .input(between(1, 0, 9, 5))
                .weight(Integers.scalar(-1))
                .forward();
    }
}
