package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.at;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Node;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;

class QuantizationTest {

    private static final Node QUANTIZE =
            Node.of("quantize", "QuantizeLinear", List.of("x0", "w1", "w2"), List.of("q"), Map.of());
    private static final Node DEQUANTIZE =
            Node.of("dequantize", "DequantizeLinear", List.of("q", "w1", "w2"), List.of("y"), Map.of());

    private static Tensor floats(float... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor scalar(float value) {
        return Tensor.of(new float[] {value});
    }

    private static Tensor integers(DType type, float... values) {
        return floats(values).to(type);
    }

    private static Tensor integer(DType type, float value) {
        return scalar(value).to(type);
    }

    @Test
    void quantize_perTensor_isAsTheRuntimes() {
        Tensor x = floats(-30, -1.25f, -0.75f, -0.25f, 0, 0.25f, 0.75f, 1.25f, 30, 1e9f, Float.NEGATIVE_INFINITY);
        for (long opset : List.of(10L, 13L, 19L)) {
            for (DType type : List.of(DType.UINT8, DType.INT8)) {
                for (float zero : new float[] {0, 3, type == DType.UINT8 ? 200 : -100}) {
                    OperatorCheck.of("QuantizeLinear", opset)
                            .input(x)
                            .weight(scalar(0.5f))
                            .weight(integer(type, zero))
                            .forward(0);
                }
            }
            OperatorCheck.of("QuantizeLinear", opset)
                    .input(values(1, 3, 4))
                    .weight(scalar(0.1f))
                    .forward(0);
        }
    }

    @Test
    void quantize_perAxis_isAsTheRuntimes() {
        for (DType type : List.of(DType.UINT8, DType.INT8)) {
            for (long axis : List.of(1L, -2L)) {
                OperatorCheck.of("QuantizeLinear", 13)
                        .input(values(1, 2, 3, 5))
                        .weight(floats(0.01f, 0.02f, 0.05f))
                        .weight(integers(type, 3, 0, 100))
                        .with("axis", axis)
                        .forward(0);
            }
            OperatorCheck.of("QuantizeLinear", 13)
                    .input(values(1, 3, 2))
                    .weight(floats(0.01f, 0.02f, 0.05f))
                    .weight(integers(type, 3, 0, 100))
                    .with("axis", 0)
                    .forward(0);
        }
        OperatorCheck.of("QuantizeLinear", 13)
                .input(values(1, 2, 3, 5))
                .weight(floats(0.01f, 0.02f, 0.05f))
                .forward(0);
    }

    @Test
    void quantize_typesOfOpset21_isAsTheRuntimes() {
        OperatorCheck.of("QuantizeLinear", 21)
                .input(values(1, 3, 4))
                .weight(scalar(0.0001f))
                .weight(integer(DType.INT16, -7))
                .forward(0);
        for (long type : List.of(2L, 3L, 5L)) {
            OperatorCheck.of("QuantizeLinear", 21)
                    .input(values(1, 3, 4))
                    .weight(scalar(0.01f))
                    .with("output_dtype", type)
                    .forward(0);
        }
    }

    @Test
    void dequantize_perTensorAndPerAxis_isAsTheRuntimes() {
        for (DType type : List.of(DType.UINT8, DType.INT8)) {
            Tensor x = integers(type, 0, 1, 2, 50, 100, 127).reshape(3, 2);
            OperatorCheck.of("DequantizeLinear", 10)
                    .input(x)
                    .weight(scalar(0.3f))
                    .weight(integer(type, 17))
                    .forward();
            OperatorCheck.of("DequantizeLinear", 13)
                    .input(x)
                    .weight(scalar(0.3f))
                    .forward();
            OperatorCheck.of("DequantizeLinear", 13)
                    .input(x)
                    .weight(floats(0.3f, 0.7f))
                    .weight(integers(type, 17, 5))
                    .forward();
            OperatorCheck.of("DequantizeLinear", 21)
                    .input(x)
                    .weight(floats(0.3f, 0.7f, 0.1f))
                    .weight(integers(type, 17, 5, 90))
                    .with("axis", -2)
                    .forward();
        }
        OperatorCheck.of("DequantizeLinear", 13)
                .input(Tensor.of(new int[] {-123_456, 7, 1_000_000}, 3))
                .weight(scalar(0.001f))
                .forward();
    }

    @Test
    void dynamicQuantize_everyRange_isAsTheRuntimes() {
        for (Tensor x :
                List.of(values(1, 3, 4), floats(1, 2, 2.5f), floats(-3, -2, -1), floats(0, 0), floats(-1, 0.25f, 3))) {
            OperatorCheck.of("DynamicQuantizeLinear", 11)
                    .input(x)
                    .outputs("y", "scale", "zero")
                    .forward(1e-7);
        }
    }

    @Test
    void matMulInteger_everyZeroPoint_isAsTheRuntimes() {
        Tensor a = integers(DType.UINT8, 0, 1, 255, 3, 200, 7).reshape(2, 3);
        Tensor b = integers(DType.INT8, -128, 127, 3, 4, -5, 6).reshape(3, 2);
        OperatorCheck.of("MatMulInteger", 10).input(a).input(b).forward(0);
        OperatorCheck.of("MatMulInteger", 10)
                .input(a)
                .input(b)
                .weight(integer(DType.UINT8, 9))
                .forward(0);
        OperatorCheck.of("MatMulInteger", 10)
                .input(a)
                .weight(b)
                .weight(integer(DType.UINT8, 9))
                .weight(integers(DType.INT8, 3, -4))
                .forward(0);
    }

    @Test
    void convInteger_padsAndZeroPoints_isAsTheRuntimes() {
        OperatorCheck.of("ConvInteger", 10)
                .input(values(1, 1, 2, 5, 4).to(DType.UINT8))
                .weight(values(2, 3, 2, 3, 3).to(DType.UINT8))
                .weight(integer(DType.UINT8, 1))
                .weight(integer(DType.UINT8, 2))
                .with("pads", List.of(1L, 0L, 2L, 1L))
                .forward(0);
    }

    @Test
    void quantizeDequantize_gradient_passesRoundingAndStopsAtSaturation() {
        // At scale 0.5 and zero point 3: int8 saturates where it rounds below -65.5 or above 62.
        Tensor x = floats(-70, -65.5f, -1.3f, 0, 0.3f, 61.9f, 62.1f, 63, 1e8f);
        OperatorCheck check = roundTrip(x, scalar(0.5f), integer(DType.INT8, 3));
        check.forward();
        assertThat(gradient(check, x)).containsExactly(0, 1, 1, 1, 1, 1, 1, 0, 0);
    }

    /** Biases have 32 bits; ONNX has no QuantizeLinear to them, so that there is nothing of the runtime's to compare with. */
    @Test
    void quantizeDequantize_to32Bits_isOnTheGridAndPassesTheGradient() {
        Tensor x = floats(-1000.26f, 0.1f, 0.3f, 12345.8f, 1e10f);
        OperatorCheck check = roundTrip(x, scalar(0.5f), integer(DType.INT32, 0));
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            Map<String, org.bytedeco.pytorch.Tensor> values =
                    network.forward(Map.of("x0", Torch.of(x)), List.of("q", "y"));
            assertThat(Torch.toHost(at(values, "q")).dtype()).isEqualTo(DType.INT32);
            assertThat(Torch.toHost(at(values, "q")).toFloats()).containsExactly(-2001, 0, 1, 24692, 0x1.fffffep30f);
            assertThat(Torch.toHost(at(values, "y")).toFloats())
                    .containsExactly(-1000.5f, 0, 0.5f, 12346, 0x1.fffffep29f);
        }
        assertThat(gradient(check, x)).containsExactly(1, 1, 1, 1, 0);
    }

