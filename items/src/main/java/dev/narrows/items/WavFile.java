package dev.narrows.items;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** Reads WAV files: PCM of 8 to 32 bits, IEEE float of 32 or 64, plain or extensible headers. */
final class WavFile {

    private static final int MAX_RATE = 768_000;
    private static final int MAX_CHANNELS = 64;
    /** Writers to a pipe leave such sizes in the header; the sound then ends where the file does. */
    private static final long UNKNOWN_SIZE = 0x7FFF_0000L;

    private WavFile() {}

    /**
     * Reads no more of the file than {@code seconds} and the resampler's reach need, whatever its header claims.
     *
     * @param start the file's first 12 bytes
     */
    static Sound read(Path file, byte[] start, double seconds) {
        // Checked first: javax.sound would take MIDI and other formats too.
        if (start.length < 12
                || !ascii(start, 0).equals("RIFF")
                || !ascii(start, 8).equals("WAVE")) {
            throw new MalformedException("sound: not a WAV file (expected: .wav or .npy), file \"" + file + "\"");
        }
        try (AudioInputStream stream = AudioSystem.getAudioInputStream(file.toFile())) {
            AudioFormat format = stream.getFormat();
            check(format, file);
            int frameBytes = format.getFrameSize();
            int rate = Math.round(format.getSampleRate());
            long declared = stream.getFrameLength();
            boolean unknown = declared < 0 || declared * frameBytes >= UNKNOWN_SIZE;
            long wanted = (long) Math.ceil(seconds * rate) + Resampler.reach(rate);
            long frames = unknown ? wanted : Math.min(wanted, declared);
            byte[] bytes = stream.readNBytes(Math.toIntExact(frames * frameBytes));
            long got = bytes.length / frameBytes;
            if (!unknown && got < frames) {
                throw new MalformedException("sound: truncated after " + got + " frames (expected: " + declared
                        + "), file \"" + file + "\"");
            }
            if (got == 0) {
                throw new MalformedException("sound: no samples, file \"" + file + "\"");
            }
            return new Sound(rate, samples(bytes, (int) got, format, file));
        } catch (UnsupportedAudioFileException e) {
            throw new UnsupportedException(
                    "sound: a WAV variant that is not read (expected: PCM or float), file \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new MalformedException("sound: damaged WAV header, file \"" + file + "\"", e);
        }
    }

    private static String ascii(byte[] bytes, int from) {
        return new String(bytes, from, 4, StandardCharsets.US_ASCII);
    }

    private static void check(AudioFormat format, Path file) {
        boolean pcm = format.getEncoding().equals(AudioFormat.Encoding.PCM_SIGNED)
                || format.getEncoding().equals(AudioFormat.Encoding.PCM_UNSIGNED);
        boolean ieee = format.getEncoding().equals(AudioFormat.Encoding.PCM_FLOAT);
        int bits = format.getSampleSizeInBits();
        if (!(pcm && bits >= 8 && bits <= 32 && bits % 8 == 0) && !(ieee && (bits == 32 || bits == 64))) {
            throw new UnsupportedException("samples: " + bits + "-bit " + format.getEncoding()
                    + " (expected: PCM of 8, 16, 24 or 32 bits, or float of 32 or 64), file \"" + file + "\"");
        }
        int channels = format.getChannels();
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new MalformedException(
                    "channels: " + channels + " (expected: 1 to " + MAX_CHANNELS + "), file \"" + file + "\"");
        }
        if (!(format.getSampleRate() >= 1 && format.getSampleRate() <= MAX_RATE)) {
            throw new MalformedException(
                    "rate: " + format.getSampleRate() + " Hz (expected: 1 to " + MAX_RATE + "), file \"" + file + "\"");
        }
        if (format.getFrameSize() != channels * (bits / 8)) {
            throw new MalformedException("frame: " + format.getFrameSize() + " bytes (expected: "
                    + channels * (bits / 8) + "), file \"" + file + "\"");
        }
    }

    private static float[][] samples(byte[] bytes, int frames, AudioFormat format, Path file) {
        ByteBuffer buffer =
                ByteBuffer.wrap(bytes).order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        boolean ieee = format.getEncoding().equals(AudioFormat.Encoding.PCM_FLOAT);
        boolean unsigned = format.getEncoding().equals(AudioFormat.Encoding.PCM_UNSIGNED);
        int width = format.getSampleSizeInBits() / 8;
        float[][] channels = new float[format.getChannels()][frames];
        int at = 0;
        for (int frame = 0; frame < frames; frame++) {
            for (float[] channel : channels) {
                float value = ieee
                        ? (width == 4 ? buffer.getFloat(at) : (float) buffer.getDouble(at))
                        : integer(buffer, at, width, unsigned);
                if (Float.isNaN(value)) {
                    throw new MalformedException("sample " + frame + ": NaN, file \"" + file + "\"");
                }
                channel[frame] = value;
                at += width;
            }
        }
        return channels;
    }

    /** The sample divided by 2^(bits − 1): exact in float32 up to 24 bits. */
    private static float integer(ByteBuffer buffer, int at, int width, boolean unsigned) {
        int value = 0;
        for (int i = 0; i < width; i++) {
            int from = buffer.order() == ByteOrder.LITTLE_ENDIAN ? at + width - 1 - i : at + i;
            value = (value << 8) | (buffer.get(from) & 0xFF);
        }
        int shift = 32 - 8 * width;
        int signed = unsigned ? (value << shift) ^ 0x8000_0000 : value << shift;
        return (float) (signed * 0x1p-31);
    }
}
