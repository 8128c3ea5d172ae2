package dev.narrows.wire.codec;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the tensors of one cut cross a link: a codec for each tensor, under one name such as {@code q4}.
 *
 * @param name {@code raw}, {@code fp16}, {@code pcm16}, {@code q8}, {@code q6}, {@code q4}, {@code q2} or {@code
 *     bottleneck}
 * @param tensors a codec for each of the cut's tensors, in the cut's order
 */
public record CutCodec(String name, List<TensorCodec> tensors) {

    static final String NAME = "name";
    static final String TENSORS = "tensors";

    public CutCodec {
        tensors = List.copyOf(tensors);
    }

    /**
     * The tensors as they travel, in the cut's order.
     *
     * @throws InvalidException if one is missing, does not fit or cannot be coded
     */
    public List<WireTensor> encode(Map<String, Tensor> values) {
        List<WireTensor> coded = new ArrayList<>(tensors.size());
        for (TensorCodec codec : tensors) {
            Tensor value = values.get(codec.spec().name());
            if (value == null) {
                throw new InvalidException(
                        "tensor: \"" + codec.spec().name() + "\" missing (expected: " + names() + "), codec " + name);
            }
            coded.add(codec.encode(value));
        }
        return coded;
    }

    /**
     * The cut's tensors, by name.
     *
     * @throws InvalidException if one is missing, twice there or not of this cut
     * @throws dev.narrows.errors.MalformedException if one's bytes are no code
     */
    public Map<String, Tensor> decode(List<WireTensor> coded) {
        Map<String, WireTensor> byName = new LinkedHashMap<>();
        for (WireTensor tensor : coded) {
            if (byName.put(tensor.name(), tensor) != null) {
                throw new InvalidException(
                        "tensor: \"" + tensor.name() + "\" twice (expected: " + names() + "), codec " + name);
            }
        }
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (TensorCodec codec : tensors) {
            WireTensor tensor = byName.remove(codec.spec().name());
            if (tensor == null) {
                throw new InvalidException(
                        "tensor: \"" + codec.spec().name() + "\" missing (expected: " + names() + "), codec " + name);
            }
            values.put(tensor.name(), codec.decode(tensor));
        }
        if (!byName.isEmpty()) {
            throw new InvalidException(
                    "tensor: \"" + byName.keySet().iterator().next() + "\" (expected: " + names() + "), codec " + name);
        }
        return values;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (TensorCodec codec : tensors) {
            names.add(codec.spec().name());
        }
        return names;
    }

    /** What {@link Codecs#read} needs to make this codec again. */
    public JsonObject toJson() {
        JsonArray parts = new JsonArray();
        for (TensorCodec codec : tensors) {
            parts.add(codec.toJson());
        }
        JsonObject json = new JsonObject();
        json.addProperty(NAME, name);
        json.add(TENSORS, parts);
        return json;
    }

    /** The bytes of data in {@code coded}, headers apart: what a codec is compared by. */
    public static long dataBytes(List<WireTensor> coded) {
        long bytes = 0;
        for (WireTensor tensor : coded) {
            bytes += tensor.data().limit();
        }
        return bytes;
    }
}
