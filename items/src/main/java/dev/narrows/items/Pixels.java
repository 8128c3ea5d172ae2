package dev.narrows.items;

/** A decoded image. */
final class Pixels {

    private final int width;
    private final int height;
    private final int channels;
    private final byte[] values;

    /**
     * Takes the values over.
     *
     * @param channels 1 (grey) or 3 (red, green, blue)
     * @param values (height, width, channels) u8, row-major
     */
    Pixels(int width, int height, int channels, byte[] values) {
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.values = values;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int channels() {
        return channels;
    }

    byte[] values() {
        return values;
    }
}
