package dev.narrows.gradient;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** One step in time of a recurrent operator, in one direction. Equations and names as in ONNX's documentation. */
sealed interface Cell {

    /**
     * What every cell has.
     *
     * @param input W: (gates · hidden, features)
     * @param bias what is added to the projected input: (gates · hidden), or none
     * @param recurrent R, transposed: (hidden, gates · hidden)
     * @param hidden the length of the state
     */
    record Weights(Tensor input, TensorOptional bias, Tensor recurrent, long hidden) {}

    Weights weights();

    /** The new state, (batch, hidden), from the projected input, (batch, gates · hidden), and the state before. */
    Tensor step(Tensor projected, Tensor h);

    /** The inputs' part of the gates, of all times at once: (time, batch, gates · hidden). */
    default Tensor project(Tensor x) {
        return torch.linear(x, weights().input(), weights().bias());
    }

    /** Gates i, o, f, c; peepholes (3 · hidden) of i, o, f. Keeps the memory c between steps. */
    final class Lstm implements Cell {

        private final Weights weights;
        private final Optional<Tensor> peepholes;
        private Tensor memory;

        Lstm(Weights weights, Optional<Tensor> peepholes, Tensor memory) {
            this.weights = weights;
            this.peepholes = peepholes;
            this.memory = memory;
        }

        @Override
        public Weights weights() {
            return weights;
        }

        /** C as it is now: (batch, hidden). */
        Tensor memory() {
            return memory;
        }

        @Override
        public Tensor step(Tensor projected, Tensor h) {
            TensorVector gates = torch.addmm(projected, h, weights.recurrent()).split(weights.hidden(), 1);
            Tensor i = torch.sigmoid(peeped(gates.get(0), 0));
            Tensor f = torch.sigmoid(peeped(gates.get(2), 2));
            memory = f.mul(memory).add(i.mul(torch.tanh(gates.get(3))));
            Tensor o = torch.sigmoid(peeped(gates.get(1), 1)); // sees the new memory
            return o.mul(torch.tanh(memory));
        }

        private Tensor peeped(Tensor gate, int which) {
            return peepholes
                    .map(p -> gate.add(p.narrow(0, which * weights.hidden(), weights.hidden())
                            .mul(memory)))
                    .orElse(gate);
        }
    }

    /**
     * Gates z, r, h.
     *
     * @param resetLast ONNX's {@code linear_before_reset}: the reset gate acts on the product of the state
     * @param bias Rb, (3 · hidden), used only if the reset comes last
     */
    record Gru(Weights weights, boolean resetLast, Optional<Tensor> bias) implements Cell {

        @Override
        public Tensor step(Tensor projected, Tensor h) {
            long hidden = weights.hidden();
            TensorVector x = projected.split(hidden, 1);
            Tensor zr;
            Tensor candidate;
            if (resetLast) {
                Tensor product = bias.map(b -> torch.addmm(b, h, weights.recurrent()))
                        .orElseGet(() -> torch.matmul(h, weights.recurrent()));
                zr = torch.sigmoid(projected.narrow(1, 0, 2 * hidden).add(product.narrow(1, 0, 2 * hidden)));
                Tensor r = zr.narrow(1, hidden, hidden);
                candidate = torch.tanh(x.get(2).add(r.mul(product.narrow(1, 2 * hidden, hidden))));
            } else {
                Tensor ofGates = weights.recurrent().narrow(1, 0, 2 * hidden);
                Tensor ofCandidate = weights.recurrent().narrow(1, 2 * hidden, hidden);
                zr = torch.sigmoid(torch.addmm(projected.narrow(1, 0, 2 * hidden), h, ofGates));
                Tensor r = zr.narrow(1, hidden, hidden);
                candidate = torch.tanh(torch.addmm(x.get(2), r.mul(h), ofCandidate));
            }
            Tensor z = zr.narrow(1, 0, hidden);
            return candidate.add(z.mul(h.sub(candidate))); // (1 - z) · candidate + z · h
        }
    }

    /** One gate; tanh, or relu. */
    record Rnn(Weights weights, boolean relu) implements Cell {

        @Override
        public Tensor step(Tensor projected, Tensor h) {
            Tensor sum = torch.addmm(projected, h, weights.recurrent());
            return relu ? torch.relu(sum) : torch.tanh(sum);
        }
    }
}
