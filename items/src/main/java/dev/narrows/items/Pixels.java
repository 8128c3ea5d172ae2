package dev.narrows.items;

/**
 * A decoded image.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param values (height, width, channels) u8, row-major
 */
record Pixels(int width, int height, int channels, byte[] values) {}
