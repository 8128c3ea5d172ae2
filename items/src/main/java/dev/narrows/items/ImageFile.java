package dev.narrows.items;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes images to 8 bits a channel with their stored values: no colour management, transparency dropped, 16 bits cut
 * to 8, as Pillow's {@code convert("RGB")} does.
 */
final class ImageFile {

    /** Beyond it a file of a few kilobytes could claim gigabytes. */
    static final long MAX_PIXELS = 100_000_000;

    private ImageFile() {}

    static Pixels read(Path file) {
        try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
            ImageReader reader = reader(stream)
                    .orElseThrow(() -> new MalformedException(
                            "image: no known format (expected: PNG, JPEG, GIF, BMP or .npy), file \"" + file + "\""));
            try {
                reader.setInput(stream, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels < 1 || pixels > MAX_PIXELS) {
                    throw new InvalidException("image: " + reader.getWidth(0) + " × " + reader.getHeight(0)
                            + " pixels (expected: 1 to " + MAX_PIXELS + "), file \"" + file + "\"");
                }
                return pixels(reader.read(0, unconverted(reader)));
            } finally {
                reader.dispose();
            }
        } catch (IIOException e) {
            if (String.valueOf(e.getMessage()).startsWith("Unsupported")) {
                throw new UnsupportedException(
                        "image: a variant that is not read (" + e.getMessage() + "), file \"" + file + "\"", e);
            }
            throw new MalformedException("image: damaged (" + e.getMessage() + "), file \"" + file + "\"", e);
        } catch (IOException e) {
            throw new MalformedException("image: cannot be read (" + e.getMessage() + "), file \"" + file + "\"", e);
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException
                | ArithmeticException e) {
            // What the readers throw on damaged headers.
            throw new MalformedException("image: damaged, file \"" + file + "\"", e);
        }
    }

    /**
     * The JDK's own, all in Java or long in use: plug-ins that other libraries bring along are not meant to be shown
     * files that anybody may have written.
     */
    private static Optional<ImageReader> reader(ImageInputStream stream) {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule().equals(ImageReader.class.getModule())) {
                return Optional.of(reader);
            }
        }
        return Optional.empty();
    }

    /** By default the JPEG reader converts pictures with a profile to sRGB; asks for the profile's own space instead. */
    private static ImageReadParam unconverted(ImageReader reader) throws IOException {
        ImageReadParam param = reader.getDefaultReadParam();
        Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
        while (types.hasNext()) {
            ImageTypeSpecifier type = types.next();
            ColorSpace space = type.getColorModel().getColorSpace();
            if (space.getType() == ColorSpace.TYPE_RGB && !space.isCS_sRGB()) {
                param.setDestinationType(type);
            }
        }
        return param;
    }

    private static Pixels pixels(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        // getRGB() would take grey for linear light and brighten it, and apply embedded profiles: read the samples.
        boolean plain = image.getColorModel() instanceof ComponentColorModel;
        Raster raster = image.getRaster();
        int channels = plain && raster.getNumBands() <= 2 ? 1 : 3;
        byte[] values = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        int[] row = new int[width * Math.max(3, raster.getNumBands())];
        int bands = raster.getNumBands();
        int shift = plain ? Math.max(0, image.getColorModel().getComponentSize(0) - 8) : 0;
        int at = 0;
        for (int y = 0; y < height; y++) {
            if (plain) {
                raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
                for (int x = 0; x < width; x++) {
                    for (int channel = 0; channel < channels; channel++) {
                        values[at++] = (byte) (row[x * bands + channel] >> shift);
                    }
                }
            } else {
                image.getRGB(0, y, width, 1, row, 0, width);
                for (int x = 0; x < width; x++) {
                    values[at++] = (byte) (row[x] >> 16);
                    values[at++] = (byte) (row[x] >> 8);
                    values[at++] = (byte) row[x];
                }
            }
        }
        return new Pixels(width, height, channels, values);
    }
}
