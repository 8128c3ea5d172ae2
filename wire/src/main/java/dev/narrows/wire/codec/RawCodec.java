package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.WireTensor;

/** The tensor as it is: its own datatype and shape. */
record RawCodec(TensorSpec spec) implements TensorCodec {

    static final String KIND = "raw";

    @Override
    public WireTensor encode(Tensor value) {
        return WireTensor.of(spec.name(), Fit.require(value, spec));
    }

    @Override
    public Tensor decode(WireTensor coded) {
        return coded.toTensor(spec);
    }

    @Override
    public JsonObject toJson() {
        return CodecJson.start(KIND, spec);
    }
}
