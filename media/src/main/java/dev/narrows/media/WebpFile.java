package dev.narrows.media;

import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A WebP file of one image without alpha (RFC 9649), with and without what is the same for all images of a shape: RIFF's
 * framing, start code or signature, width and height. That is 27 bytes of a lossy file, 25 of a lossless one, and the
 * byte that makes lengths even.
 */
final class WebpFile {

    private static final int RIFF = fourBytes("RIFF");
    private static final int WEBP = fourBytes("WEBP");
    private static final int LOSSY = fourBytes("VP8 ");
    private static final int LOSSLESS = fourBytes("VP8L");
    private static final int FRAMING = 20;
    private static final int TAG = 3;
    private static final int LOSSY_HEADER = 10;
    private static final int LOSSLESS_HEADER = 5;
    private static final int START_CODE = 0x2A019D;
    private static final int SIGNATURE = 0x2F;

    private WebpFile() {}

    private static int fourBytes(String name) {
        int code = 0;
        for (int i = 3; i >= 0; i--) {
            code = (code << 8) | name.charAt(i);
        }
        return code;
    }

    /** @throws MalformedException if it is no such file, or of another size */
    static byte[] bare(byte[] file, boolean lossless, Pixels pixels) {
        int header = lossless ? LOSSLESS_HEADER : LOSSY_HEADER;
        if (file.length < FRAMING + header) {
            throw new MalformedException(
                    "WebP: " + file.length + " bytes (expected: " + (FRAMING + header) + " or more)");
        }
        ByteBuffer from = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int payload = from.getInt(16);
        if (from.getInt(0) != RIFF
                || from.getInt(4) != file.length - 8
                || from.getInt(8) != WEBP
                || from.getInt(12) != (lossless ? LOSSLESS : LOSSY)
                || payload < header
                || FRAMING + (payload + (payload & 1)) != file.length) {
            throw new MalformedException("WebP: another header (expected: RIFF, WEBP, " + (lossless ? "VP8L" : "VP8")
                    + " and lengths that fit), bytes 0 to 19");
        }
        return lossless ? bareLossless(from, payload, pixels) : bareLossy(from, payload, pixels);
    }

    private static byte[] bareLossy(ByteBuffer from, int payload, Pixels pixels) {
        int start = FRAMING + TAG;
        int code = (from.getInt(start) & 0xFFFFFF);
        if (code != START_CODE) {
            throw new MalformedException("WebP: another start code (expected: 9D012A), byte " + start);
        }
        pixels.requireSize(from.getShort(start + 3) & 0x3FFF, from.getShort(start + 5) & 0x3FFF);
        byte[] bare = new byte[payload - LOSSY_HEADER + TAG];
        from.position(FRAMING).get(bare, 0, TAG);
        from.position(FRAMING + LOSSY_HEADER).get(bare, TAG, payload - LOSSY_HEADER);
        return bare;
    }

    private static byte[] bareLossless(ByteBuffer from, int payload, Pixels pixels) {
        if (from.get(FRAMING) != SIGNATURE) {
            throw new MalformedException("WebP: another signature (expected: 2F), byte " + FRAMING);
        }
        int sides = from.getInt(FRAMING + 1); // 14 bits each less 1, whether alpha is used, 3 bits of the version
        pixels.requireSize((sides & 0x3FFF) + 1, ((sides >>> 14) & 0x3FFF) + 1);
        if (sides >>> 28 != 0) {
            throw new MalformedException("WebP: alpha or another version (expected: neither), byte " + (FRAMING + 4));
        }
        byte[] bare = new byte[payload - LOSSLESS_HEADER];
        from.position(FRAMING + LOSSLESS_HEADER).get(bare);
        return bare;
    }

    /** The file that these bytes are of. */
    static byte[] whole(byte[] bare, boolean lossless, Pixels pixels) {
        if (!lossless && bare.length < TAG) {
            throw new MalformedException("WebP: " + bare.length + " bytes (expected: 3 or more)");
        }
        int payload = lossless ? bare.length + LOSSLESS_HEADER : bare.length - TAG + LOSSY_HEADER;
        int padded = payload + (payload & 1);
        ByteBuffer file = ByteBuffer.allocate(FRAMING + padded).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(RIFF).putInt(FRAMING - 8 + padded).putInt(WEBP);
        file.putInt(lossless ? LOSSLESS : LOSSY).putInt(payload);
        if (lossless) {
            file.put((byte) SIGNATURE);
            file.putInt((pixels.width() - 1) | ((pixels.height() - 1) << 14));
            file.put(bare);
        } else {
            file.put(bare, 0, TAG);
            file.put((byte) START_CODE).put((byte) (START_CODE >> 8)).put((byte) (START_CODE >> 16));
            file.putShort((short) pixels.width()).putShort((short) pixels.height());
            file.put(bare, TAG, bare.length - TAG);
        }
        return file.array();
    }
}
