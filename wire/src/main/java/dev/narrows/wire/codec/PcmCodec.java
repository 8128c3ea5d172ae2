package dev.narrows.wire.codec;

import com.google.gson.JsonObject;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.wire.WireTensor;

/**
 * A float32 tensor of sound as 16-bit samples: datatype INT16, the tensor's own shape, {@code ⌊32768 x + ½⌋} saturated,
 * and back {@code x = sample / 32768}. Exact for what came from 16-bit files that way. NaN and infinity are refused.
 */
record PcmCodec(TensorSpec spec) implements TensorCodec {

    static final String KIND = "pcm16";

    private static final float FULL_SCALE = 32768;

    /** Whether this codec is for tensors of that type. */
    static boolean takes(DType dtype) {
        return dtype == DType.FLOAT32;
    }

    @Override
    public WireTensor encode(Tensor value) {
        float[] sound = Fit.require(value, spec).toFloats();
        short[] samples = new short[sound.length];
        for (int i = 0; i < sound.length; i++) {
            if (!(Math.abs(sound[i]) <= Float.MAX_VALUE)) {
                throw new InvalidException("value: " + sound[i] + " (expected: a finite float32), element " + i
                        + ", tensor \"" + spec.name() + "\"");
            }
            samples[i] =
                    (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sound[i] * FULL_SCALE)));
        }
        return WireTensor.of(spec.name(), Tensor.of(samples, value.shape()));
    }

    @Override
    public Tensor decode(WireTensor coded) {
        Tensor samples = coded.toTensor(Fit.as(DType.INT16, spec));
        float[] sound = samples.toFloats();
        for (int i = 0; i < sound.length; i++) {
            sound[i] /= FULL_SCALE;
        }
        return Tensor.of(sound, samples.shape());
    }

    @Override
    public JsonObject toJson() {
        return CodecJson.start(KIND, spec);
    }
}
