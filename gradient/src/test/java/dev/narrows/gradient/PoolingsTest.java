package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class PoolingsTest {

    /** By axes: an input, and the window's length, strides, dilations and pads for it. */
    private record Case(Tensor x, List<Long> kernel, List<Long> strides, List<Long> dilations, List<Long> pads) {

        OperatorCheck of(String op, long opset) {
            return OperatorCheck.of(op, opset)
                    .input(x)
                    .with("kernel_shape", kernel)
                    .with("strides", strides)
                    .with("pads", pads);
        }
    }

    private static final List<Case> CASES = List.of(
            new Case(values(1, 2, 3, 11), List.of(3L), List.of(2L), List.of(2L), List.of(1L, 2L)),
            new Case(values(2, 2, 3, 9, 8), List.of(3L, 2L), List.of(2L, 3L), List.of(1L, 2L), List.of(1L, 0L, 2L, 1L)),
            new Case(
                    values(3, 1, 2, 6, 5, 7),
                    List.of(2L, 3L, 2L),
                    List.of(2L, 1L, 2L),
                    List.of(2L, 1L, 1L),
                    List.of(0L, 1L, 0L, 1L, 1L, 1L)));

    @Test
    void maxPool_anyAxesPadsAndDilations_isAsTheRuntimes() {
        for (Case each : CASES) {
            for (long ceil = 0; ceil <= 1; ceil++) {
                each.of("MaxPool", 12)
                        .with("dilations", each.dilations())
                        .with("ceil_mode", ceil)
                        .forward(0)
                        .gradients();
                each.of("MaxPool", 17).with("ceil_mode", ceil).forward(0);
            }
            each.of("MaxPool", 8).forward(0);
        }
    }

    @Test
    void pools_defaultStridesAndSame_isAsTheRuntimes() {
        OperatorCheck.of("MaxPool")
                .input(values(1, 2, 3, 7, 6))
                .with("kernel_shape", List.of(2L, 3L))
                .forward(0)
                .gradients();
        for (String pad : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
            OperatorCheck.of("MaxPool")
                    .input(values(1, 1, 3, 7, 8))
                    .with("auto_pad", pad)
                    .with("kernel_shape", List.of(3L, 2L))
                    .with("strides", List.of(2L, 3L))
                    .forward(0)
                    .gradients();
            OperatorCheck.of("MaxPool")
                    .input(values(1, 1, 2, 5, 6, 7))
                    .with("auto_pad", pad)
                    .with("kernel_shape", List.of(3L, 2L, 2L))
                    .with("dilations", List.of(1L, 2L, 3L))
                    .with("strides", List.of(2L, 1L, 1L))
                    .forward(0);
            OperatorCheck.of("MaxPool")
                    .input(values(1, 1, 2, 7, 8))
                    .with("auto_pad", pad)
                    .with("kernel_shape", List.of(1L, 2L))
                    .with("strides", List.of(4L, 5L))
                    .forward(0);
            for (long counted = 0; counted <= 1; counted++) {
                OperatorCheck.of("AveragePool", 19)
                        .input(values(1, 1, 2, 7, 8))
                        .with("auto_pad", pad)
                        .with("kernel_shape", List.of(3L, 2L))
                        .with("dilations", List.of(2L, 2L))
                        .with("strides", List.of(1L, 5L))
                        .with("count_include_pad", counted)
                        .forward();
            }
        }
    }

    @Test
    void maxPool_indices_areTheRuntimes() {
        for (Case each : CASES) {
            for (long order = 0; order <= 1; order++) {
                each.of("MaxPool", 17)
                        .with("storage_order", order)
                        .with("dilations", each.dilations())
                        .outputs("y", "indices")
                        .forward(0);
            }
        }
    }

    @Test
    void averagePool_anyAxesAndPads_isAsTheRuntimes() {
        for (Case each : CASES) {
            for (long counted = 0; counted <= 1; counted++) {
                for (long ceil = 0; ceil <= 1; ceil++) {
                    each.of("AveragePool", 11)
                            .with("ceil_mode", ceil)
                            .with("count_include_pad", counted)
                            .forward()
                            .gradients();
                    each.of("AveragePool", 19)
                            .with("dilations", each.dilations())
                            .with("ceil_mode", ceil)
                            .with("count_include_pad", counted)
                            .forward()
                            .gradients();
                    each.of("AveragePool", 19)
                            .with("ceil_mode", ceil)
                            .with("count_include_pad", counted)
                            .forward();
                }
                each.of("AveragePool", 7).with("count_include_pad", counted).forward();
            }
        }
    }

    @Test
    void averagePool_same_isAsTheRuntimes() {
        for (String pad : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
            for (long counted = 0; counted <= 1; counted++) {
                OperatorCheck.of("AveragePool")
                        .input(values(1, 1, 3, 7, 8))
                        .with("auto_pad", pad)
                        .with("kernel_shape", List.of(3L, 2L))
                        .with("strides", List.of(2L, 3L))
                        .with("count_include_pad", counted)
                        .forward()
                        .gradients();
            }
        }
    }

    @Test
    void averagePool_ceilModeBeyondThePads_isAsTheRuntimes() {
        for (long opset : List.of(10L, 17L, 19L, 21L)) {
            for (long counted = 0; counted <= 1; counted++) {
                for (List<Long> pads : List.of(List.of(0L, 0L, 0L, 0L), List.of(1L, 0L, 0L, 1L))) {
                    OperatorCheck.of("AveragePool", opset)
                            .input(values(1, 1, 2, 8, 9))
                            .with("kernel_shape", List.of(3L, 3L))
                            .with("strides", List.of(2L, 4L))
                            .with("pads", pads)
                            .with("ceil_mode", 1)
                            .with("count_include_pad", counted)
                            .forward()
                            .gradients();
                }
            }
        }
    }

    @Test
    void lpPool_anyPower_isAsTheRuntimes() {
        for (Case each : CASES) {
            for (long p = 1; p <= 3; p++) {
                each.of("LpPool", 11).with("p", p).forward().gradients();
                each.of("LpPool", 18)
                        .with("p", p)
                        .with("dilations", each.dilations())
                        .forward()
                        .gradients();
            }
        }
    }

    @Test
    void globalPools_anyAxes_areAsTheRuntimes() {
        for (Case each : CASES) {
            for (String op : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
                OperatorCheck.of(op).input(each.x()).forward().gradients();
            }
            OperatorCheck.of("GlobalLpPool")
                    .input(each.x())
                    .with("p", 3)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void averagePool_withoutWindow_isInvalid() {
        OperatorCheck check = OperatorCheck.of("AveragePool").input(CASES.get(1).x());
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            assertThatThrownBy(() ->
                            network.forward(Map.of("x0", Torch.of(CASES.get(1).x()))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("kernel: 0 axes (expected: 2), node \"the node\" (AveragePool, opset 17)");
        }
    }

    @Test
    void maxPool_ofIntegers_isRefused() {
        OperatorCheck check = OperatorCheck.of("MaxPool")
                .input(Tensor.zeros(dev.narrows.engine.DType.INT8, 1, 1, 4))
                .with("kernel_shape", List.of(2L));
        assertThatThrownBy(check::forward)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("element type: Char")
                .hasMessageContaining("node \"the node\" (MaxPool, opset 17)");
    }
}
