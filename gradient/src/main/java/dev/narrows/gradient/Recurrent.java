package dev.narrows.gradient;

import dev.narrows.graph.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * LSTM, GRU and RNN, with their default activations (RNN also with Relu), in both directions, from given or zero states.
 *
 * <p>A loop over time in Java. All inputs are projected by one product before it, so that a step costs one product, of
 * the state, and a few functions element by element. An LSTM without peepholes goes to libtorch's ({@link FusedLstm});
 * libtorch knows no peepholes, and GRU only with {@code linear_before_reset}.
 */
final class Recurrent {

    private Recurrent() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("LSTM", call -> run(call, 4, List.of("sigmoid", "tanh", "tanh")));
        kernels.put("GRU", call -> run(call, 3, List.of("sigmoid", "tanh")));
        kernels.put("RNN", call -> run(call, 1, List.of("tanh")));
    }

    private static void run(Call call, int gates, List<String> defaults) {
        boolean batchFirst = call.integer("layout", 0) == 1;
        Tensor x = batchFirst ? call.input(0).transpose(0, 1) : call.input(0); // (time, batch, features) f32
        String direction = call.text("direction", "forward");
        int directions = direction.equals("bidirectional") ? 2 : 1;
        List<String> activations = activations(call, defaults, directions);
        require(call, x, activations, defaults, directions);

        TensorVector sequences = new TensorVector(); // by direction: (time, batch, hidden)
        TensorVector states = new TensorVector(); // by direction: (batch, hidden)
        TensorVector memories = new TensorVector();
        for (int d = 0; d < directions; d++) {
            boolean backwards = d == 1 || direction.equals("reverse");
            if (gates == 4 && !call.has(7)) {
                FusedLstm lstm = FusedLstm.run(
                        x,
                        weights(call, d),
                        state(call, 5, x, d, batchFirst),
                        state(call, 6, x, d, batchFirst),
                        backwards);
                sequences.push_back(lstm.sequence());
                states.push_back(lstm.state());
                memories.push_back(lstm.memory());
                continue;
            }
            Cell cell = cell(call, x, d, gates, batchFirst, activations);
            Tensor h = state(call, 5, x, d, batchFirst);
            TensorVector times = cell.project(x).unbind(0); // each (batch, gates · hidden)
            Tensor[] steps = new Tensor[(int) times.size()];
            for (int step = 0; step < steps.length; step++) {
                int time = backwards ? steps.length - 1 - step : step;
                h = cell.step(times.get(time), h);
                steps[time] = h;
            }
            sequences.push_back(torch.stack(new TensorVector(steps), 0));
            states.push_back(h);
            if (cell instanceof Cell.Lstm lstm) {
                memories.push_back(lstm.memory());
            }
        }

        int axis = batchFirst ? 1 : 0; // of the directions among the states' axes
        Tensor y = torch.stack(sequences, 1); // (time, directions, batch, hidden)
        call.output(batchFirst ? y.permute(2, 0, 1, 3) : y);
        call.output(torch.stack(states, axis));
        if (memories.size() > 0) {
            call.output(torch.stack(memories, axis));
        }
    }

    /** A direction's W and R, and Wb and Rb if there are biases. */
    private static Tensor[] weights(Call call, int d) {
        Tensor w = call.input(1).select(0, d);
        Tensor r = call.input(2).select(0, d);
        if (!call.has(3)) {
            return new Tensor[] {w, r};
        }
        Tensor biases = call.input(3).select(0, d);
        long half = w.size(0);
        return new Tensor[] {w, r, biases.narrow(0, 0, half), biases.narrow(0, half, half)};
    }

    private static Cell cell(Call call, Tensor x, int d, int gates, boolean batchFirst, List<String> activations) {
        Tensor input = call.input(1).select(0, d); // (gates · hidden, features)
        Tensor recurrent = call.input(2).select(0, d).t(); // (hidden, gates · hidden)
        long half = input.size(0);
        Optional<Tensor> ofInput =
                call.has(3) ? Optional.of(call.input(3).select(0, d).narrow(0, 0, half)) : Optional.empty();
        Optional<Tensor> ofState =
                call.has(3) ? Optional.of(call.input(3).select(0, d).narrow(0, half, half)) : Optional.empty();
        boolean resetLast = gates == 3 && call.integer("linear_before_reset", 0) != 0;
        // Where nothing comes between the two biases they are added once, before the loop.
        Optional<Tensor> before = resetLast ? ofInput : ofInput.map(bias -> bias.add(ofState.orElseThrow()));
        Cell.Weights weights = new Cell.Weights(
                input, before.map(TensorOptional::new).orElseGet(TensorOptional::new), recurrent, recurrent.size(0));
        if (gates == 4) {
            Optional<Tensor> peepholes = call.has(7) ? Optional.of(call.input(7).select(0, d)) : Optional.empty();
            return new Cell.Lstm(weights, peepholes, state(call, 6, x, d, batchFirst));
        }
        return gates == 3
                ? new Cell.Gru(weights, resetLast, ofState)
                : new Cell.Rnn(weights, activations.get(d).equals("relu"));
    }

    /** A direction's first state or memory: (batch, hidden). */
    private static Tensor state(Call call, int input, Tensor x, int d, boolean batchFirst) {
        return call.has(input)
                ? call.input(input).select(batchFirst ? 1 : 0, d)
                : x.new_zeros(x.size(1), call.input(2).size(2));
    }

    /** The functions of all directions, in lower case, for the runtime takes them in any. */
    private static List<String> activations(Call call, List<String> defaults, int directions) {
        List<String> otherwise = new ArrayList<>(); // one direction after the other
        for (int d = 0; d < directions; d++) {
            otherwise.addAll(defaults);
        }
        return call.node().attributes().get("activations") instanceof Attribute.Texts texts
                ? texts.values().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList()
                : otherwise;
    }

    private static void require(Call call, Tensor x, List<String> activations, List<String> defaults, int directions) {
        boolean plain = activations.size() == defaults.size() * directions;
        for (int i = 0; plain && i < activations.size(); i++) {
            String name = activations.get(i);
            plain = name.equals(defaults.get(i % defaults.size()))
                    || (call.node().opType().equals("RNN") && name.equals("relu"));
        }
        if (!plain) {
            throw call.unsupported("activations: " + activations + " (expected: the operator's own, " + defaults + ")");
        }
        if (call.hasAttribute("clip")) {
            throw call.unsupported("clip: " + call.real("clip", 0) + " (expected: absent)");
        }
        if (call.integer("input_forget", 0) != 0) {
            throw call.unsupported("input_forget: 1 (expected: 0)");
        }
        if (call.has(4)) {
            for (long length : call.longs(4)) {
                if (length != x.size(0)) {
                    throw call.unsupported(
                            "sequence_lens: " + length + " (expected: all of the whole length, " + x.size(0) + ")");
                }
            }
        }
    }
}
