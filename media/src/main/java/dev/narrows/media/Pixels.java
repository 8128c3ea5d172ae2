package dev.narrows.media;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;

/** The shape of an image, and its values as codecs take them: 8 bits a sample. */
record Pixels(int channels, int height, int width) {

    /** What formats with 16 bits for a side can say. */
    private static final long MAX_SIDE = 16_383;

    static Pixels of(long[] shape) {
        if (shape.length != 3
                || (shape[0] != 1 && shape[0] != 3)
                || shape[1] < 1
                || shape[2] < 1
                || shape[1] > MAX_SIDE
                || shape[2] > MAX_SIDE) {
            throw new InvalidException("image: " + Arrays.toString(shape)
                    + " (expected: 1 or 3 channels, height, width, each side 1 to " + MAX_SIDE + ")");
        }
        return new Pixels((int) shape[0], (int) shape[1], (int) shape[2]);
    }

    int plane() {
        return height * width;
    }

    static int level(float value) {
        return Math.round(255 * Math.max(0f, Math.min(1f, value)));
    }

    /**
     * @param rgb whether grey becomes an image of three equal channels, for formats that have no other
     * @param values channel by channel
     */
    BufferedImage image(float[] values, boolean rgb) {
        requireCount(values.length);
        boolean colour = rgb || channels == 3;
        BufferedImage image =
                new BufferedImage(width, height, colour ? BufferedImage.TYPE_3BYTE_BGR : BufferedImage.TYPE_BYTE_GRAY);
        WritableRaster raster = image.getRaster();
        int bands = colour ? 3 : 1;
        int[] samples = new int[bands * plane()];
        for (int i = 0; i < samples.length; i++) {
            int channel = Math.min(i % bands, channels - 1);
            samples[i] = level(values[channel * plane() + i / bands]);
        }
        raster.setPixels(0, 0, width, height, samples);
        return image;
    }

    /** @throws MalformedException if the image is of another size */
    float[] values(Raster raster) {
        requireSize(raster.getWidth(), raster.getHeight());
        if (raster.getNumBands() < channels) {
            throw new MalformedException(
                    "channels: " + raster.getNumBands() + " (expected: " + channels + "), decoded image");
        }
        int bands = raster.getNumBands();
        int[] samples = raster.getPixels(raster.getMinX(), raster.getMinY(), width, height, (int[]) null);
        float[] values = new float[channels * plane()];
        for (int channel = 0; channel < channels; channel++) {
            // Grey that went as three channels is read from the green one.
            int band = channels == 1 && bands >= 3 ? 1 : channel;
            for (int i = 0; i < plane(); i++) {
                values[channel * plane() + i] = samples[i * bands + band] / 255f;
            }
        }
        return values;
    }

    void requireSize(long decodedWidth, long decodedHeight) {
        if (decodedWidth != width || decodedHeight != height) {
            throw new MalformedException("image: " + decodedWidth + " × " + decodedHeight + " pixels (expected: "
                    + width + " × " + height + ")");
        }
    }

    void requireCount(int values) {
        if (values != channels * plane()) {
            throw new InvalidException("values: " + values + " (expected: " + channels * plane() + ", as the shape)");
        }
    }
}
