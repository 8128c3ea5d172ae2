package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class DifferentiableNetworkTest {

    private static final long MEGABYTE = 1 << 20;
    private static final int BATCH = 64;
    private static final int HIDDEN = 256;

    /** Points of the plane: (64, 2) f32. */
    private static final Tensor POINTS = OperatorCheck.values(7, BATCH, 2);

    /** Whether each lies within a circle: (64, 1) f32. */
    private static Tensor labels() {
        float[] points = POINTS.toFloats();
        float[] labels = new float[BATCH];
        for (int i = 0; i < BATCH; i++) {
            labels[i] = Math.hypot(points[2 * i], points[2 * i + 1]) < 1.4 ? 1 : 0;
        }
        return Tensor.of(labels, BATCH, 1);
    }

    /** x → Gemm → BatchNormalization → Relu → Gemm → y. */
    private static Network twoLayers() {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weight(weights, "w1", OperatorCheck.values(1, 2, HIDDEN));
        weight(weights, "b1", OperatorCheck.values(2, HIDDEN));
        weight(weights, "scale", OperatorCheck.positive(3, HIDDEN));
        weight(weights, "bias", OperatorCheck.values(4, HIDDEN));
        weight(weights, "mean", OperatorCheck.values(5, HIDDEN));
        weight(weights, "variance", OperatorCheck.positive(6, HIDDEN));
        weight(weights, "w2", OperatorCheck.values(8, HIDDEN, 1));
        weight(weights, "b2", OperatorCheck.values(9, 1));
        return network(
                List.of(
                        node("Gemm", List.of("x", "w1", "b1"), "h"),
                        node("BatchNormalization", List.of("h", "scale", "bias", "mean", "variance"), "n"),
                        node("Relu", List.of("n"), "r"),
                        node("Gemm", List.of("r", "w2", "b2"), "y")),
                weights);
    }

    private static void weight(Map<String, ConstantTensor> weights, String name, Tensor value) {
        weights.put(name, OperatorCheck.constant(name, value));
    }

    private static Node node(String op, List<String> inputs, String output) {
        return Node.of("the " + op + " of " + output, op, inputs, List.of(output), Map.of());
    }

    private static Network network(List<Node> nodes, Map<String, ConstantTensor> weights) {
        return new Network(
                "two layers",
                8,
                List.of(new OpsetImport("", 17)),
                List.of(ValueInfo.of("x", TensorType.of(ElementType.FLOAT, List.of(Dim.of(BATCH), Dim.of(2))))),
                List.of(new ValueInfo("y", Optional.empty(), "", Encoded.NONE)),
                nodes,
                weights,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    /** One step of plain gradient descent on the cross-entropy, which it returns. */
    private static double step(DifferentiableNetwork network, Tensor labels, double rate) {
        try (PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor y = run(network, "y");
            org.bytedeco.pytorch.Tensor loss = torch.binary_cross_entropy_with_logits(y, Torch.of(labels));
            loss.backward();
            try (NoGradGuard guard = new NoGradGuard()) {
                network.parameters().values().forEach(parameter -> {
                    parameter.sub_(parameter.grad().mul(new Scalar(rate)));
                    parameter.mutable_grad().zero_();
                });
            }
            return loss.item_float();
        }
    }

    private static org.bytedeco.pytorch.Tensor run(DifferentiableNetwork network, String value) {
        return get(network.forward(Map.of("x", Torch.of(POINTS)), Set.of(value)), value);
    }

    private static <T> T get(Map<String, T> values, String name) {
        return Optional.ofNullable(values.get(name)).orElseThrow();
    }

    private static Tensor inTheRuntime(Network network) {
        try (Session session = Session.open("trained", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            return get(session.run(Map.of("x", POINTS)), "y");
        }
    }

    @Test
    void step_thirtyTimes_lowersTheLossAndTrainedEqualsTheTrainer() {
        Network before = twoLayers();
        try (DifferentiableNetwork network = DifferentiableNetwork.of(before)) {
            network.training(true);
            List<Double> losses = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                losses.add(step(network, labels(), 0.03));
            }
            assertThat(losses.get(29)).as("of " + losses).isLessThan(losses.get(0) / 4);

            network.training(false);
            Network trained = network.trained();
            try (PointerScope scope = new PointerScope()) {
                Tensor ours = Torch.toHost(run(network, "y"));
                assertThat(inTheRuntime(trained).maxAbsDifference(ours)).isLessThan(1e-5);
                assertThat(inTheRuntime(before).maxAbsDifference(ours)).isGreaterThan(0.1);
            }
            assertThat(trained.nodes()).isEqualTo(before.nodes());
            before.initializers()
                    .forEach((name, weight) -> assertThat(get(trained.initializers(), name))
                            .as(name)
                            .isNotEqualTo(weight));
        }
    }

    @Test
    void training_ofSomeNodes_leavesTheOthersAsTheyAnswer() {
        Network before = twoLayers();
        try (DifferentiableNetwork network = DifferentiableNetwork.of(before);
                PointerScope scope = new PointerScope()) {
            Tensor evaluated = Torch.toHost(run(network, "n"));
            network.training(node -> !node.is("BatchNormalization"));
            assertThat(Torch.toHost(run(network, "n")).maxAbsDifference(evaluated))
                    .isZero();
            assertThat(network.trained().initializers()).isEqualTo(before.initializers());

            network.training(node -> node.is("BatchNormalization"));
            assertThat(Torch.toHost(run(network, "n")).maxAbsDifference(evaluated))
                    .isGreaterThan(0.1);
            assertThat(get(network.trained().initializers(), "mean")).isNotEqualTo(get(before.initializers(), "mean"));
        }
    }

    @Test
    void step_ofTwoEqualNetworks_isTheSameBitByBit() {
        Torch.threads(1);
        List<Network> trained = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
                network.training(true);
                for (int i = 0; i < 5; i++) {
                    step(network, labels(), 0.03);
                }
                trained.add(network.trained());
            }
        }
        assertThat(trained.get(0).initializers()).isEqualTo(trained.get(1).initializers());
    }

    @Test
    void freeze_firstLayer_changesTheSecondOnlyUntilUnfrozen() {
        Network before = twoLayers();
        try (DifferentiableNetwork network = DifferentiableNetwork.of(before)) {
            assertThat(network.parameters()).containsOnlyKeys("w1", "b1", "scale", "bias", "w2", "b2");
            network.training(true);
            network.freeze(name -> !name.endsWith("2"));
            assertThat(network.parameters()).containsOnlyKeys("w2", "b2");
            step(network, labels(), 0.03);
            Network half = network.trained();
            half.initializers().forEach((name, weight) -> {
                boolean same = weight.equals(get(before.initializers(), name));
                assertThat(same).as(name).isEqualTo(!name.endsWith("2"));
            });

            network.unfreeze(name -> name.equals("w1"));
            assertThat(network.parameters()).containsOnlyKeys("w1", "w2", "b2");
            step(network, labels(), 0.03);
            Map<String, ConstantTensor> after = network.trained().initializers();
            assertThat(get(after, "w1")).isNotEqualTo(get(half.initializers(), "w1"));
            assertThat(get(after, "b1")).isEqualTo(get(half.initializers(), "b1"));
        }
    }

    @Test
    void freeze_everything_recordsNoGradient() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            assertThat(run(network, "y").requires_grad()).isTrue();
            network.freeze(name -> true);
            assertThat(network.parameters()).isEmpty();
            assertThat(run(network, "y").requires_grad()).isFalse();
        }
    }

    @Test
    void forward_innerValue_isTheLayersOutput() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            Tensor normalized = Torch.toHost(run(network, "n"));
            float[] rectified = Torch.toHost(run(network, "r")).toFloats();
            assertThat(normalized.shape()).containsExactly(BATCH, HIDDEN);
            for (int i = 0; i < rectified.length; i++) {
                assertThat(rectified[i]).isEqualTo(Math.max(0, normalized.toFloats()[i]));
            }
        }
    }

    @Test
    void forward_whatIsMissing_isNamed() {
        try (DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            assertThatThrownBy(() -> network.forward(Map.of()))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("input: missing (expected: given), tensor \"x\"");
            try (PointerScope scope = new PointerScope()) {
                assertThatThrownBy(() -> run(network, "z"))
                        .isInstanceOf(InvalidException.class)
                        .hasMessageContaining("value: no such")
                        .hasMessageContaining("\"z\"");
            }
        }
    }

    @Test
    void forward_wrongShape_namesTheNode() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            assertThatThrownBy(() -> network.forward(Map.of("x", Torch.of(OperatorCheck.values(1, BATCH, 3)))))
                    .isInstanceOf(InvalidException.class)
                    .hasMessageContaining("node \"the Gemm of h\" (Gemm, opset 17)");
        }
    }

    @Test
    void of_operatorsThatAreMissing_namesAllOfThem() {
        Network network = network(
                List.of(
                        node("NonMaxSuppression", List.of("x"), "a"),
                        node("Relu", List.of("a"), "b"),
                        node("TfIdfVectorizer", List.of("b"), "c"),
                        node("NonMaxSuppression", List.of("c"), "y")),
                Map.of());
        assertThatThrownBy(() -> DifferentiableNetwork.of(network))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageEndingWith("first at node \"the NonMaxSuppression of a\" (NonMaxSuppression, opset 17); "
                        + "node \"the TfIdfVectorizer of c\" (TfIdfVectorizer, opset 17)");
    }

    @Test
    void state_isAllThatTrainingMoves_andCanBeWritten() {
        Network before = twoLayers();
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(before);
                NoGradGuard guard = new NoGradGuard()) {
            assertThat(network.state()).containsOnlyKeys("w1", "b1", "scale", "bias", "mean", "variance", "w2", "b2");
            get(network.state(), "mean").fill_(new Scalar(3.0));
            get(network.state(), "w2").detach().fill_(new Scalar(4.0));
            Map<String, ConstantTensor> after = network.trained().initializers();
            assertThat(get(after, "mean").data().getFloat(4 * (HIDDEN - 1))).isEqualTo(3);
            assertThat(get(after, "w2").data().getFloat(0)).isEqualTo(4);
            assertThat(get(after, "w1")).isEqualTo(get(before.initializers(), "w1"));
        }
    }

    @Test
    void forward_withAReplacement_usersAndResultSeeIt() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            Map<String, org.bytedeco.pytorch.Tensor> plain =
                    network.forward(Map.of("x", Torch.of(POINTS)), Set.of("r", "y"));
            Map<String, org.bytedeco.pytorch.Tensor> replaced = network.forward(
                    Map.of("x", Torch.of(POINTS)),
                    Set.of("r", "y"),
                    Map.of("r", r -> r.mul(new Scalar(0.5)), "y", y -> y.add(new Scalar(1.0))));
            assertThat(Torch.toHost(get(replaced, "r")).toFloats())
                    .isEqualTo(
                            Torch.toHost(get(plain, "r").mul(new Scalar(0.5))).toFloats());
            org.bytedeco.pytorch.Tensor bias = get(network.parameters(), "b2");
            org.bytedeco.pytorch.Tensor expected =
                    get(plain, "y").sub(bias).mul(new Scalar(0.5)).add(bias).add(new Scalar(1.0));
            assertThat(Torch.toHost(get(replaced, "y")).maxAbsDifference(Torch.toHost(expected)))
                    .isLessThan(1e-4);
            get(replaced, "y").sum().backward();
            assertThat(get(network.parameters(), "w1").grad().defined()).isTrue();
        }
    }

    @Test
    void forward_withAReplacementThatCutsTheGradient_leavesNoneBefore() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            get(
                            network.forward(
                                    Map.of("x", Torch.of(POINTS)),
                                    Set.of("y"),
                                    Map.of("r", org.bytedeco.pytorch.Tensor::detach)),
                            "y")
                    .sum()
                    .backward();
            assertThat(get(network.parameters(), "w1").grad().defined()).isFalse();
            assertThat(get(network.parameters(), "w2").grad().defined()).isTrue();
        }
    }

    @Test
    void forward_withAReplacementOfNothing_isRefused() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            assertThatThrownBy(() -> network.forward(
                            Map.of("x", Torch.of(POINTS)), Set.of("y"), Map.of("z", value -> value, "r", r -> r)))
                    .isInstanceOf(InvalidException.class)
                    .hasMessage("replaced values: [z] (expected: made by nodes)");
        }
    }

    @Test
    void trained_ofKernelsWithChannelsLast_isAsTheFileHasThem() {
        Map<String, ConstantTensor> weights = new LinkedHashMap<>();
        weight(weights, "w", OperatorCheck.values(1, 3, 2, 3, 4));
        Network network = network(List.of(node("Conv", List.of("x", "w"), "y")), weights);
        try (DifferentiableNetwork differentiable = DifferentiableNetwork.of(network)) {
            assertThat(differentiable.trained().initializers()).isEqualTo(weights);
        }
    }

    @Test
    void forward_ofMapsWithChannelsLast_isAsTheRuntimes() {
        for (Node last : List.of(
                node("Flatten", List.of("c"), "y"),
                Node.of("t", "Transpose", List.of("c"), List.of("y"), Map.of()),
                node("Softmax", List.of("c"), "y"),
                Node.of(
                        "d",
                        "DepthToSpace",
                        List.of("c"),
                        List.of("y"),
                        Map.of("blocksize", new Attribute.IntValue(2))),
                node("GlobalAveragePool", List.of("c"), "y"))) {
            OperatorCheck.ofNodes(17, node("Conv", List.of("x0", "w1"), "c"), last)
                    .input(OperatorCheck.values(2, 2, 3, 5, 6))
                    .weight(OperatorCheck.values(3, 4, 3, 2, 3))
                    .forward()
                    .gradients();
        }
    }

    @Test
    void step_tenThousandTimesInScopes_holdsMemory() {
        // A leak of one hidden layer a step would be 64 kB × 10,000 = 655 MB; the wrappers that javacpp counts would
        // grow by 10,000.
        Tensor labels = labels();
        try (DifferentiableNetwork network = DifferentiableNetwork.of(twoLayers())) {
            network.training(true);
            for (int i = 0; i < 300; i++) {
                step(network, labels, 0.01);
            }
            System.gc();
            long before = Pointer.physicalBytes();
            long wrappers = Pointer.totalCount();
            for (int i = 0; i < 10_000; i++) {
                step(network, labels, 0.01);
            }
            assertThat(Pointer.physicalBytes() - before).isLessThan(40 * MEGABYTE);
            assertThat(Pointer.totalCount()).isEqualTo(wrappers);
        }
    }
}
