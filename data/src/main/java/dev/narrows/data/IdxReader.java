package dev.narrows.data;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Images and labels in two IDX files, as the MNIST family has them. In memory, a byte a pixel. */
public final class IdxReader {

    private IdxReader() {}

    /**
     * The images with their labels; the classes are the numbers from 0 to the greatest label.
     *
     * @param images u8 (items, height, width), read as (1, height, width); or (items, channels, height, width)
     * @param labels u8 (items)
     * @throws MalformedException if a file is damaged
     * @throws InvalidException if there is no such file, or both do not fit each other
     */
    public static Dataset read(Path images, Path labels) {
        return read(images, labels, 0);
    }

    /** As {@link #read(Path, Path)} with {@code classes} classes; as many as the labels need if that is 0. */
    static Dataset read(Path images, Path labels, int classes) {
        Tensor pixels = IdxFile.read(images);
        if (pixels.rank() != 3 && pixels.rank() != 4) {
            throw new InvalidException("images: " + pixels + " (expected: (items, height, width) or (items, channels, "
                    + "height, width)), file \"" + images + "\"");
        }
        if (pixels.rank() == 3) {
            pixels = pixels.reshape(pixels.dim(0), 1, pixels.dim(1), pixels.dim(2));
        }
        if (pixels.dim(1) != 1 && pixels.dim(1) != 3) {
            throw new InvalidException(
                    "channels: " + pixels.dim(1) + " (expected: 1 or 3), axis 1, file \"" + images + "\"");
        }
        Tensor numbers = IdxFile.read(labels);
        if (numbers.rank() != 1 || numbers.dim(0) != pixels.dim(0)) {
            throw new InvalidException("labels: " + numbers + " (expected: UINT8[" + pixels.dim(0)
                    + "], one for each image), file \"" + labels + "\"");
        }
        return InMemory.of(new Kind.Image(), pixels, List.of(labels(numbers.bytes(), classes, labels)), List.of());
    }

    private static Labels labels(ByteBuffer bytes, int classes, Path file) {
        int[] of = new int[bytes.remaining()];
        int most = 0;
        for (int item = 0; item < of.length; item++) {
            of[item] = bytes.get(item) & 0xFF;
            most = Math.max(most, of[item]);
            if (classes > 0 && of[item] >= classes) {
                throw new InvalidException("label: " + of[item] + " (expected: 0 to " + (classes - 1) + "), item "
                        + item + ", file \"" + file + "\"");
            }
        }
        return new Labels(Labels.TASK, Labels.numbered(classes > 0 ? classes : most + 1), of);
    }
}
