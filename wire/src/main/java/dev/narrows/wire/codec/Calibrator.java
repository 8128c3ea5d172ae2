package dev.narrows.wire.codec;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Watches the tensors of one cut on sample items and makes the quantising codecs for it: ranges, and the integer
 * frequency tables of the entropy coder. Ranges come from all items; tables from all, or from evenly spaced ones where
 * a tensor's items together exceed 2²⁴ elements. The same items in the same order give the same codec. For one thread.
 */
public final class Calibrator {

    private final List<TensorSpec> cut;
    private final List<TensorSamples> samples = new ArrayList<>(); // of the quantised tensors only
    private boolean added;

    /**
     * A calibrator for a cut; float tensors will be quantised, others travel raw, and so do float tensors whose items
     * are no longer as they are than the shortest code.
     */
    public Calibrator(List<TensorSpec> cut) {
        this.cut = List.copyOf(cut);
    }

    /**
     * Adds the cut's tensors for one or more items.
     *
     * @throws InvalidException if a tensor is missing, does not fit its spec, or holds NaN or infinity
     */
    public void add(Map<String, Tensor> values) {
        if (samples.isEmpty()) {
            for (TensorSpec spec : cut) {
                if (quantised(spec)) {
                    samples.add(new TensorSamples(spec));
                }
            }
        }
        for (TensorSpec spec : cut) {
            if (!values.containsKey(spec.name())) {
                throw new InvalidException("tensor: \"" + spec.name() + "\" missing (expected: the cut's tensors)");
            }
        }
        for (TensorSamples tensor : samples) {
            Tensor value = values.get(tensor.spec().name());
            if (value != null) {
                added |= tensor.add(value);
            }
        }
        added |= samples.isEmpty();
    }

    /**
     * A codec from what was seen.
     *
     * @param name one of {@link Codecs#QUANTISING}
     * @throws InvalidException if nothing was added, or a tensor has an axis of unknown length beyond axis 0
     */
    public CutCodec build(String name) {
        if (!Codecs.QUANTISING.contains(name)) {
            throw new InvalidException("codec: \"" + name + "\" (expected: one of " + Codecs.QUANTISING + ")");
        }
        if (!added) {
            throw new InvalidException("items: 0 (expected: 1 or more), codec " + name);
        }
        int bits = Integer.parseInt(name.substring(1));
        List<TensorCodec> tensors = new ArrayList<>();
        int next = 0;
        for (TensorSpec spec : cut) {
            tensors.add(quantised(spec) ? samples.get(next++).codec(bits) : new RawCodec(spec));
        }
        return new CutCodec(name, tensors);
    }

    private static boolean quantised(TensorSpec spec) {
        if (!spec.dtype().isFloat()) {
            return false;
        }
        return (long) Layout.of(spec).elements() * spec.dtype().bytes() > QuantisedCodec.SHORTEST_BYTES;
    }
}
