package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.at;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class ActivationsTest {

    /** -6 to 6, so that every piece of a function is met; (shape) f32. */
    private static Tensor wide(long seed, long... shape) {
        float[] values = values(seed, shape).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= 3;
        }
        return Tensor.of(values, shape);
    }

    private static Tensor scalar(float value) {
        return Tensor.of(new float[] {value});
    }

    private static void agrees(OperatorCheck check) {
        check.input(wide(1, 3, 4, 5)).forward().gradients();
    }

    @Test
    void activation_withItsDefaults_isAsTheRuntimes() {
        for (String op : List.of(
                "Relu",
                "LeakyRelu",
                "Elu",
                "Selu",
                "ThresholdedRelu",
                "Sigmoid",
                "HardSigmoid",
                "Tanh",
                "Softplus",
                "Softsign",
                "Shrink")) {
            agrees(OperatorCheck.of(op, 10));
            agrees(OperatorCheck.of(op, 17));
        }
        agrees(OperatorCheck.of("Celu", 12));
        agrees(OperatorCheck.of("HardSwish", 14));
        agrees(OperatorCheck.of("Mish", 18));
        agrees(OperatorCheck.of("Gelu", 20));
    }

    @Test
    void activation_withItsAttributes_isAsTheRuntimes() {
        agrees(OperatorCheck.of("LeakyRelu").with("alpha", 0.3f));
        agrees(OperatorCheck.of("Elu").with("alpha", 0.7f));
        agrees(OperatorCheck.of("Selu").with("alpha", 1.2f).with("gamma", 0.8f));
        agrees(OperatorCheck.of("Celu").with("alpha", 2f));
        agrees(OperatorCheck.of("ThresholdedRelu").with("alpha", 0.4f));
        agrees(OperatorCheck.of("HardSigmoid").with("alpha", 0.4f).with("beta", 0.3f));
        agrees(OperatorCheck.of("Shrink").with("lambd", 1.5f).with("bias", 0.5f));
        agrees(OperatorCheck.of("Gelu", 20).with("approximate", "tanh"));
    }

    @Test
    void activation_farFromZero_staysFinite() {
        Tensor far = Tensor.of(new float[] {-1000, -100, -40, 0, 34, 36, 90, 1000}, 8);
        for (String op : List.of("Softplus", "Sigmoid", "Tanh", "Mish", "Elu", "Softsign")) {
            OperatorCheck.of(op, 18).input(far).forward();
        }
        OperatorCheck.of("Softplus").input(far).gradients();
    }

    @Test
    void pRelu_everySlope_isAsTheRuntimes() {
        for (long[] slope : new long[][] {{1}, {5}, {4, 1}, {1, 4, 1}, {3, 4, 5}}) {
            OperatorCheck.of("PRelu")
                    .input(wide(1, 3, 4, 5))
                    .weight(values(2, slope))
                    .forward()
                    .gradients();
        }
    }

    @Test
    void clip_byAttributes_isAsTheRuntimes() {
        for (long opset : List.of(7L, 10L)) {
            agrees(OperatorCheck.of("Clip", opset).with("min", -1f).with("max", 2f));
            agrees(OperatorCheck.of("Clip", opset).with("min", -1f));
            agrees(OperatorCheck.of("Clip", opset).with("max", 2f));
            agrees(OperatorCheck.of("Clip", opset));
        }
    }

    @Test
    void clip_byInputs_isAsTheRuntimes() {
        Tensor low = scalar(-1);
        Tensor high = scalar(2);
        for (long opset : List.of(11L, 12L, 13L)) {
            OperatorCheck.of("Clip", opset)
                    .input(wide(1, 3, 7))
                    .weight(low)
                    .weight(high)
                    .forward()
                    .gradients();
            OperatorCheck.of("Clip", opset)
                    .input(wide(1, 3, 7))
                    .weight(low)
                    .forward()
                    .gradients();
            OperatorCheck.of("Clip", opset)
                    .input(wide(1, 3, 7))
                    .none()
                    .weight(high)
                    .forward()
                    .gradients();
            OperatorCheck.of("Clip", opset).input(wide(1, 3, 7)).forward().gradients();
        }
        OperatorCheck.of("Clip", 13)
                .input(wide(1, 3, 7).to(DType.INT64))
                .weight(low.to(DType.INT64))
                .weight(high.to(DType.INT64))
                .forward(0);
    }

    @Test
    void softmax_beforeOpset13_joinsTheAxes() {
        for (String op : List.of("Softmax", "LogSoftmax")) {
            for (long opset : List.of(7L, 11L)) {
                agrees(OperatorCheck.of(op, opset));
                for (long axis : List.of(0L, 1L, 2L)) {
                    agrees(OperatorCheck.of(op, opset).with("axis", axis));
                }
            }
            agrees(OperatorCheck.of(op, 11).with("axis", -2));
        }
    }

    @Test
    void softmax_sinceOpset13_isOfOneAxis() {
        for (String op : List.of("Softmax", "LogSoftmax")) {
            agrees(OperatorCheck.of(op, 13));
            for (long axis : List.of(0L, 1L, 2L, -1L, -2L, -3L)) {
                agrees(OperatorCheck.of(op, 13).with("axis", axis));
            }
        }
    }

    @Test
    void dropout_notTraining_isTheIdentity() {
        OperatorCheck.of("Dropout", 10)
                .input(values(1, 3, 4))
                .with("ratio", 0.4f) // the runtime fills the mask since opset 12 only
                .forward(0)
                .gradients();
        OperatorCheck.of("Dropout", 13)
                .input(values(1, 3, 4))
                .weight(scalar(0.4f))
                .outputs("y", "mask")
                .forward(0)
                .gradients();
    }

    @Test
    void dropout_training_dropsByTheSeedAndKeepsTheMean() {
        float[] ones = new float[20_000];
        Arrays.fill(ones, 1f);
        OperatorCheck byAttribute = OperatorCheck.of("Dropout", 7)
                .input(Tensor.of(ones, ones.length))
                .with("ratio", 0.2f)
                .outputs("y", "mask");
        OperatorCheck byInput = OperatorCheck.of("Dropout", 13)
                .input(Tensor.of(ones, ones.length))
                .weight(scalar(0.2f))
                .outputs("y", "mask");
        for (OperatorCheck check : List.of(byAttribute, byInput)) {
            Map<String, Tensor> first = dropped(check, 5);
            float[] y = at(first, "y").toFloats();
            float[] mask = at(first, "mask").toFloats();
            double sum = 0;
            for (int i = 0; i < y.length; i++) {
                assertThat(y[i]).isCloseTo(mask[i] * 1.25f, within(1e-6f));
                sum += y[i];
            }
            // Four standard deviations of the mean of values of 0 and 1.25, of which 0.2 are 0.
            assertThat(sum / y.length).isCloseTo(1, within(4 * 0.5 / Math.sqrt(y.length)));
            assertThat(at(dropped(check, 5), "y").toFloats()).containsExactly(y);
            assertThat(at(dropped(check, 6), "y").toFloats()).isNotEqualTo(y);
        }
    }

    @Test
    void dropout_training_passesTheGradientOfWhatItKept() {
        OperatorCheck check = OperatorCheck.of("Dropout", 7)
                .input(values(1, 40))
                .with("ratio", 0.5f)
                .outputs("y", "m");
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            network.training(true);
            Torch.seed(3);
            org.bytedeco.pytorch.Tensor x = Torch.of(values(1, 40));
            x.set_requires_grad(true);
            Map<String, org.bytedeco.pytorch.Tensor> outputs = network.forward(Map.of("x0", x));
            at(outputs, "y").sum().backward();
            float[] mask = Torch.toHost(at(outputs, "m")).toFloats();
            for (int i = 0; i < mask.length; i++) {
                mask[i] *= 2;
            }
            assertThat(Torch.toHost(x.grad()).toFloats()).containsExactly(mask).contains(0f, 2f);
        }
    }

    private static Map<String, Tensor> dropped(OperatorCheck check, long seed) {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            network.training(true);
            Torch.seed(seed);
            float[] ones = new float[20_000];
            Arrays.fill(ones, 1f);
            Map<String, org.bytedeco.pytorch.Tensor> outputs =
                    network.forward(Map.of("x0", Torch.of(Tensor.of(ones, ones.length))));
            return Map.of("y", Torch.toHost(at(outputs, "y")), "mask", Torch.toHost(at(outputs, "mask")));
        }
    }
}
