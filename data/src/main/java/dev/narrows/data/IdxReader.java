package dev.narrows.data;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Images and labels in two IDX files, as the MNIST family has them. In memory, a byte a pixel. */
public final class IdxReader {

    /** Endings of what other readers read: directories may hold many such files, which need not be opened. */
    private static final Pattern OTHER = Pattern.compile("(?i)\\.(png|jpe?g|gif|bmp|wav|npy|npz|csv|bin|txt)$");

    private static final Pattern TRAIN = Pattern.compile("train");
    private static final Pattern TEST = Pattern.compile("t10k|test");

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
        return read(images, labels, Classes.UNKNOWN);
    }

    static Dataset read(Path images, Path labels, Classes classes) {
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
        ByteBuffer bytes = numbers.bytes();
        int[] of = new int[bytes.remaining()];
        for (int item = 0; item < of.length; item++) {
            of[item] = bytes.get(item) & 0xFF;
        }
        Labels task = classes.numbered(Labels.TASK, of, item -> "item " + item + ", file \"" + labels + "\"");
        return InMemory.of(new Kind.Image(), pixels, List.of(task), List.of());
    }

    /** The directory's or file's images if there are any: by magic number, with the labels' file beside the images'. */
    static Optional<DataSource> open(Path path) {
        List<Path> images = (Files.isDirectory(path) ? Listing.files(path) : List.of(path))
                .stream()
                        .filter(file -> !OTHER.matcher(file.toString()).find() && IdxFile.is(file, 3))
                        .toList();
        if (images.isEmpty()) {
            return Optional.empty();
        }
        if (images.size() == 1) {
            return Optional.of(new DataSource(read(images.get(0), labelsOf(images.get(0))), Optional.empty()));
        }
        Path train = theOne(images, TRAIN, path);
        Path test = theOne(images, TEST, path);
        Dataset data = read(train, labelsOf(train));
        return Optional.of(new DataSource(data, Optional.of(read(test, labelsOf(test), Classes.of(data)))));
    }

    private static Path theOne(List<Path> images, Pattern part, Path directory) {
        List<Path> found = images.stream()
                .filter(file -> part.matcher(file.getFileName().toString()).find())
                .toList();
        if (found.size() != 1) {
            throw new InvalidException("images: "
                    + images.stream().map(Path::getFileName).toList() + " of which "
                    + found.size() + " match \"" + part + "\" (expected: 1; name the images' file itself), directory \""
                    + directory + "\"");
        }
        return found.get(0);
    }

    /** The file named as the images' with {@code labels} for {@code images} and {@code idx1} for {@code idx3}. */
    private static Path labelsOf(Path images) {
        String name = images.getFileName().toString();
        String labels = name.replace("images", "labels").replaceFirst("idx[34]", "idx1");
        String other = labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels + ".gz";
        for (String candidate : List.of(labels, other)) {
            Path file = images.resolveSibling(candidate);
            if (!candidate.equals(name) && Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new InvalidException("labels: none for \"" + images + "\" (expected: \"" + labels + "\" beside it)");
    }
}
