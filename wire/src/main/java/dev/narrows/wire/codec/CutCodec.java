package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.wire.WireTensor;
import java.util.List;
import java.util.Map;

/**
 * How the tensors of one cut cross a link: a codec for each tensor, under one name such as {@code q4}.
 *
 * @param name {@code raw}, {@code fp16}, {@code pcm16}, {@code q8}, {@code q6}, {@code q4} or {@code q2}
 * @param tensors a codec for each of the cut's tensors, in the cut's order
 */
public record CutCodec(String name, List<TensorCodec> tensors) {

    public CutCodec {
        tensors = List.copyOf(tensors);
    }

    /** The tensors as they travel, in the cut's order. */
    public List<WireTensor> encode(Map<String, Tensor> values) {
        throw new UnsupportedOperationException();
    }

    /**
     * The cut's tensors, by name.
     *
     * @throws dev.narrows.errors.InvalidException if one is missing, twice there or not of this cut
     */
    public Map<String, Tensor> decode(List<WireTensor> coded) {
        throw new UnsupportedOperationException();
    }

    public JsonObject toJson() {
        throw new UnsupportedOperationException();
    }

    /** The bytes of data in {@code coded}, headers apart: what a codec is compared by. */
    public static long dataBytes(List<WireTensor> coded) {
        throw new UnsupportedOperationException();
    }
}
