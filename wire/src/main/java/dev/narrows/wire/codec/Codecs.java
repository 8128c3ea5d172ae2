package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.TensorSpec;
import java.util.List;

/** The codecs by name, and codecs read from a bundle. */
public final class Codecs {

    /** The names of the quantising codecs, which need calibration; the digit is bits a symbol before entropy coding. */
    public static final List<String> QUANTISING = List.of("q8", "q6", "q4", "q2");

    private Codecs() {}

    /** Each tensor as it is. Needs no calibration. */
    public static CutCodec raw(List<TensorSpec> cut) {
        throw new UnsupportedOperationException();
    }

    /** float32 and float64 tensors as half precision, others as they are. Needs no calibration. */
    public static CutCodec fp16(List<TensorSpec> cut) {
        throw new UnsupportedOperationException();
    }

    /** float32 sound in [-1, 1] as 16-bit samples: exact for what came from 16-bit files. Needs no calibration. */
    public static CutCodec pcm16(List<TensorSpec> cut) {
        throw new UnsupportedOperationException();
    }

    /**
     * A codec from {@link CutCodec#toJson}.
     *
     * @throws dev.narrows.errors.MalformedException if the JSON is not one
     */
    public static CutCodec read(JsonObject json, List<TensorSpec> cut) {
        throw new UnsupportedOperationException();
    }
}
