package dev.narrows.device;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.Checksum;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.Parameters;
import dev.narrows.wire.WireTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Requests for one bundle, and the answers checked against them. Thread-safe. */
final class Messages {

    /** 64 bits of the hash tell a bundle from the one before it; the other 48 digits would cost 48 bytes an item. */
    private static final int HASH_DIGITS = 16;

    private final String model;
    private final String hash;
    private final List<TensorSpec> outputs;
    private final AtomicLong ids = new AtomicLong();

    Messages(String model, String hash, List<TensorSpec> outputs) {
        this.model = model;
        this.hash = hash;
        this.outputs = outputs;
    }

    String model() {
        return model;
    }

    String hash() {
        return hash;
    }

    /** A request to go on from {@code cut} with these coded tensors. */
    InferRequest request(String cut, String codec, List<WireTensor> coded, long remainingNanos) {
        Parameters parameters = Parameters.NONE
                .with(Parameters.CUT, cut)
                .with(Parameters.CODEC, codec)
                .with(Parameters.BUNDLE, hash.substring(0, Math.min(HASH_DIGITS, hash.length())))
                .with(Parameters.DEADLINE, Math.max(1L, remainingNanos / 1_000_000));
        InferRequest bare =
                new InferRequest(model, "", Long.toString(ids.incrementAndGet(), 36), parameters, coded, List.of());
        return Checksum.sign(bare);
    }

    /**
     * The outputs of an answer to {@code request}, in the network's order.
     *
     * @param items how many items were asked about; the length of axis 0 where that counts items
     * @throws dev.narrows.errors.MalformedException if the checksum is missing or wrong
     * @throws IncompatibleException if it answers something else
     * @throws InvalidException if an output's type, shape or size do not fit
     */
    Map<String, Tensor> outputs(InferRequest request, InferResponse response, long items) {
        Checksum.verify(response);
        if (!response.id().equals(request.id())) {
            throw new IncompatibleException(
                    "id of the answer: \"" + response.id() + "\" (expected: \"" + request.id() + "\")");
        }
        Map<String, WireTensor> byName = new LinkedHashMap<>();
        for (WireTensor output : response.outputs()) {
            byName.put(output.name(), output); // a response holds each name once
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (TensorSpec spec : outputs) {
            WireTensor output = byName.remove(spec.name());
            if (output == null) {
                throw new IncompatibleException("output \"" + spec.name() + "\": missing (expected: " + spec + ")");
            }
            Tensor tensor = output.toTensor(spec);
            if (countsItems(spec) && tensor.dim(0) != items) {
                throw new InvalidException(
                        "items: " + tensor.dim(0) + " (expected: " + items + "), output \"" + spec.name() + "\"");
            }
            tensors.put(spec.name(), tensor);
        }
        if (!byName.isEmpty()) {
            throw new IncompatibleException("outputs: " + byName.keySet() + " (expected: only those of the network)");
        }
        return tensors;
    }

    static boolean countsItems(TensorSpec spec) {
        return !spec.shape().isEmpty() && spec.shape().get(0) == -1;
    }
}