    @Test
    void quantizeDequantize_perAxisGradient_isOfEachAxisRange() {
        Tensor x = Tensor.of(new float[] {20, 20, -20, 5}, 2, 2);
        OperatorCheck check = roundTrip(x, floats(0.05f, 1f), integers(DType.UINT8, 0, 128));
        check.forward();
        assertThat(gradient(check, x)).containsExactly(0, 1, 0, 1);
    }

    @Test
    void quantize_fetched_isOfItsIntegerTypeAndWithoutGradient() {
        Tensor x = floats(-1, 0, 1);
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(
                        roundTrip(x, scalar(0.5f), integer(DType.INT8, 3)).network())) {
            org.bytedeco.pytorch.Tensor leaf = Torch.of(x);
            leaf.set_requires_grad(true);
            Map<String, org.bytedeco.pytorch.Tensor> values = network.forward(Map.of("x0", leaf), List.of("q", "y"));
            org.bytedeco.pytorch.Tensor q = at(values, "q");
            assertThat(q.requires_grad()).isFalse();
            assertThat(Torch.toHost(q).dtype()).isEqualTo(DType.INT8);
            assertThat(Torch.toHost(q).toFloats()).containsExactly(1, 3, 5);
        }
    }

    /** Esser et al. 2020: round(x / s) - x / s inside, the bound outside. */
    @Test
    void quantizeDequantize_scaleThatIsComputed_getsItsGradient() {
        Tensor x = floats(0.3f, 0.9f, -100, 100);
        OperatorCheck check = OperatorCheck.ofNodes(
                        13,
                        Node.of("quantize", "QuantizeLinear", List.of("x0", "x1", "w2"), List.of("q"), Map.of()),
                        Node.of("dequantize", "DequantizeLinear", List.of("q", "x1", "w2"), List.of("y"), Map.of()))
                .input(x)
                .input(scalar(0.5f))
                .weight(integer(DType.INT8, 0));
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            org.bytedeco.pytorch.Tensor scale = Torch.of(scalar(0.5f));
            scale.set_requires_grad(true);
            at(network.forward(Map.of("x0", Torch.of(x), "x1", scale)), "y")
                    .sum()
                    .backward();
            assertThat(scale.grad().item_double()).isCloseTo((1 - 0.6) + (2 - 1.8) - 128 + 127, within(1e-4));
        }
    }

    @Test
    void quantizeDequantize_ofWeights_trains() {
        Map<String, Attribute> none = Map.of();
        OperatorCheck check = OperatorCheck.ofNodes(
                        13,
                        Node.of("quantize", "QuantizeLinear", List.of("w1", "w2", "w3"), List.of("q"), none),
                        Node.of("dequantize", "DequantizeLinear", List.of("q", "w2", "w3"), List.of("d"), none),
                        Node.of("product", "MatMul", List.of("x0", "d"), List.of("y"), none))
                .input(values(1, 16, 3))
                .weight(values(2, 3, 2))
                .weight(scalar(0.05f))
                .weight(integer(DType.INT8, 0));
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            org.bytedeco.pytorch.Tensor x = Torch.of(values(1, 16, 3));
            org.bytedeco.pytorch.Tensor target = x.matmul(Torch.of(values(3, 3, 2)));
            assertThat(network.parameters()).containsOnlyKeys("w1");
            org.bytedeco.pytorch.Tensor weight = at(network.parameters(), "w1");
            for (int step = 0; step < 200; step++) {
                at(network.forward(Map.of("x0", x)), "y")
                        .sub(target)
                        .square()
                        .mean()
                        .backward();
                org.bytedeco.pytorch.Tensor change = weight.grad().mul(new Scalar(-0.1));
                weight.detach().add_(change);
                weight.grad().zero_();
            }
            double loss = at(network.forward(Map.of("x0", x)), "y")
                    .sub(target)
                    .square()
                    .mean()
                    .item_double();
            // Half a step of 0.05 at most in each weight, of three inputs of variance 4/3.
            assertThat(loss).isLessThan(3 * (4.0 / 3) * 0.025 * 0.025 * 2);
        }
    }

    @Test
    void quantizeDequantize_aroundMaxPool_passesTheGradient() {
        passes(Node.of("moving", "MaxPool", List.of("q"), List.of("m"), Map.of("kernel_shape", ints(2L))), 1, 1, 0, 1);
    }

    @Test
    void quantizeDequantize_aroundTranspose_passesTheGradient() {
        passes(
                Node.of("moving", "Transpose", List.of("q"), List.of("m"), Map.of("perm", ints(0L, 2L, 1L))),
                1,
                1,
                1,
                0);
    }

    /** x of 2, 1, -1 and 40, of which the last saturates: with the moving node's integers the runtime's own. */
    private static void passes(Node moving, float... gradient) {
        Tensor x = Tensor.of(new float[] {2, 1, -1, gradient[3] == 0 ? 4000 : 40}, 1, 1, 4);
        OperatorCheck check = OperatorCheck.ofNodes(
                        13,
                        QUANTIZE,
                        moving,
                        Node.of("dequantize", "DequantizeLinear", List.of("m", "w1", "w2"), List.of("y"), Map.of()))
                .input(x)
                .weight(scalar(0.5f))
                .weight(integer(DType.INT8, 3));
        check.forward();
        assertThat(gradient(check, x)).containsExactly(gradient);
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            assertThat(Torch.toHost(at(network.forward(Map.of("x0", Torch.of(x)), List.of("m")), "m"))
                            .dtype())
                    .isEqualTo(DType.INT8);
        }
    }

    /** As dynamically quantised networks are written; the rounding is passed, so the gradient is nearly the product's. */
    @Test
    void dynamicQuantize_throughMatMulInteger_passesTheGradient() {
        Tensor x = values(1, 2, 3);
        OperatorCheck check = OperatorCheck.ofNodes(
                        13,
                        Node.of("quantize", "DynamicQuantizeLinear", List.of("x0"), List.of("q", "s", "z"), Map.of()),
                        Node.of("product", "MatMulInteger", List.of("q", "w1", "z"), List.of("p"), Map.of()),
                        Node.of("float", "Cast", List.of("p"), List.of("f"), Map.of("to", new Attribute.IntValue(1))),
                        Node.of("scaled", "Mul", List.of("f", "s"), List.of("y"), Map.of()))
                .input(x)
                .weight(integers(DType.INT8, 1, -2, 3, 4, 5, -6).reshape(3, 2));
        check.forward();
        float[] gradient = gradient(check, x);
        float[] rows = {1 - 2, 3 + 4, 5 - 6, 1 - 2, 3 + 4, 5 - 6};
        float[] values = x.toFloats();
        for (int i = 0; i < rows.length; i++) {
            boolean end = values[i] == max(values) || values[i] == min(values); // moves the scale too
            if (!end) {
                assertThat(gradient[i]).isCloseTo(rows[i], within(1e-5f));
            }
        }
    }

    private static float max(float... values) {
        float max = values[0];
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    private static float min(float... values) {
        float min = values[0];
        for (float value : values) {
            min = Math.min(min, value);
        }
        return min;
    }

    private static Attribute ints(Long... values) {
        return new Attribute.Ints(List.of(values));
    }

    @Test
    void quantize_unusualUses_areRefusedByName() {
        refuses(
                OperatorCheck.of("QuantizeLinear", 21)
                        .input(values(1, 4, 4))
                        .weight(values(2, 2, 4))
                        .with("axis", 0)
                        .with("block_size", 2),
                "by block");
        refuses(
                OperatorCheck.of("QuantizeLinear", 21)
                        .input(values(1, 4))
                        .weight(scalar(1))
                        .with("output_dtype", 17),
                "output_dtype: 17");
    }

    private static void refuses(OperatorCheck check, String text) {
        assertThatThrownBy(check::gradients)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining(text);
    }

    private static OperatorCheck roundTrip(Tensor x, Tensor scale, Tensor zero) {
        return OperatorCheck.ofNodes(13, QUANTIZE, DEQUANTIZE)
                .input(x)
                .weight(scale)
                .weight(zero);
    }

    private static float[] gradient(OperatorCheck check, Tensor x) {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            org.bytedeco.pytorch.Tensor leaf = Torch.of(x);
            leaf.set_requires_grad(true);
            at(network.forward(Map.of("x0", leaf)), "y").sum().backward();
            return Torch.toHost(leaf.grad()).toFloats();
        }
    }
}
