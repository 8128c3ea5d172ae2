package dev.narrows.plan;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.wire.bundle.Manifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights that several segments hold, laid out once in one file; each starts at a multiple of {@link #ALIGNMENT}
 * bytes, so that it may be mapped.
 *
 * @param entries where each weight lies
 * @param bytes the file's content
 */
public record SharedWeights(List<Manifest.SharedWeight> entries, ByteBuffer bytes) {

    /** Bytes; a cache line. */
    private static final int ALIGNMENT = 64;

    /**
     * Smaller ones are repeated in each segment: they are mostly shapes and axes, which the runtime wants to know while
     * it loads a network, and it does not look into external data for them.
     */
    private static final int LEAST_BYTES = 1024;

    public SharedWeights {
        entries = List.copyOf(entries);
        bytes = bytes.asReadOnlyBuffer();
    }

    /** Lays out those weights that are worth sharing; strings and small ones stay in their segments. */
    public static SharedWeights of(Map<String, ConstantTensor> shared) {
        List<Manifest.SharedWeight> entries = new ArrayList<>();
        long offset = 0;
        for (ConstantTensor weight : shared.values()) {
            int length = weight.data().remaining();
            if (!weight.strings().isEmpty() || length < LEAST_BYTES) {
                continue;
            }
            TensorSpec spec = new TensorSpec(weight.name(), Elements.dtype(weight.type()), weight.dims());
            entries.add(new Manifest.SharedWeight(weight.name(), spec, offset, length));
            offset = (offset + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        if (offset > Integer.MAX_VALUE) {
            throw new InvalidException("shared weights: " + offset + " bytes (expected: less than 2 GiB)");
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) offset);
        for (Manifest.SharedWeight entry : entries) {
            bytes.duplicate()
                    .position((int) entry.offset())
                    .put(weight(shared, entry).data());
        }
        return new SharedWeights(entries, bytes);
    }

    /** Where each of the weights that {@code segment} holds lies in {@code file}, for the writer. */
    public Map<String, OnnxWriter.Place> places(Network segment, String file) {
        Map<String, OnnxWriter.Place> places = new LinkedHashMap<>();
        for (Manifest.SharedWeight entry : entries) {
            if (segment.initializers().containsKey(entry.tensor())) {
                places.put(entry.tensor(), new OnnxWriter.Place(file, entry.offset(), entry.length()));
            }
        }
        return places;
    }

    /** The weights as tensors by name, for sessions that are opened from bytes. */
    public Map<String, Tensor> tensors(Map<String, ConstantTensor> shared) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Manifest.SharedWeight entry : entries) {
            tensors.put(entry.tensor(), Elements.tensor(weight(shared, entry)));
        }
        return tensors;
    }

    private static ConstantTensor weight(Map<String, ConstantTensor> shared, Manifest.SharedWeight entry) {
        ConstantTensor weight = shared.get(entry.tensor());
        if (weight == null) {
            throw new InvalidException("shared weight: \"" + entry.tensor() + "\" (expected: a weight of the network)");
        }
        return weight;
    }
}
