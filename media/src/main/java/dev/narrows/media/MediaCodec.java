package dev.narrows.media;

/**
 * A way in which an item is sent as it is. Takes images of 8 bits a sample and sound of 16: other values are rounded to
 * those, and the decoded ones are of those (multiples of 1/255 and of 1/32768). The receiver is told codec and shape once
 * for all items; everything else is in the bytes. Thread-safe.
 */
public interface MediaCodec {

    /** As {@link MediaCodecs#parse} takes it, such as {@code jpeg:30}. */
    String name();

    /**
     * @param values row-major
     * @throws dev.narrows.errors.InvalidException if the shape is none that the codec takes
     */
    byte[] encode(float[] values, long[] shape);

    /**
     * The values as the receiver has them.
     *
     * @param shape as it was encoded
     * @throws dev.narrows.errors.MalformedException if the bytes are damaged as far as the format shows it, or of another
     *     shape
     */
    float[] decode(byte[] bytes, long[] shape);
}
