package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.WireTensor;

/**
 * How one tensor of a cut crosses a link. Immutable and thread-safe. Lossless or not, decoding is the same function of
 * the bytes on every machine.
 */
public interface TensorCodec {

    /** The tensor this codec is for; axis 0 counts items if its length is -1. */
    TensorSpec spec();

    /**
     * The tensor as it travels.
     *
     * @throws dev.narrows.errors.InvalidException if the value does not fit the spec, or cannot be coded (NaN,
     *     infinity in a quantising codec)
     */
    WireTensor encode(Tensor value);

    /**
     * The tensor from the bytes, with the spec's dtype.
     *
     * @throws dev.narrows.errors.MalformedException if the bytes are no code or their checksum is wrong
     * @throws dev.narrows.errors.InvalidException if datatype or shape do not fit
     */
    Tensor decode(WireTensor coded);

    /** What {@link Codecs#read} needs to make this codec again. */
    JsonObject toJson();
}
