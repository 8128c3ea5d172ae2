package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks; each operator by itself runs in mixed precision wherever {@link OperatorCheck} looks at it. */
class MixedPrecisionTest {

    private static final int STEPS = 40;

    /** A network with input x0 and output y, what it learns from, and the rate that it learns at. */
    record Case(String name, OperatorCheck network, double rate, Tensor input) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Node node(String output, String op, String... inputs) {
        return node(output, op, Map.of(), inputs);
    }

    private static Node node(String output, String op, Map<String, Attribute> attributes, String... inputs) {
        return Node.of(output, op, List.of(inputs), List.of(output), attributes);
    }

    private static Attribute ints(Long... values) {
        return new Attribute.Ints(List.of(values));
    }

    /** Weights of about 1 / √inputs. */
    private static Tensor weight(long seed, double scale, long... shape) {
        float[] values = OperatorCheck.values(seed, shape).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) scale;
        }
        return Tensor.of(values, shape);
    }

    static List<Case> cases() {
        OperatorCheck convolutional = OperatorCheck.ofNodes(
                        17,
                        node("c", "Conv", Map.of("pads", ints(1L, 1L, 1L, 1L)), "x0", "w1", "w2"),
                        node("n", "BatchNormalization", "c", "w3", "w4", "w5", "w6"),
                        node("r", "Relu", "n"),
                        node("p", "MaxPool", Map.of("kernel_shape", ints(2L, 2L), "strides", ints(2L, 2L)), "r"),
                        node("t", "ConvTranspose", Map.of("strides", ints(2L, 2L)), "p", "w7"),
                        node("g", "GlobalAveragePool", "t"),
                        node("f", "Flatten", "g"),
                        node("y", "Gemm", "f", "w8", "w9"))
                .input(OperatorCheck.values(1, 16, 3, 8, 8))
                .weight(weight(2, 0.3, 8, 3, 3, 3))
                .weight(weight(3, 0.1, 8))
                .weight(OperatorCheck.positive(4, 8))
                .weight(weight(5, 0.1, 8))
                .weight(weight(6, 0.1, 8))
                .weight(OperatorCheck.positive(7, 8))
                .weight(weight(8, 0.3, 8, 6, 2, 2))
                .weight(weight(9, 0.5, 6, 4))
                .weight(weight(10, 0.1, 4));
        OperatorCheck attention = OperatorCheck.ofNodes(
                        17,
                        node("n", "LayerNormalization", "x0", "w1", "w2"),
                        node("q", "MatMul", "n", "w3"),
                        node("k", "MatMul", "n", "w4"),
                        node("v", "MatMul", "n", "w5"),
                        node("kt", "Transpose", Map.of("perm", ints(0L, 2L, 1L)), "k"),
                        node("s", "MatMul", "q", "kt"),
                        node("scaled", "Mul", "s", "w6"),
                        node("a", "Softmax", "scaled"),
                        node("o", "MatMul", "a", "v"),
                        node("z", "Add", "x0", "o"),
                        node("m", "ReduceMean", Map.of("axes", ints(1L), "keepdims", new Attribute.IntValue(0)), "z"),
                        node("y", "Gemm", "m", "w7", "w8"))
                .input(OperatorCheck.values(11, 16, 6, 8))
                .weight(OperatorCheck.positive(12, 8))
                .weight(weight(13, 0.1, 8))
                .weight(weight(14, 0.3, 8, 8))
                .weight(weight(15, 0.3, 8, 8))
                .weight(weight(16, 0.3, 8, 8))
                .weight(Tensor.of(new float[] {0.35f}, 1))
                .weight(weight(17, 0.4, 8, 4))
                .weight(weight(18, 0.1, 4));
        return List.of(
                new Case("convolutions", convolutional, 0.2, OperatorCheck.values(32, 16, 3, 8, 8)),
                new Case("attention", attention, 0.2, OperatorCheck.values(32, 16, 6, 8)),
                recurrent("LSTM", 4),
                recurrent("GRU", 3));
    }

    private static Case recurrent(String op, long gates) {
        OperatorCheck network = OperatorCheck.ofNodes(
                        17,
                        Node.of(
                                "h",
                                op,
                                List.of("x0", "w1", "w2", "w3"),
                                List.of("", "h"),
                                Map.of("hidden_size", new Attribute.IntValue(8))),
                        node("s", "Squeeze", "h"),
                        node("y", "Gemm", "s", "w4", "w5"))
                .input(OperatorCheck.values(21, 5, 16, 6))
                .weight(weight(22, 0.4, 1, 8 * gates, 6))
                .weight(weight(23, 0.4, 1, 8 * gates, 8))
                .weight(weight(24, 0.1, 1, 16 * gates))
                .weight(weight(25, 0.5, 8, 4))
                .weight(weight(26, 0.1, 4));
        return new Case(op, network, 0.5, OperatorCheck.values(32, 5, 16, 6));
    }

    private static org.bytedeco.pytorch.Tensor loss(DifferentiableNetwork network, Tensor x, boolean mixed) {
        Map<String, org.bytedeco.pytorch.Tensor> feed = Map.of("x0", Torch.of(x));
        org.bytedeco.pytorch.Tensor y;
        if (mixed) {
            try (MixedPrecision precision = new MixedPrecision()) {
                y = OperatorCheck.at(network.forward(feed), "y");
            }
        } else {
            y = OperatorCheck.at(network.forward(feed), "y");
        }
        org.bytedeco.pytorch.Tensor wanted = Torch.of(weight(31, 0.5, 16, 4));
        return y.to(ScalarType.Float).sub(wanted).square().mean();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void loss_inMixedPrecision_isNearThatOfFloat32AndFalls(Case checked) {
        Tensor x = checked.input();
        double[] first = new double[2];
        double[] last = new double[2];
        for (int mixed = 0; mixed < 2; mixed++) {
            try (DifferentiableNetwork network =
                    DifferentiableNetwork.of(checked.network().network())) {
                network.training(true);
                for (int step = 0; step < STEPS; step++) {
                    last[mixed] = step(network, x, mixed == 1, checked.rate());
                    first[mixed] = step == 0 ? last[mixed] : first[mixed];
                }
            }
        }
        assertThat(first[1]).isCloseTo(first[0], within(0.02 * first[0]));
        assertThat(last[0]).isLessThan(0.8 * first[0]);
        assertThat(last[1]).as("after training").isCloseTo(last[0], within(0.1 * last[0]));
    }

    private static double step(DifferentiableNetwork network, Tensor x, boolean mixed, double rate) {
        try (PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor loss = loss(network, x, mixed);
            loss.backward();
            try (NoGradGuard guard = new NoGradGuard()) {
                network.parameters().forEach((name, parameter) -> {
                    assertThat(parameter.grad().defined())
                            .as("gradient of " + name)
                            .isTrue();
                    assertThat(parameter.scalar_type().intern()).isEqualTo(ScalarType.Float);
                    assertThat(parameter.grad().scalar_type().intern()).isEqualTo(ScalarType.Float);
                    parameter.sub_(parameter.grad().mul(new Scalar(rate)));
                    parameter.mutable_grad().zero_();
                });
            }
            return loss.item_double();
        }
    }

    private static final Network PRODUCT = OperatorCheck.of("MatMul")
            .input(OperatorCheck.values(41, 4, 8))
            .weight(OperatorCheck.values(42, 8, 3))
            .network();

    private static ScalarType typeOfProduct() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(PRODUCT)) {
            Map<String, org.bytedeco.pytorch.Tensor> feed = Map.of("x0", Torch.of(OperatorCheck.values(41, 4, 8)));
            return OperatorCheck.at(network.forward(feed), "y").scalar_type().intern();
        }
    }

    @Test
    void close_ofNestedOnes_endsWithTheOuter() {
        try (MixedPrecision outer = new MixedPrecision()) {
            try (MixedPrecision inner = new MixedPrecision()) {
                assertThat(typeOfProduct()).isEqualTo(ScalarType.BFloat16);
            }
            assertThat(typeOfProduct()).isEqualTo(ScalarType.BFloat16);
        }
        assertThat(typeOfProduct()).isEqualTo(ScalarType.Float);
        assertThat(torch.is_autocast_enabled(torch.DeviceType.CPU)).isFalse();
    }

    @Test
    void weights_thatChangeBetweenPasses_areLoweredAgain() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(PRODUCT)) {
            Map<String, org.bytedeco.pytorch.Tensor> feed = Map.of("x0", Torch.of(OperatorCheck.values(41, 4, 8)));
            Map<Integer, float[]> outputs = new LinkedHashMap<>();
            for (int pass = 0; pass < 2; pass++) {
                try (MixedPrecision precision = new MixedPrecision()) {
                    org.bytedeco.pytorch.Tensor y = OperatorCheck.at(network.forward(feed), "y");
                    outputs.put(pass, Torch.toHost(y.to(ScalarType.Float)).toFloats());
                }
                try (NoGradGuard guard = new NoGradGuard()) {
                    network.parameters().values().forEach(weight -> weight.mul_(new Scalar(2.0)));
                }
            }
            float[] first = outputs.getOrDefault(0, new float[0]);
            float[] second = outputs.getOrDefault(1, new float[0]);
            for (int i = 0; i < first.length; i++) {
                assertThat(second[i]).isEqualTo(2 * first[i]);
            }
        }
    }

    @Test
    void speedup_ofThisProcessor_isAPositiveNumber() {
        assertThat(MixedPrecision.speedup()).isPositive().isFinite();
    }
}
