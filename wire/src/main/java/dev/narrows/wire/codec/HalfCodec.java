package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;

/**
 * A float32 or float64 tensor as float16, rounded to nearest even: datatype FP16, the tensor's own shape. NaN and
 * infinity travel; a finite value beyond float16's range is refused, for it would arrive infinite.
 */
record HalfCodec(TensorSpec spec) implements TensorCodec {

    static final String KIND = "fp16";

    private static final int HALF_MAGNITUDE = 0x7FFF;
    private static final int HALF_INFINITY = 0x7C00;

    /** Whether this codec is for tensors of that type. */
    static boolean takes(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
    }

    @Override
    public WireTensor encode(Tensor value) {
        Tensor halves = Fit.require(value, spec).to(DType.FLOAT16);
        ByteBuffer bits = halves.bytes();
        ByteBuffer from = value.bytes();
        for (int i = 0; i < halves.elements(); i++) {
            if ((bits.getShort(i * Short.BYTES) & HALF_MAGNITUDE) == HALF_INFINITY) {
                double was = spec.dtype() == DType.FLOAT32
                        ? from.getFloat(i * Float.BYTES)
                        : from.getDouble(i * Double.BYTES);
                if (!Double.isInfinite(was)) {
                    throw new InvalidException("value: " + was + " (expected: below 65520 in magnitude), element " + i
                            + ", tensor \"" + spec.name() + "\"");
                }
            }
        }
        return WireTensor.of(spec.name(), halves);
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
