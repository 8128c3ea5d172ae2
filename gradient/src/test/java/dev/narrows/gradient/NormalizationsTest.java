package dev.narrows.gradient;

import static dev.narrows.gradient.OperatorCheck.positive;
import static dev.narrows.gradient.OperatorCheck.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class NormalizationsTest {

    private static OperatorCheck batch(long opset, Tensor x) {
        long channels = x.shape()[1];
        return OperatorCheck.of("BatchNormalization", opset)
                .input(x)
                .weight(values(2, channels))
                .weight(values(3, channels))
                .weight(values(4, channels))
                .weight(positive(5, channels));
    }

    @Test
    void batch_evaluated_isAsTheRuntimes() {
        for (Tensor x : List.of(values(1, 4, 3), values(1, 4, 3, 5), values(1, 2, 3, 4, 5), values(1, 2, 3, 4, 2, 2))) {
            for (long opset : List.of(7L, 9L, 14L, 15L, 17L)) {
                batch(opset, x).with("epsilon", 1e-3f).forward().gradients();
            }
        }
    }

    @Test
    void batch_inTraining_hasTheGradientsOfTheBatch() {
        batch(15, values(1, 4, 3)).training().gradients();
        batch(15, values(1, 2, 3, 4, 5)).training().gradients();
    }

    @Test
    void batch_inTraining_usesTheBatchAndMovesItsStatistics() {
        for (long opset : List.of(7L, 9L, 14L, 15L)) {
            Tensor x = values(1, 3, 2, 4);
            Network network = batch(opset, x).with("momentum", 0.7f).network();
            try (PointerScope scope = new PointerScope();
                    DifferentiableNetwork differentiable = DifferentiableNetwork.of(network)) {
                differentiable.training(true);
                Tensor y = Torch.toHost(get(run(differentiable, x), "y"));
                Network trained = differentiable.trained();
                for (int channel = 0; channel < 2; channel++) {
                    double mean = 0;
                    double square = 0;
                    for (int i = 0; i < 12; i++) {
                        double value = x.toFloats()[i / 4 * 8 + channel * 4 + i % 4];
                        mean += value / 12;
                        square += value * value / 12;
                    }
                    double variance = square - mean * mean;
                    double oldMean = weight(network, "w3", channel);
                    double oldVariance = weight(network, "w4", channel);
                    assertThat(weight(trained, "w3", channel)).isCloseTo(0.7 * oldMean + 0.3 * mean, within(1e-6));
                    assertThat(weight(trained, "w4", channel))
                            .isCloseTo(0.7 * oldVariance + 0.3 * variance, within(1e-6));
                    double expected = (x.toFloats()[channel * 4] - mean)
                                    / Math.sqrt(variance + 1e-5)
                                    * weight(network, "w1", channel)
                            + weight(network, "w2", channel);
                    assertThat((double) y.toFloats()[channel * 4]).isCloseTo(expected, within(1e-5));
                }
                assertThat(trained.initializers().get("w1"))
                        .isEqualTo(network.initializers().get("w1"));
            }
        }
    }

    @Test
    void batch_frozenOrEvaluated_keepsItsStatistics() {
        Tensor x = values(1, 3, 2, 4);
        Network network = batch(15, x).network();
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork differentiable = DifferentiableNetwork.of(network)) {
            Tensor evaluated = Torch.toHost(get(run(differentiable, x), "y"));
            assertThat(differentiable.trained().initializers()).isEqualTo(network.initializers());

            differentiable.training(true);
            differentiable.freeze(name -> true);
            Tensor frozen = Torch.toHost(get(run(differentiable, x), "y"));
            assertThat(frozen.maxAbsDifference(evaluated)).isZero();
            assertThat(differentiable.trained().initializers()).isEqualTo(network.initializers());

            differentiable.unfreeze(name -> true);
            run(differentiable, x);
            assertThat(differentiable.trained().initializers()).isNotEqualTo(network.initializers());
        }
    }

    @Test
    void batch_statisticsAsOutputs_areThoseThatMoved() {
        Tensor x = values(1, 3, 2, 4);
        Network network = batch(15, x)
                .with("training_mode", 1)
                .outputs("y", "mean", "variance")
                .network();
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork differentiable = DifferentiableNetwork.of(network)) {
            differentiable.training(true);
            Map<String, org.bytedeco.pytorch.Tensor> outputs = run(differentiable, x);
            Network trained = differentiable.trained();
            for (int channel = 0; channel < 2; channel++) {
                assertThat((double) Torch.toHost(get(outputs, "mean")).toFloats()[channel])
                        .isEqualTo(weight(trained, "w3", channel));
                assertThat((double) Torch.toHost(get(outputs, "variance")).toFloats()[channel])
                        .isEqualTo(weight(trained, "w4", channel));
            }
        }
    }

    @Test
    void batch_ofANodeForTraining_isAsTheRuntimesWithoutMoving() {
        for (long opset : List.of(14L, 15L)) {
            OperatorCheck check = batch(opset, values(1, 3, 2, 4, 5))
                    .with("training_mode", 1)
                    .with("momentum", 0.6f)
                    .outputs("y", "mean", "variance")
                    .forward();
            try (PointerScope scope = new PointerScope();
                    DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
                run(network, values(1, 3, 2, 4, 5));
                assertThat(network.trained().initializers())
                        .isEqualTo(check.network().initializers());
            }
        }
    }

    @Test
    void batch_statisticsOfNoInitializer_doNotMove() {
        Tensor x = values(1, 3, 2, 4);
        Network network = batch(15, x).network();
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        List<Node> nodes = new ArrayList<>();
        for (String name : List.of("w3", "w4")) {
            Attribute value = new Attribute.TensorValue(get(initializers, name));
            nodes.add(Node.of(name, "Constant", List.of(), List.of(name), Map.of("value", value)));
            initializers.remove(name);
        }
        nodes.addAll(network.nodes());
        Network constant = new Network(
                "constant",
                8,
                network.opsets(),
                network.inputs(),
                network.outputs(),
                nodes,
                initializers,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork differentiable = DifferentiableNetwork.of(constant)) {
            Tensor evaluated = Torch.toHost(get(run(differentiable, x), "y"));
            differentiable.training(true);
            for (int i = 0; i < 2; i++) {
                assertThat(Torch.toHost(get(run(differentiable, x), "y")).maxAbsDifference(evaluated))
                        .isZero();
            }
        }
    }

    private static Map<String, org.bytedeco.pytorch.Tensor> run(DifferentiableNetwork network, Tensor x) {
        return network.forward(Map.of("x0", Torch.of(x)));
    }

    private static <T> T get(Map<String, T> values, String name) {
        return Optional.ofNullable(values.get(name)).orElseThrow();
    }

    private static double weight(Network network, String name, int element) {
        return get(network.initializers(), name).data().asFloatBuffer().get(element);
    }

    @Test
    void batch_bySpatialPosition_isRefused() {
        OperatorCheck check = batch(7, values(1, 2, 3, 4)).with("spatial", 0);
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
            assertThatThrownBy(() -> run(network, values(1, 2, 3, 4)))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("spatial: 0 (expected: 1)");
        }
    }

    @Test
    void instance_anyAxes_isAsTheRuntimes() {
        for (Tensor x : List.of(values(1, 2, 3, 5), values(1, 2, 3, 4, 5), values(1, 2, 3, 2, 3, 2))) {
            OperatorCheck.of("InstanceNormalization")
                    .input(x)
                    .weight(values(2, 3))
                    .weight(values(3, 3))
                    .with("epsilon", 1e-3f)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void layer_anyAxis_isAsTheRuntimes() {
        Tensor x = values(1, 3, 4, 5);
        for (long axis : List.of(-1L, 1L, 2L, -2L)) {
            long[] part = axis == -1 || axis == 2 ? new long[] {5} : new long[] {4, 5};
            OperatorCheck.of("LayerNormalization")
                    .input(x)
                    .weight(values(2, part))
                    .weight(values(3, part))
                    .with("axis", axis)
                    .forward()
                    .gradients();
            OperatorCheck.of("LayerNormalization")
                    .input(x)
                    .weight(values(2, part))
                    .with("axis", axis)
                    .with("epsilon", 1e-2f)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void layer_scaleThatBroadcasts_isAsTheRuntimes() {
        OperatorCheck.of("LayerNormalization")
                .input(values(1, 3, 4, 5))
                .weight(values(2, 3, 1, 5))
                .weight(values(3, 3, 1, 5))
                .forward()
                .gradients();
    }

    @Test
    void layer_withItsStatistics_isAsTheRuntimes() {
        OperatorCheck.of("LayerNormalization")
                .input(values(1, 3, 4, 5))
                .weight(values(2, 4, 5))
                .weight(values(3, 4, 5))
                .with("axis", 1)
                .outputs("y", "mean", "inverse")
                .forward()
                .gradients();
    }

    @Test
    void group_byGroupAndByChannel_isAsTheRuntimes() {
        for (Tensor x : List.of(values(1, 2, 6, 5), values(1, 2, 6, 3, 4))) {
            OperatorCheck.of("GroupNormalization", 18)
                    .input(x)
                    .weight(values(2, 3))
                    .weight(values(3, 3))
                    .with("num_groups", 3)
                    .forward()
                    .gradients();
            OperatorCheck.of("GroupNormalization", 21)
                    .input(x)
                    .weight(values(2, 6))
                    .weight(values(3, 6))
                    .with("num_groups", 3)
                    .with("epsilon", 1e-3f)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void localResponse_oddSizes_isAsTheRuntimes() {
        for (long size : List.of(1L, 3L, 5L)) {
            OperatorCheck.of("LRN")
                    .input(values(1, 2, 6, 3, 4))
                    .with("size", size)
                    .with("alpha", 0.3f)
                    .with("beta", 0.6f)
                    .with("bias", 1.5f)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void norm_bothPowersAndAnyAxis_isAsTheRuntimes() {
        for (long p = 1; p <= 2; p++) {
            for (long axis : List.of(-1L, 0L, 1L)) {
                OperatorCheck.of("LpNormalization")
                        .input(values(1, 3, 4, 5))
                        .with("p", p)
                        .with("axis", axis)
                        .forward()
                        .gradients();
            }
            OperatorCheck.of("LpNormalization")
                    .input(Tensor.of(new float[6], 2, 3))
                    .with("p", p)
                    .forward();
        }
    }

    @Test
    void meanVariance_anyAxes_isAsTheRuntimes() {
        for (long opset : List.of(9L, 13L)) {
            OperatorCheck.of("MeanVarianceNormalization", opset)
                    .input(values(1, 2, 3, 4, 5))
                    .forward()
                    .gradients();
            OperatorCheck.of("MeanVarianceNormalization", opset)
                    .input(values(1, 2, 3, 4, 5))
                    .with("axes", List.of(0L, 1L, 2L, 3L))
                    .forward()
                    .gradients();
        }
    }
}
