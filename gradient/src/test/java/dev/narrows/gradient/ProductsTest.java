package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.values;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Node;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProductsTest {

    @Test
    void matMul_matricesBatchesAndVectors_isAsTheRuntimes() {
        long[][][] shapes = {
            {{3, 4}, {4, 5}},
            {{2, 3, 4}, {4, 5}},
            {{3, 4}, {2, 4, 5}},
            {{2, 1, 3, 4}, {5, 4, 6}},
            {{2, 2, 3, 4}, {2, 2, 4, 3}},
            {{4}, {4, 5}},
            {{3, 4}, {4}},
            {{4}, {4}},
            {{4}, {2, 4, 3}},
            {{2, 3, 4}, {4}},
        };
        for (long[][] pair : shapes) {
            OperatorCheck.of("MatMul", 13)
                    .input(values(1, pair[0]))
                    .weight(values(2, pair[1]))
                    .forward()
                    .gradients();
        }
    }

    @Test
    void matMul_integers_isAsTheRuntimes() {
        for (DType type : List.of(DType.INT32, DType.INT64)) {
            OperatorCheck.of("MatMul", 9)
                    .input(values(1, 2, 3, 4).to(type))
                    .weight(values(2, 4, 5).to(type))
                    .forward(0);
        }
    }

    @Test
    void gemm_everyTransposition_isAsTheRuntimes() {
        for (long opset : List.of(7L, 9L, 11L, 13L)) {
            for (int flags = 0; flags < 4; flags++) {
                boolean a = (flags & 1) != 0;
                boolean b = (flags & 2) != 0;
                OperatorCheck.of("Gemm", opset)
                        .input(a ? values(1, 4, 3) : values(1, 3, 4))
                        .weight(b ? values(2, 5, 4) : values(2, 4, 5))
                        .weight(values(3, 5))
                        .with("transA", a ? 1 : 0)
                        .with("transB", b ? 1 : 0)
                        .forward()
                        .gradients();
            }
        }
    }

    @Test
    void gemm_scaledAndEverySummand_isAsTheRuntimes() {
        for (long[] summand : new long[][] {{}, {1}, {5}, {1, 5}, {3, 1}, {3, 5}}) {
            OperatorCheck.of("Gemm", 13)
                    .input(values(1, 3, 4))
                    .weight(values(2, 4, 5))
                    .weight(values(3, summand))
                    .with("alpha", 0.25f)
                    .with("beta", -1.5f)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void gemm_withoutSummand_isAsTheRuntimes() {
        OperatorCheck.of("Gemm", 11)
                .input(values(1, 3, 4))
                .weight(values(2, 4, 5))
                .with("alpha", 2f)
                .forward()
                .gradients();
    }

    /** Of two heads, with its scale and mask: softmax(QKᵀ / √d + mask) V. */
    @Test
    void attention_asExportersWriteIt_isAsTheRuntimes() {
        Tensor mask = Tensor.of(new float[] {0, -1e9f, -1e9f, 0, 0, -1e9f, 0, 0, 0}, 3, 3);
        OperatorCheck.ofNodes(
                        13,
                        Node.of("scores", "MatMul", List.of("x0", "x1"), List.of("s"), Map.of()),
                        Node.of("scaled", "Div", List.of("s", "w3"), List.of("d"), Map.of()),
                        Node.of("masked", "Add", List.of("d", "x4"), List.of("m"), Map.of()),
                        Node.of(
                                "softmax",
                                "Softmax",
                                List.of("m"),
                                List.of("p"),
                                Map.of("axis", new Attribute.IntValue(-1))),
                        Node.of("mixed", "MatMul", List.of("p", "x2"), List.of("y"), Map.of()))
                .input(values(1, 1, 2, 3, 4))
                .input(values(2, 1, 2, 4, 3))
                .input(values(3, 1, 2, 3, 4))
                .weight(Tensor.of(new float[] {2}))
                .input(mask)
                .forward()
                .gradients();
    }
}
