package dev.narrows.benchmarks;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.WireTensor;

/** Tensors out of responses, whatever their shapes. */
final class Tensors {

    private Tensors() {}

    static Tensor of(WireTensor tensor) {
        return tensor.toTensor(new TensorSpec(tensor.name(), Datatype.parse(tensor.datatype()), tensor.shape()));
    }
}
