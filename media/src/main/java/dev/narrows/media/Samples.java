package dev.narrows.media;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.util.Arrays;

/** Sound as codecs take it: 16 bits a sample, one channel. */
final class Samples {

    private static final float SCALE = 32768;

    private Samples() {}

    /** How many there are of a shape. */
    static int count(long[] shape) {
        boolean mono = shape.length == 1 || (shape.length == 2 && shape[0] == 1);
        if (!mono || shape[shape.length - 1] < 1 || shape[shape.length - 1] > Integer.MAX_VALUE / 4) {
            throw new InvalidException("sound: " + Arrays.toString(shape) + " (expected: samples, or 1 and samples)");
        }
        return (int) shape[shape.length - 1];
    }

    static short[] of(float[] values, long[] shape) {
        if (values.length != count(shape)) {
            throw new InvalidException("values: " + values.length + " (expected: " + count(shape) + ", as the shape)");
        }
        short[] samples = new short[values.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.max(-32768, Math.min(32767, Math.round(values[i] * SCALE)));
        }
        return samples;
    }

    static float[] values(short[] samples) {
        float[] values = new float[samples.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = samples[i] / SCALE;
        }
        return values;
    }

    static void requireBytes(byte[] bytes, int expected, String codec) {
        if (bytes.length != expected) {
            throw new MalformedException(
                    "code: " + bytes.length + " bytes (expected: " + expected + "), codec \"" + codec + "\"");
        }
    }
}
