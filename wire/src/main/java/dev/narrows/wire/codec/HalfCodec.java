package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;

/**
 * A float32 or float64 tensor as float16, rounded to nearest even: datatype FP16, the tensor's own shape. NaN and
 * infinity travel; a finite value beyond float16's range is refused, for it would arrive infinite.
 */
record HalfCodec(TensorSpec spec) implements TensorCodec {

    static final String KIND = "fp16";

    /** The smallest magnitude that rounds to infinity: half a unit above the largest float16, 65504. */
    private static final double OVERFLOW = 65520;

    /** Whether this codec is for tensors of that type. */
    static boolean takes(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
    }

    @Override
    public WireTensor encode(Tensor value) {
        float[] floats = Fit.require(value, spec).toFloats();
        for (int i = 0; i < floats.length; i++) {
            float magnitude = Math.abs(floats[i]);
            if (magnitude >= OVERFLOW && magnitude <= Float.MAX_VALUE) {
                throw new InvalidException("value: " + floats[i] + " (expected: below " + OVERFLOW
                        + " in magnitude), element " + i + ", tensor \"" + spec.name() + "\"");
            }
        }
        return WireTensor.of(spec.name(), value.to(DType.FLOAT16));
    }

    @Override
    public Tensor decode(WireTensor coded) {
        return coded.toTensor(Fit.as(DType.FLOAT16, spec)).to(spec.dtype());
    }

    @Override
    public JsonObject toJson() {
        return CodecJson.start(KIND, spec);
    }
}
