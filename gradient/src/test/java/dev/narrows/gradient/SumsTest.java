package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.scalar;
import static dev.narrows.gradient.OperatorCheck.values;

import dev.narrows.engine.DType;
import org.junit.jupiter.api.Test;

class SumsTest {

    @Test
    void cumSum_bothWays_isAsTheRuntimes() {
        for (long axis = -2; axis < 2; axis++) {
            for (int ways = 0; ways < 4; ways++) {
                OperatorCheck.of("CumSum")
                        .input(values(1, 3, 5))
                        .weight(scalar(axis))
                        .with("exclusive", ways & 1)
                        .with("reverse", ways >> 1)
                        .forward()
                        .gradients();
            }
        }
        for (DType type : Integers.TYPES) {
            OperatorCheck.of("CumSum", 11)
                    .input(Integers.between(1, -9, 9, 6).to(type))
                    .weight(scalar(0).to(DType.INT32))
                    .with("exclusive", 1)
                    .forward();
        }
    }

    @Test
    void einsum_products_isAsTheRuntimes() {
        einsum("ij,jk->ik", new long[] {3, 4}, new long[] {4, 2});
        einsum("bij, bjk -> bik", new long[] {2, 3, 4}, new long[] {2, 4, 2});
        einsum("bhid,bhjd->bhij", new long[] {2, 2, 3, 4}, new long[] {2, 2, 5, 4});
        einsum("...ij,...jk->...ik", new long[] {2, 1, 3, 4}, new long[] {2, 5, 4, 2});
        einsum("i,j", new long[] {3}, new long[] {4}); // the output is ij
        einsum("ij,ij->", new long[] {3, 4}, new long[] {3, 4});
    }

    @Test
    void einsum_ofOne_isAsTheRuntimes() {
        einsum("ij->ji", new long[] {3, 4});
        einsum("ij->i", new long[] {3, 4});
        einsum("ii->i", new long[] {3, 3});
        einsum("ba", new long[] {3, 4}); // the output is ab
    }

    private static void einsum(String equation, long[]... shapes) {
        OperatorCheck check = OperatorCheck.of("Einsum", 12).with("equation", equation);
        for (int i = 0; i < shapes.length; i++) {
            check = i == 0 ? check.input(values(i, shapes[i])) : check.weight(values(i, shapes[i]));
        }
        check.forward().gradients();
    }
}
