package dev.narrows.train;

import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What sums of losses are made of. */
final class Terms {

    private Terms() {}

    static Tensor zero() {
        return torch.scalar_tensor(new Scalar(0.0));
    }

    /** A value that was asked for. */
    static Tensor get(Map<String, Tensor> made, String name) {
        Tensor value = made.get(name);
        if (value == null) {
            throw new IllegalStateException("no value \"" + name + "\"");
        }
        return value;
    }
}
