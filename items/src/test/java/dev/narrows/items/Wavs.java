package dev.narrows.items;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** WAV files written byte by byte, so that tests do not read what the reader's own library wrote. */
final class Wavs {

    static final int PCM = 1;
    static final int FLOAT = 3;

    private Wavs() {}

    static Path write(Path file, int format, int bits, int rate, int channels, byte[] data) {
        return write(file, format, bits, rate, channels, data, data.length);
    }

    static Path write(Path file, int format, int bits, int rate, int channels, byte[] data, int declaredBytes) {
        ByteBuffer wav = ByteBuffer.allocate(44 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(36 + declaredBytes).put(ascii("WAVE"));
        wav.put(ascii("fmt ")).putInt(16).putShort((short) format).putShort((short) channels);
        wav.putInt(rate).putInt(rate * channels * bits / 8).putShort((short) (channels * bits / 8));
        wav.putShort((short) bits).put(ascii("data")).putInt(declaredBytes).put(data);
        try {
            return Files.write(file, wav.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] shorts(int... samples) {
        ByteBuffer data = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample : samples) {
            data.putShort((short) sample);
        }
        return data.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
