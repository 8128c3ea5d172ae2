package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;

class TorchTest {

    @Test
    void toHost_thenChangedOrClosed_isACopy() {
        Tensor host;
        try (PointerScope scope = new PointerScope()) {
            org.bytedeco.pytorch.Tensor tensor = Torch.of(Tensor.of(new float[] {1, 2, 3}, 3));
            host = Torch.toHost(tensor);
            tensor.fill_(new Scalar(7.0));
        }
        assertThat(host.toFloats()).containsExactly(1, 2, 3);
    }
}
