package dev.narrows.gradient;

import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * An LSTM without peepholes in one direction, by libtorch's own, which takes a third of the loop's time (50 steps of 32
 * sequences, 32 features, 128 hidden, forward and backward on one thread: 5 ms instead of 17).
 *
 * @param sequence Y: (time, batch, hidden)
 * @param state Y_h: (batch, hidden)
 * @param memory Y_c: (batch, hidden)
 */
record FusedLstm(Tensor sequence, Tensor state, Tensor memory) {

    /** Whether oneDNN was found to have none for this processor. */
    private static final AtomicBoolean WITHOUT_ONEDNN = new AtomicBoolean(!OneDnn.knowsCaches());

    /**
     * Runs it.
     *
     * @param x (time, batch, features)
     * @param weights W and R as ONNX has them, (4 · hidden, features) and (4 · hidden, hidden), and with biases Wb and Rb
     * @param h the first state: (batch, hidden)
     * @param c the first memory: (batch, hidden)
     */
    static FusedLstm run(Tensor x, Tensor[] weights, Tensor h, Tensor c, boolean backwards) {
        TensorVector ordered = new TensorVector();
        for (Tensor weight : weights) {
            ordered.push_back(ordered(weight, h.size(1)));
        }
        Tensor input = backwards ? x.flip(0) : x;
        TensorVector first = new TensorVector(h.unsqueeze(0), c.unsqueeze(0));
        T_TensorTensorTensor_T result = lstm(input, first, ordered, weights.length == 4);
        Tensor sequence = result.get0();
        return new FusedLstm(
                backwards ? sequence.flip(0) : sequence,
                result.get1().squeeze(0),
                result.get2().squeeze(0));
    }

    /**
     * By oneDNN where it has an LSTM for the processor, as it has with AVX-512 (the one in libtorch 2.10 has none for AVX2
     * and fails), else by libtorch's own kernels.
     */
    private static T_TensorTensorTensor_T lstm(Tensor x, TensorVector first, TensorVector weights, boolean biases) {
        if (WITHOUT_ONEDNN.get()) {
            return withoutOneDnn(x, first, weights, biases);
        }
        try {
            return plain(x, first, weights, biases);
        } catch (RuntimeException e) {
            if (!String.valueOf(e.getMessage()).contains("primitive descriptor")) {
                throw e;
            }
            WITHOUT_ONEDNN.set(true);
            return withoutOneDnn(x, first, weights, biases);
        }
    }

    private static T_TensorTensorTensor_T withoutOneDnn(
            Tensor x, TensorVector first, TensorVector weights, boolean biases) {
        Context context = torch.globalContext();
        boolean before = context.userEnabledMkldnn();
        context.setUserEnabledMkldnn(false);
        try {
            return plain(x, first, weights, biases);
        } finally {
            context.setUserEnabledMkldnn(before);
        }
    }

    /** Its flag for training makes it keep what the gradient needs; there is no dropout within one layer. */
    private static T_TensorTensorTensor_T plain(Tensor x, TensorVector first, TensorVector weights, boolean biases) {
        return torch.lstm(x, first, weights, biases, 1, 0, true, false, false);
    }

    /** ONNX's gates i, o, f, c as libtorch's i, f, c, o. */
    private static Tensor ordered(Tensor weight, long hidden) {
        TensorVector gates = weight.split(hidden, 0);
        return torch.cat(new TensorVector(gates.get(0), gates.get(2), gates.get(3), gates.get(1)), 0);
    }
}
