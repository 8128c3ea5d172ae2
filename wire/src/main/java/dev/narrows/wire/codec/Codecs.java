package dev.narrows.wire.codec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The codecs by name, and codecs read from a bundle. */
public final class Codecs {

    /** The names of the quantising codecs, which need calibration; the digit is bits a symbol before entropy coding. */
    public static final List<String> QUANTISING = List.of("q8", "q6", "q4", "q2");

    /** The name of the codec for whole numbers of 0 to 255 in floating-point tensors: what a trained bottleneck sends. */
    public static final String BOTTLENECK = "bottleneck";

    /** The names of all codecs that need calibration. */
    public static final List<String> CALIBRATED = List.of("q8", "q6", "q4", "q2", BOTTLENECK);

    private Codecs() {}

    /** Each tensor as it is. Needs no calibration. */
    public static CutCodec raw(List<TensorSpec> cut) {
        return of("raw", cut, RawCodec::new);
    }

    /**
     * float32 and float64 tensors as half precision, others as they are. Needs no calibration. Finite values of 65520
     * or more in magnitude are refused.
     */
    public static CutCodec fp16(List<TensorSpec> cut) {
        return of("fp16", cut, spec -> HalfCodec.takes(spec.dtype()) ? new HalfCodec(spec) : new RawCodec(spec));
    }

    /**
     * float32 sound in [-1, 1] as 16-bit samples, others as they are: exact for what came from 16-bit files. Needs no
     * calibration.
     */
    public static CutCodec pcm16(List<TensorSpec> cut) {
        return of("pcm16", cut, spec -> PcmCodec.takes(spec.dtype()) ? new PcmCodec(spec) : new RawCodec(spec));
    }

    private static CutCodec of(String name, List<TensorSpec> cut, Function<TensorSpec, TensorCodec> codec) {
        List<TensorCodec> tensors = new ArrayList<>();
        for (TensorSpec spec : cut) {
            tensors.add(codec.apply(spec));
        }
        return new CutCodec(name, tensors);
    }

    /**
     * A codec from {@link CutCodec#toJson}.
     *
     * @throws MalformedException if the JSON is not one, or not one for this cut
     */
    public static CutCodec read(JsonObject json, List<TensorSpec> cut) {
        String name = CodecJson.text(json, CutCodec.NAME);
        JsonElement list = CodecJson.member(json, CutCodec.TENSORS);
        if (!list.isJsonArray()) {
            throw new MalformedException("tensors: " + list + " (expected: an array), codec \"" + name + "\"");
        }
        JsonArray parts = list.getAsJsonArray();
        if (parts.size() != cut.size()) {
            throw new MalformedException(
                    "tensors: " + parts.size() + " (expected: " + cut.size() + "), codec \"" + name + "\"");
        }
        List<TensorCodec> tensors = new ArrayList<>();
        for (int i = 0; i < cut.size(); i++) {
            JsonElement part = parts.get(i);
            if (!part.isJsonObject()) {
                throw new MalformedException("tensor " + i + ": no object (expected: one), codec \"" + name + "\"");
            }
            tensors.add(CodecJson.read(part.getAsJsonObject(), cut.get(i)));
        }
        return new CutCodec(name, tensors);
    }
}
