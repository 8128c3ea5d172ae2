package dev.narrows.wire.codec;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.util.List;
import java.util.Map;

/**
 * Watches the tensors of one cut on sample items and makes the quantising codecs for it: ranges, and the integer
 * frequency tables of the entropy coder.
 */
public final class Calibrator {

    /** A calibrator for a cut; float tensors will be quantised, others travel raw. */
    public Calibrator(List<TensorSpec> cut) {}

    /** Adds the cut's tensors for one or more items. */
    public void add(Map<String, Tensor> values) {
        throw new UnsupportedOperationException();
    }

    /**
     * A codec from what was seen.
     *
     * @param name one of {@link Codecs#QUANTISING}
     * @throws dev.narrows.errors.InvalidException if nothing was added, or a tensor has an axis of unknown length
     *     beyond axis 0
     */
    public CutCodec build(String name) {
        throw new UnsupportedOperationException();
    }
}
