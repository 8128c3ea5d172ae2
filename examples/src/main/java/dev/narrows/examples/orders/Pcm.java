package dev.narrows.examples.orders;

import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sound as WAV bytes: mono, 16 bits a sample. */
final class Pcm {

    /** Samples a second of all clips. */
    static final int RATE = 16_000;

    /** Samples of a clip: 2 s. */
    static final int CLIP = 2 * RATE;

    private static final int HEADER = 44;

    /** Of a clip's file. */
    static final int CLIP_BYTES = HEADER + 2 * CLIP;

    private Pcm() {}

    /** Mono sound as an engine wrote it. */
    static final class Sound {

        private final int rate;
        private final float[] samples;

        private Sound(int rate, float[] samples) {
            this.rate = rate;
            this.samples = samples;
        }

        int rate() {
            return rate;
        }

        /** Full scale is [-1, 1]. */
        float[] samples() {
            return samples;
        }
    }

    /**
     * A WAV file's bytes. Samples beyond full scale are clipped.
     *
     * @param samples at {@link #RATE}, full scale is [-1, 1]
     */
    static byte[] wav(float[] samples) {
        int size = 2 * samples.length;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(ascii("RIFF")).putInt(HEADER - 8 + size).put(ascii("WAVE"));
        bytes.put(ascii("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
        bytes.putInt(RATE).putInt(2 * RATE).putShort((short) 2).putShort((short) 16);
        bytes.put(ascii("data")).putInt(size);
        for (float sample : samples) {
            bytes.putShort((short) Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768f))));
        }
        return bytes.array();
    }

    /** Reads what the engines write: a WAV header whose sizes may be unknown, then 16-bit mono samples to the end. */
    static Sound read(byte[] wav, Speaker speaker) {
        ByteBuffer bytes = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
        if (wav.length < 12 || !ascii(wav, 0).equals("RIFF") || !ascii(wav, 8).equals("WAVE")) {
            throw malformed(wav.length + " bytes that are no WAV file", speaker);
        }
        int rate = 0;
        int at = 12;
        while (at + 8 <= wav.length && !ascii(wav, at).equals("data")) {
            int size = bytes.getInt(at + 4);
            if (size < 0 || size > wav.length - at - 8) {
                throw malformed("a chunk of " + size + " bytes", speaker);
            }
            if (ascii(wav, at).equals("fmt ") && size >= 16) {
                int channels = bytes.getShort(at + 10);
                int bits = bytes.getShort(at + 22);
                rate = bytes.getInt(at + 12);
                if (bytes.getShort(at + 8) != 1 || channels != 1 || bits != 16 || rate < 1) {
                    throw malformed(channels + " channels of " + bits + " bits at " + rate + " Hz", speaker);
                }
            }
            at += 8 + size + (size & 1);
        }
        if (rate == 0 || at + 8 > wav.length) {
            throw malformed("no samples", speaker);
        }
        int from = at + 8;
        // A writer to a pipe does not know the size: it claims a huge one, or none.
        int declared = bytes.getInt(at + 4);
        int available = wav.length - from;
        int size = declared > 0 && declared < available ? declared : available;
        float[] samples = new float[size / 2];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = bytes.getShort(from + 2 * i) / 32_768f;
        }
        return new Sound(rate, samples);
    }

    private static MalformedException malformed(String what, Speaker speaker) {
        return new MalformedException("speech: " + what + " (expected: WAV, 16 bits, mono), speaker " + speaker.name());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String ascii(byte[] bytes, int from) {
        return new String(bytes, from, 4, StandardCharsets.US_ASCII);
    }
}
