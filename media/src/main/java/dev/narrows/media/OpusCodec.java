package dev.narrows.media;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import io.github.jaredmdobson.concentus.OpusApplication;
import io.github.jaredmdobson.concentus.OpusDecoder;
import io.github.jaredmdobson.concentus.OpusEncoder;
import io.github.jaredmdobson.concentus.OpusException;
import java.io.ByteArrayOutputStream;
import java.util.Set;

/**
 * Opus (RFC 6716) by Concentus: packets of 20 ms at a variable rate, no Ogg. Before each packet but the last stand the one
 * or two bytes of its length, as the RFC's section 3.2.1 has them. The codec's delay is taken off again.
 */
final class OpusCodec implements MediaCodec {

    private static final Set<Integer> RATES = Set.of(8000, 12000, 16000, 24000, 48000);
    private static final int PACKETS_A_SECOND = 50;
    private static final int MAX_PACKET = 1275;
    private static final int TWO_BYTES = 252;

    private final int kilobits;
    private final int rate;

    /**
     * @param kilobits a second, 6 to 32
     * @param rate samples a second
     * @throws UnsupportedException if Opus has no such rate
     */
    OpusCodec(int kilobits, int rate) {
        if (kilobits < 6 || kilobits > 32) {
            throw new InvalidException("kbit/s: " + kilobits + " (expected: 6 to 32), codec \"opus\"");
        }
        if (!RATES.contains(rate)) {
            throw new UnsupportedException(
                    "rate: " + rate + " (expected: 8000, 12000, 16000, 24000 or 48000), codec \"opus\"");
        }
        this.kilobits = kilobits;
        this.rate = rate;
    }

    static boolean takes(int rate) {
        return RATES.contains(rate);
    }

    @Override
    public String name() {
        return "opus:" + kilobits;
    }

    private int packets(int samples, int delay) {
        int length = rate / PACKETS_A_SECOND;
        return Math.toIntExact(((long) samples + delay + length - 1) / length);
    }

    private OpusEncoder encoder() throws OpusException {
        // The mode for telephones filters what is low: better for ears, but another waveform than networks know.
        OpusEncoder encoder = new OpusEncoder(rate, 1, OpusApplication.OPUS_APPLICATION_AUDIO);
        encoder.setBitrate(1000 * kilobits);
        encoder.setComplexity(10);
        encoder.setUseVBR(true);
        encoder.setUseConstrainedVBR(false);
        return encoder;
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        short[] samples = Samples.of(values, shape);
        int length = rate / PACKETS_A_SECOND;
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        byte[] packet = new byte[MAX_PACKET];
        try {
            OpusEncoder encoder = encoder();
            int packets = packets(samples.length, encoder.getLookahead());
            for (int i = 0; i < packets; i++) {
                short[] part = new short[length];
                int from = Math.min(i * length, samples.length);
                System.arraycopy(samples, from, part, 0, Math.min(length, samples.length - from));
                int bytes = encoder.encode(part, 0, length, packet, 0, packet.length);
                if (i < packets - 1) {
                    writeLength(code, bytes);
                }
                code.write(packet, 0, bytes);
            }
        } catch (OpusException e) {
            throw new ExecutionException("Opus of " + samples.length + " samples: cannot be coded", e);
        }
        return code.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream code, int bytes) {
        if (bytes < TWO_BYTES) {
            code.write(bytes);
        } else {
            int first = TWO_BYTES + (bytes & 3);
            code.write(first);
            code.write((bytes - first) >> 2);
        }
    }

    @Override
    public float[] decode(byte[] bytes, long[] shape) {
        int count = Samples.count(shape);
        int length = rate / PACKETS_A_SECOND;
        try {
            int delay = encoder().getLookahead();
            int packets = packets(count, delay);
            short[] decoded = new short[packets * length];
            OpusDecoder decoder = new OpusDecoder(rate, 1);
            int at = 0;
            for (int i = 0; i < packets; i++) {
                int size = bytes.length - at;
                if (i < packets - 1) {
                    size = at < bytes.length ? bytes[at++] & 0xFF : 0;
                    if (size >= TWO_BYTES) {
                        size += at < bytes.length ? (bytes[at++] & 0xFF) << 2 : 0;
                    }
                }
                if (size < 1 || size > bytes.length - at || size > MAX_PACKET) {
                    throw new MalformedException("Opus: packet of " + size + " bytes, packet " + i + " (expected: 1 to "
                            + Math.max(1, Math.min(MAX_PACKET, bytes.length - at)) + "), byte " + at);
                }
                int made = decoder.decode(bytes, at, size, decoded, i * length, length, false);
                if (made != length) {
                    throw new MalformedException(
                            "Opus: " + made + " samples (expected: " + length + "), packet " + i + ", byte " + at);
                }
                at += size;
            }
            short[] samples = new short[count];
            System.arraycopy(decoded, delay, samples, 0, count);
            return Samples.values(samples);
        } catch (OpusException | IndexOutOfBoundsException | ArithmeticException | AssertionError e) {
            // The library throws any of these on damaged packets.
            throw new MalformedException("Opus: damaged (" + e.getMessage() + ")", e);
        }
    }
}
