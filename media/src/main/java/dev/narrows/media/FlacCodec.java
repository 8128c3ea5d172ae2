package dev.narrows.media;

import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.sourceforge.javaflacencoder.EncodingConfiguration;
import net.sourceforge.javaflacencoder.FLACEncoder;
import net.sourceforge.javaflacencoder.FLACStreamOutputStream;
import net.sourceforge.javaflacencoder.StreamConfiguration;
import org.jflac.FLACDecoder;
import org.jflac.FrameListener;
import org.jflac.PCMProcessor;
import org.jflac.frame.Frame;
import org.jflac.metadata.Metadata;
import org.jflac.metadata.StreamInfo;
import org.jflac.util.ByteData;

/**
 * FLAC (RFC 9639) by javaFlacEncoder, read by JFLAC, which writes a line to the standard error stream where a block is
 * damaged: whole files without comments, lossless.
 *
 * @param rate samples a second
 */
record FlacCodec(int rate) implements MediaCodec {

    private static final int BLOCK = 4096;
    private static final int BITS = 16;
    private static final int STREAM_INFO = 42;

    FlacCodec {
        if (rate < StreamConfiguration.MIN_SAMPLE_RATE || rate > StreamConfiguration.MAX_SAMPLE_RATE) {
            throw new InvalidException("rate: " + rate + " (expected: " + StreamConfiguration.MIN_SAMPLE_RATE + " to "
                    + StreamConfiguration.MAX_SAMPLE_RATE + "), codec \"flac\"");
        }
    }

    @Override
    public String name() {
        return "flac";
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        short[] samples = Samples.of(values, shape);
        int[] wide = new int[samples.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = samples[i];
        }
        FLACEncoder encoder = new FLACEncoder();
        encoder.setStreamConfiguration(new StreamConfiguration(1, BLOCK, BLOCK, rate, BITS));
        encoder.setEncodingConfiguration(new EncodingConfiguration());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encoder.setOutputStream(new FLACStreamOutputStream(bytes));
            encoder.openFLACStream();
            encoder.addSamples(wide, wide.length);
            encoder.encodeSamples(wide.length, true); // in this thread; t_encodeSamples starts others
        } catch (IOException e) {
            throw new ExecutionException("FLAC of " + wide.length + " samples: cannot be coded", e);
        }
        return withoutComments(bytes.toByteArray());
    }

    /** Without any metadata but the stream's own, which is 42 bytes from the start and here says that it is the last. */
    private static byte[] withoutComments(byte[] file) {
        int at = STREAM_INFO;
        boolean last = file[4] < 0;
        while (!last) {
            last = file[at] < 0;
            at += 4 + ((file[at + 1] & 0xFF) << 16 | (file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF));
        }
        byte[] bare = new byte[file.length - at + STREAM_INFO];
        System.arraycopy(file, 0, bare, 0, STREAM_INFO);
        System.arraycopy(file, at, bare, STREAM_INFO, file.length - at);
        bare[4] |= (byte) 0x80;
        return bare;
    }

    @Override
    public float[] decode(byte[] bytes, long[] shape) {
        Decoded decoded = new Decoded(Samples.count(shape));
        FLACDecoder decoder = new FLACDecoder(new ByteArrayInputStream(bytes));
        decoder.addPCMProcessor(decoded);
        decoder.addFrameListener(decoded);
        try {
            decoder.decode();
        } catch (IOException e) {
            throw new MalformedException("FLAC: damaged (" + e.getMessage() + ")", e);
        } catch (IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException
                | ArithmeticException e) { // what the library throws on damaged headers
            throw new MalformedException("FLAC: damaged", e);
        }
        if (decoder.getBadFrames() > 0 || decoded.samples.hasRemaining()) {
            throw new MalformedException("FLAC: " + decoder.getBadFrames() + " bad blocks, "
                    + decoded.samples.position() / 2 + " samples (expected: none, " + Samples.count(shape) + ")");
        }
        short[] samples = new short[Samples.count(shape)];
        decoded.samples.flip().asShortBuffer().get(samples);
        return Samples.values(samples);
    }

    /** Collects what the decoder hands out. */
    private final class Decoded implements PCMProcessor, FrameListener {

        private final ByteBuffer samples;

        Decoded(int count) {
            samples = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void processStreamInfo(StreamInfo info) {
            if (info.getChannels() != 1 || info.getBitsPerSample() != BITS || info.getSampleRate() != rate) {
                throw new MalformedException("FLAC: " + info.getChannels() + " channels, " + info.getBitsPerSample()
                        + " bits, " + info.getSampleRate() + " samples a second (expected: 1, " + BITS + ", " + rate
                        + ")");
            }
        }

        @Override
        public void processPCM(ByteData data) {
            if (data.getLen() > samples.remaining()) {
                throw new MalformedException("FLAC: more samples than expected, " + samples.capacity() / 2);
            }
            samples.put(data.getData(), 0, data.getLen());
        }

        @Override
        public void processMetadata(Metadata metadata) {}

        @Override
        public void processFrame(Frame frame) {}

        /** Where a block is lost or its checksum is wrong; without a listener it would be silence. */
        @Override
        public void processError(String message) {
            throw new MalformedException("FLAC: damaged (" + message + ")");
        }
    }
}
