package dev.narrows.wire.codec;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;

/** Checks that a tensor is the one a codec is for. */
final class Fit {

    private Fit() {}

    /** {@code value}, if it fits {@code spec}. */
    static Tensor require(Tensor value, TensorSpec spec) {
        if (!value.fits(spec)) {
            throw new InvalidException("tensor: " + value + " (expected: " + spec + ")");
        }
        return value;
    }

    /** The spec of the same tensor as another type. */
    static TensorSpec as(dev.narrows.engine.DType dtype, TensorSpec spec) {
        return new TensorSpec(spec.name(), dtype, spec.shape());
    }
}
