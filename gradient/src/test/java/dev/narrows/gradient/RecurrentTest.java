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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class RecurrentTest {

    private static final Map<String, Integer> GATES = Map.of("LSTM", 4, "GRU", 3, "RNN", 1);
    private static final List<String> DIRECTIONS = List.of("forward", "reverse", "bidirectional");

    private static final int TIME = 3;
    private static final int BATCH = 2;
    private static final int FEATURES = 2;
    private static final int HIDDEN = 3;

    private static long directions(String direction) {
        return direction.equals("bidirectional") ? 2 : 1;
    }

    /** W and R of half the size of {@code values}, so that gates do not saturate. */
    private static OperatorCheck weighted(String op, String direction) {
        long rows = (long) at(GATES, op) * HIDDEN;
        return OperatorCheck.of(op, 14)
                .input(values(1, TIME, BATCH, FEATURES))
                .weight(halved(2, directions(direction), rows, FEATURES))
                .weight(halved(3, directions(direction), rows, HIDDEN))
                .with("hidden_size", HIDDEN)
                .with("direction", direction);
    }

    private static OperatorCheck named(OperatorCheck check, String op) {
        return op.equals("LSTM") ? check.outputs("y", "h", "c") : check.outputs("y", "h");
    }

    private static Tensor halved(long seed, long... shape) {
        float[] values = values(seed, shape).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] /= 2;
        }
        return Tensor.of(values, shape);
    }

    @Test
    void recurrent_inEveryDirectionWithoutBias_isAsTheRuntimes() {
        for (String op : List.of("LSTM", "GRU", "RNN")) {
            for (String direction : DIRECTIONS) {
                named(weighted(op, direction), op).forward().gradients();
            }
        }
    }

    @Test
    void recurrent_withBiasesAndInitialStates_isAsTheRuntimes() {
        for (String op : List.of("LSTM", "GRU", "RNN")) {
            for (String direction : DIRECTIONS) {
                long directions = directions(direction);
                OperatorCheck check = weighted(op, direction)
                        .weight(values(4, directions, 2L * at(GATES, op) * HIDDEN))
                        .none()
                        .input(values(5, directions, BATCH, HIDDEN));
                if (op.equals("LSTM")) {
                    check.input(values(6, directions, BATCH, HIDDEN));
                }
                named(check, op).forward().gradients();
            }
        }
    }

    @Test
    void gru_withResetBeforeAndAfter_isAsTheRuntimes() {
        for (long after : List.of(0L, 1L)) {
            for (String direction : DIRECTIONS) {
                weighted("GRU", direction)
                        .weight(values(4, directions(direction), 6 * HIDDEN))
                        .none()
                        .input(values(5, directions(direction), BATCH, HIDDEN))
                        .with("linear_before_reset", after)
                        .outputs("y", "h")
                        .forward()
                        .gradients();
            }
            weighted("GRU", "forward")
                    .with("linear_before_reset", after)
                    .forward()
                    .gradients();
        }
    }

    @Test
    void lstm_withPeepholes_isAsTheRuntimes() {
        for (String direction : DIRECTIONS) {
            long directions = directions(direction);
            weighted("LSTM", direction)
                    .weight(values(4, directions, 8 * HIDDEN))
                    .none()
                    .none()
                    .input(values(6, directions, BATCH, HIDDEN))
                    .weight(values(7, directions, 3 * HIDDEN))
                    .outputs("y", "h", "c")
                    .forward()
                    .gradients();
        }
    }

    /** In float32, where libtorch's own has other kernels than in float64: it without peepholes, our loop with such of 0. */
    @Test
    void lstm_withoutPeepholes_hasTheGradientsOfPeepholesOfZero() {
        for (String direction : DIRECTIONS) {
            long directions = directions(direction);
            List<float[]> gradients = new ArrayList<>();
            for (boolean peepholes : new boolean[] {false, true}) {
                OperatorCheck check = weighted("LSTM", direction)
                        .weight(values(4, directions, 8 * HIDDEN))
                        .outputs("y", "h", "c");
                if (peepholes) {
                    check.none().none().none().weight(Tensor.zeros(DType.FLOAT32, directions, 3 * HIDDEN));
                }
                try (PointerScope scope = new PointerScope();
                        DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
                    org.bytedeco.pytorch.Tensor x = Torch.of(values(1, TIME, BATCH, FEATURES));
                    x.set_requires_grad(true);
                    Map<String, org.bytedeco.pytorch.Tensor> outputs = network.forward(Map.of("x0", x));
                    at(outputs, "y")
                            .square()
                            .sum()
                            .add(at(outputs, "h").sum())
                            .add(at(outputs, "c").square().sum())
                            .backward();
                    gradients.add(Torch.toHost(x.grad()).toFloats());
                    for (String name : List.of("w1", "w2", "w3")) {
                        gradients.add(
                                Torch.toHost(at(network.parameters(), name).grad())
                                        .toFloats());
                    }
                }
            }
            for (int i = 0; i < 4; i++) {
                assertThat(gradients.get(i))
                        .as(direction + " " + i)
                        .containsExactly(gradients.get(4 + i), within(1e-5f));
            }
        }
    }

    @Test
    void lstm_onlyTheLastState_isAsTheRuntimes() {
        weighted("LSTM", "forward").outputs("", "h").forward().gradients();
        weighted("LSTM", "reverse").outputs("", "", "c").forward().gradients();
    }

    @Test
    void rnn_reluAndNamedActivations_isAsTheRuntimes() {
        weighted("RNN", "bidirectional")
                .attribute("activations", new Attribute.Texts(List.of("Relu", "Tanh")))
                .outputs("y", "h")
                .forward()
                .gradients();
        weighted("LSTM", "forward")
                .attribute("activations", new Attribute.Texts(List.of("Sigmoid", "Tanh", "Tanh")))
                .forward()
                .gradients();
    }

    @Test
    void recurrent_sequenceLengthsOfTheWholeTime_isAsTheRuntimes() {
        weighted("GRU", "forward")
                .none()
                .weight(Tensor.of(new int[] {TIME, TIME}, 2))
                .outputs("y", "h")
                .forward();
    }

    /** ONNX Runtime has no layout 1: against our own layout 0, which it confirms. */
    @Test
    void recurrent_batchFirst_isTheTransposed() {
        for (String op : List.of("LSTM", "GRU", "RNN")) {
            long rows = (long) at(GATES, op) * HIDDEN;
            Tensor w = halved(2, 2, rows, FEATURES);
            Tensor r = halved(3, 2, rows, HIDDEN);
            Tensor b = values(4, 2, 2 * rows);
            List<Tensor> operands =
                    List.of(values(1, TIME, BATCH, FEATURES), values(5, 2, BATCH, HIDDEN), values(6, 2, BATCH, HIDDEN));
            List<float[]> results = new ArrayList<>();
            for (long layout : List.of(0L, 1L)) {
                try (PointerScope scope = new PointerScope()) {
                    List<Tensor> given = operands.stream()
                            .map(operand -> layout == 0 ? operand : swapped(Torch.of(operand)))
                            .toList();
                    OperatorCheck check = OperatorCheck.of(op, 14)
                            .input(given.get(0))
                            .weight(w)
                            .weight(r)
                            .weight(b)
                            .none()
                            .input(given.get(1))
                            .with("hidden_size", HIDDEN)
                            .with("direction", "bidirectional")
                            .with("layout", layout);
                    if (op.equals("LSTM")) {
                        check.input(given.get(2));
                    }
                    named(check, op);
                    if (layout == 1) {
                        check.gradients();
                    }
                    try (DifferentiableNetwork network = DifferentiableNetwork.of(check.network())) {
                        Map<String, org.bytedeco.pytorch.Tensor> feed = new HashMap<>(Map.of(
                                "x0", Torch.of(given.get(0)),
                                "x5", Torch.of(given.get(1))));
                        feed.put("x6", Torch.of(given.get(2)));
                        network.forward(feed).forEach((name, tensor) -> {
                            // (batch, time, directions, hidden) as (time, directions, batch, hidden)
                            org.bytedeco.pytorch.Tensor alike = layout == 0
                                    ? tensor
                                    : name.equals("y") ? tensor.permute(1, 2, 0, 3) : tensor.transpose(0, 1);
                            results.add(Torch.toHost(alike).toFloats());
                        });
                    }
                }
            }
            int outputs = results.size() / 2;
            for (int i = 0; i < outputs; i++) {
                assertThat(results.get(outputs + i)).as(op + " output " + i).containsExactly(results.get(i));
            }
        }
    }

    private static Tensor swapped(org.bytedeco.pytorch.Tensor tensor) {
        return Torch.toHost(tensor.transpose(0, 1).contiguous());
    }

    @Test
    void recurrent_unusualUses_areRefusedByName() {
        refuses(
                weighted("LSTM", "forward")
                        .attribute("activations", new Attribute.Texts(List.of("HardSigmoid", "Tanh", "Tanh"))),
                "activations: [hardsigmoid, tanh, tanh]");
        refuses(weighted("GRU", "forward").with("clip", 3f), "clip: 3.0");
        refuses(weighted("LSTM", "forward").with("input_forget", 1), "input_forget: 1");
        refuses(weighted("RNN", "forward").none().weight(Tensor.of(new int[] {TIME, 2}, 2)), "sequence_lens: 2");
    }

    private static void refuses(OperatorCheck check, String text) {
        assertThatThrownBy(check::gradients)
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining(text)
                .hasMessageContaining("the node");
    }
}
