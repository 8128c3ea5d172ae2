package dev.narrows.gradient;

import static dev.narrows.gradient.Integers.between;
import static dev.narrows.gradient.Integers.longs;
import static dev.narrows.gradient.OperatorCheck.positive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a scope is there for what it frees at its end
class ReductionsTest {

    private static final List<String> ALL = List.of(
            "ReduceSum",
            "ReduceMean",
            "ReduceMax",
            "ReduceMin",
            "ReduceProd",
            "ReduceL1",
            "ReduceL2",
            "ReduceSumSquare",
            "ReduceLogSum",
            "ReduceLogSumExp");

    private static final Tensor X = positive(1, 2, 3, 4);

    @Test
    void reduce_axesAsAttribute_isAsTheRuntimes() {
        for (String op : ALL) {
            long last = op.equals("ReduceSum") ? 12 : 17;
            for (long opset : new long[] {7, 11, last}) {
                for (long keeps = 0; keeps <= 1; keeps++) {
                    List<Long> axes = opset < 11 ? List.of(2L, 0L) : List.of(-1L, 0L); // negative since opset 11
                    OperatorCheck.of(op, opset)
                            .input(X)
                            .with("axes", axes)
                            .with("keepdims", keeps)
                            .forward()
                            .gradients();
                }
            }
        }
    }

    @Test
    void reduce_axesAsInput_isAsTheRuntimes() {
        for (String op : ALL) {
            for (Tensor axes : List.of(longs(-2), longs(2, 0), longs(0, 1, 2))) {
                for (long keeps = 0; keeps <= 1; keeps++) {
                    OperatorCheck.of(op, 18)
                            .input(X)
                            .weight(axes)
                            .with("keepdims", keeps)
                            .forward()
                            .gradients();
                }
            }
        }
        OperatorCheck.of("ReduceSum", 13).input(X).weight(longs(1)).forward().gradients();
        OperatorCheck.of("ReduceMax", 20).input(X).weight(longs(1)).forward().gradients();
    }

    @Test
    void reduce_noAxes_isOfAll() {
        for (String op : ALL) {
            OperatorCheck.of(op, 12).input(X).forward().gradients();
            OperatorCheck.of(op, 18).input(X).with("keepdims", 0).forward().gradients();
            OperatorCheck.of(op, 18).input(X).weight(longs()).forward();
        }
    }

    @Test
    void reduce_noAxesAndNoop_isAsTheRuntimes() {
        for (String op : ALL) {
            boolean signed = !op.equals("ReduceLogSum");
            OperatorCheck.of(op, 18)
                    .input(signed ? OperatorCheck.values(1, 3, 4) : X)
                    .with("noop_with_empty_axes", 1)
                    .forward()
                    .gradients();
            OperatorCheck.of(op, 18)
                    .input(X)
                    .weight(longs(1))
                    .with("noop_with_empty_axes", 1)
                    .forward();
        }
    }

    @Test
    void reduce_scalar_isAsTheRuntimes() {
        for (String op : ALL) {
            OperatorCheck.of(op, 18)
                    .input(Tensor.of(new float[] {1.5f}))
                    .forward()
                    .gradients();
        }
    }

    @Test
    void reduce_integers_stayOfTheirType() {
        for (String op : ALL) {
            for (DType type : Integers.TYPES) {
                if (type == DType.INT64
                        && List.of("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp")
                                .contains(op)) {
                    continue;
                }
                long least = op.startsWith("ReduceLog") ? 1 : -5;
                OperatorCheck.of(op, 18)
                        .input(between(1, least, 5, 3, 4).to(type))
                        .weight(longs(1))
                        .forward();
            }
        }
    }

    @Test
    void reduce_bytes_stayBytes() {
        for (String op : List.of("ReduceMax", "ReduceMin")) {
            OperatorCheck.of(op, 13)
                    .input(between(1, -5, 5, 3, 4).to(DType.INT8))
                    .forward();
            OperatorCheck.of(op, 13)
                    .input(between(1, 0, 200, 3, 4).to(DType.UINT8))
                    .forward();
        }
        OperatorCheck.of("ReduceMax", 20)
                .input(Integers.bools(1, 3, 4))
                .weight(longs(0))
                .forward();
    }

    @Test
    void reduceProd_withZeros_hasItsGradient() {
        OperatorCheck.of("ReduceProd", 18)
                .input(Tensor.of(new float[] {0, 2, 3, 0, 0, 4}, 2, 3))
                .weight(longs(1))
                .forward()
                .gradients();
    }

    @Test
    void reduceL2_ofZeros_hasAGradientOfZero() {
        OperatorCheck check = OperatorCheck.of("ReduceL2").weight(Tensor.of(new float[3], 3));
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            Map<String, org.bytedeco.pytorch.Tensor> outputs = network.forward(Map.of());
            outputs.values().iterator().next().sum().backward();
            network.parameters()
                    .values()
                    .forEach(weight ->
                            assertThat(Torch.toHost(weight.grad()).toFloats()).containsOnly(0));
        }
    }

    @Test
    void reduceLogSumExp_ofLargeValues_staysFinite() {
        OperatorCheck.of("ReduceLogSumExp", 18)
                .input(Tensor.of(new float[] {500, 501, -500, -501}, 2, 2))
                .weight(longs(1))
                .forward();
    }
}
