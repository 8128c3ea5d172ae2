package dev.narrows.wire.weights;

/** Elements of 1 to 8 bytes in an array, little-endian, as numbers without a sign. */
final class Elements {

    private final byte[] bytes;
    private final int width;

    Elements(byte[] bytes, int width) {
        this.bytes = bytes;
        this.width = width;
    }

    long get(int index) {
        long element = 0;
        for (int at = (index + 1) * width - 1; at >= index * width; at--) {
            element = (element << Byte.SIZE) | (bytes[at] & 0xFF);
        }
        return element;
    }

    void set(int index, long element) {
        long rest = element;
        for (int at = index * width; at < (index + 1) * width; at++) {
            bytes[at] = (byte) rest;
            rest >>>= Byte.SIZE;
        }
    }

    int count() {
        return bytes.length / width;
    }

    int width() {
        return width;
    }

    /** The array itself. */
    byte[] bytes() {
        return bytes;
    }
}
