package dev.narrows.items;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.wire.bundle.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Sound as a tensor: mixed, resampled, cut or padded at its end. */
final class SoundTensors {

    private static final int MAX_RATE = 768_000;
    private static final int MAX_CHANNELS = 64;
    private static final long MAX_SAMPLES = 1L << 28;

    private SoundTensors() {}

    static void check(Preprocessing.Audio audio) {
        if (audio.rate() > MAX_RATE) {
            throw new InvalidException("rate: " + audio.rate() + " Hz (expected: 1 to " + MAX_RATE + ")");
        }
        if (audio.channels() > MAX_CHANNELS) {
            throw new InvalidException("channels: " + audio.channels() + " (expected: 1 to " + MAX_CHANNELS + ")");
        }
        if (!(samples(audio) >= 1 && samples(audio) <= MAX_SAMPLES)) {
            throw new InvalidException("seconds: " + audio.seconds() + " at " + audio.rate() + " Hz (expected: 1 to "
                    + MAX_SAMPLES + " samples)");
        }
    }

    private static long samples(Preprocessing.Audio audio) {
        return Math.round(audio.rate() * audio.seconds());
    }

    /** (1, samples) float32 for one channel, (1, channels, samples) for more; all in [-1, 1]. */
    static Tensor read(Preprocessing.Audio audio, Path file, byte[] start) {
        int samples = Math.toIntExact(samples(audio));
        Sound sound = mix(WavFile.read(file, start, audio.seconds()), audio.channels(), file);
        ByteBuffer bytes = ByteBuffer.allocateDirect(samples * audio.channels() * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        FloatBuffer values = bytes.asFloatBuffer();
        for (int channel = 0; channel < audio.channels(); channel++) {
            float[] resampled = Resampler.resample(sound.channels()[channel], sound.rate(), audio.rate(), samples);
            for (int i = 0; i < resampled.length; i++) {
                // A windowed sinc overshoots at steep edges, and float files may exceed 1.
                values.put(channel * samples + i, Math.max(-1f, Math.min(1f, resampled[i])));
            }
        }
        return audio.channels() == 1
                ? Tensor.of(DType.FLOAT32, bytes, 1, samples)
                : Tensor.of(DType.FLOAT32, bytes, 1, audio.channels(), samples);
    }

    private static Sound mix(Sound sound, int channels, Path file) {
        float[][] from = sound.channels();
        if (from.length == channels) {
            return sound;
        }
        float[][] to = new float[channels][];
        if (from.length == 1) {
            java.util.Arrays.fill(to, from[0]);
        } else if (channels == 1) {
            to[0] = new float[from[0].length];
            for (int i = 0; i < to[0].length; i++) {
                double sum = 0;
                for (float[] channel : from) {
                    sum += channel[i];
                }
                to[0][i] = (float) (sum / from.length);
            }
        } else {
            throw new UnsupportedException(
                    "channels: " + from.length + " (expected: " + channels + " or 1), file \"" + file + "\"");
        }
        return new Sound(sound.rate(), to);
    }
}
