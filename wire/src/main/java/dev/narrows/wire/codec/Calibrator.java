package dev.narrows.wire.codec;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Watches the tensors of one cut on sample items and makes the codecs for it that need calibration: ranges, and the
 * integer frequency tables of the entropy coder. Ranges come from all items; tables from all, or from evenly spaced ones where
 * a tensor's items together exceed 2²⁴ elements. The same items in the same order give the same codec. For one thread.
 */
public final class Calibrator {

    private final List<TensorSpec> cut;
    private final List<TensorSamples> samples = new ArrayList<>(); // of the quantised tensors only
    private final List<WholeSamples> whole = new ArrayList<>(); // of the floating-point tensors
    private boolean added;

    /**
     * A calibrator for a cut; float tensors will be quantised, others travel raw, and so do, but for {@link
     * Codecs#BOTTLENECK}, float tensors whose items are no longer as they are than the shortest code.
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
        if (samples.isEmpty() && whole.isEmpty()) {
            for (TensorSpec spec : cut) {
                if (quantised(spec)) {
                    samples.add(new TensorSamples(spec));
                }
                if (takesWhole(spec)) {
                    whole.add(new WholeSamples(spec));
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
        for (WholeSamples tensor : whole) {
            Tensor value = values.get(tensor.spec().name());
            if (value != null) {
                tensor.add(value);
            }
        }
        added |= samples.isEmpty();
    }

    /**
     * Why {@link Codecs#BOTTLENECK} cannot be built from what was seen: the first value that is no whole number of 0 to
     * 255, with its tensor. Empty if it can.
     */
    public Optional<String> noBottleneck() {
        if (whole.isEmpty()) {
            return Optional.of(
                    "tensors: none of floating point and with elements (expected: whole numbers), cut " + cut);
        }
        for (WholeSamples tensor : whole) {
            if (tensor.refusal().isPresent()) {
                return tensor.refusal();
            }
        }
        return Optional.empty();
    }

    /**
     * A codec from what was seen.
     *
     * @param name one of {@link Codecs#CALIBRATED}
     * @throws InvalidException if nothing was added, a tensor has an axis of unknown length beyond axis 0, or for {@link
     *     Codecs#BOTTLENECK} a value was no whole number of 0 to 255
     */
    public CutCodec build(String name) {
        if (!Codecs.CALIBRATED.contains(name)) {
            throw new InvalidException("codec: \"" + name + "\" (expected: one of " + Codecs.CALIBRATED + ")");
        }
        if (!added) {
            throw new InvalidException("items: 0 (expected: 1 or more), codec " + name);
        }
        if (name.equals(Codecs.BOTTLENECK)) {
            return bottleneck();
        }
        int bits = Integer.parseInt(name.substring(1));
        List<TensorCodec> tensors = new ArrayList<>();
        int next = 0;
        for (TensorSpec spec : cut) {
            tensors.add(quantised(spec) ? samples.get(next++).codec(bits) : new RawCodec(spec));
        }
        return new CutCodec(name, tensors);
    }

    private CutCodec bottleneck() {
        Optional<String> refusal = noBottleneck();
        if (refusal.isPresent()) {
            throw new InvalidException(refusal.get() + ", codec " + Codecs.BOTTLENECK);
        }
        List<TensorCodec> tensors = new ArrayList<>();
        int next = 0;
        for (TensorSpec spec : cut) {
            tensors.add(takesWhole(spec) ? whole.get(next++).codec() : new RawCodec(spec));
        }
        return new CutCodec(Codecs.BOTTLENECK, tensors);
    }

    private static boolean takesWhole(TensorSpec spec) {
        return spec.dtype().isFloat() && Layout.of(spec).elements() > 0;
    }

    private static boolean quantised(TensorSpec spec) {
        if (!spec.dtype().isFloat()) {
            return false;
        }
        return (long) Layout.of(spec).elements() * spec.dtype().bytes() > QuantisedCodec.SHORTEST_BYTES;
    }
}
