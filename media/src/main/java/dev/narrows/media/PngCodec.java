package dev.narrows.media;

import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** PNG by the JDK: deflate at its strongest, no metadata; lossless. */
final class PngCodec implements MediaCodec {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    private static final int CHUNK_FRAME = 12;

    @Override
    public String name() {
        return "png";
    }

    @Override
    public byte[] encode(float[] values, long[] shape) {
        return ImageFiles.write(
                ImageIO.getImageWritersByFormatName("png").next(),
                Pixels.of(shape).image(values, false),
                how -> how.setCompressionQuality(0)); // the JDK's word for deflate's level 9
    }

    @Override
    public float[] decode(byte[] bytes, long[] shape) {
        Pixels pixels = Pixels.of(shape);
        requireChecksums(bytes);
        return ImageFiles.read(ImageIO.getImageReadersByFormatName("png").next(), bytes, pixels);
    }

    /** The JDK's reader skips them. */
    private static void requireChecksums(byte[] bytes) {
        if (bytes.length < SIGNATURE.length
                || !Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
            throw new MalformedException("PNG: another signature (expected: 89504E470D0A1A0A), byte 0");
        }
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int at = SIGNATURE.length;
        boolean end = false;
        while (at < bytes.length) {
            int length = bytes.length - at < CHUNK_FRAME ? -1 : file.getInt(at);
            if (end || length < 0 || length > bytes.length - at - CHUNK_FRAME) {
                throw new MalformedException("PNG: no chunk of a length that fits, byte " + at);
            }
            CRC32 checksum = new CRC32();
            checksum.update(bytes, at + 4, length + 4);
            if ((int) checksum.getValue() != file.getInt(at + 8 + length)) {
                throw new MalformedException("PNG: chunk with a wrong checksum, byte " + at);
            }
            end = file.getInt(at + 4) == 0x49454E44; // IEND
            at += CHUNK_FRAME + length;
        }
        if (!end) {
            throw new MalformedException("PNG: ends without IEND, byte " + at);
        }
    }
}
