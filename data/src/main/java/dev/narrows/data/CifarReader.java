package dev.narrows.data;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * CIFAR-10 and CIFAR-100 in their binary version (A. Krizhevsky, 2009): records of one label byte a task, then 3072 bytes
 * (3, 32, 32) in red, green, blue. In memory, a byte a pixel.
 */
public final class CifarReader {

    /** Bytes of an image: (3, 32, 32). */
    private static final int PIXELS = 3 * 32 * 32;

    /**
     * One label of a record.
     *
     * @param namesFile where the classes' names are, a line each, beside the records
     */
    private record Task(String name, int classes, String namesFile) {}

    /** Which labels stand before an image. */
    private record Layout(List<Task> tasks) {

        static final Layout CIFAR_10 = new Layout(List.of(new Task(Labels.TASK, 10, "batches.meta.txt")));
        /** In the records the coarse label stands first; the fine one is what CIFAR-100 means. */
        static final Layout CIFAR_100 = new Layout(List.of(
                new Task("coarse", 20, "coarse_label_names.txt"), new Task("fine", 100, "fine_label_names.txt")));

        int recordBytes() {
            return tasks.size() + PIXELS;
        }
    }

    private CifarReader() {}

    /**
     * The records of CIFAR-10 in some files. The classes' names are those of {@code batches.meta.txt} beside the first
     * file, else their numbers.
     *
     * @throws MalformedException if a file is no whole number of records, or a label is out of range
     * @throws InvalidException if there is no such file
     */
    public static Dataset cifar10(List<Path> files) {
        return read(files, Layout.CIFAR_10);
    }

    /** The records of CIFAR-100, as {@link #cifar10}: the tasks {@code fine} (100 classes) and {@code coarse} (20). */
    public static Dataset cifar100(List<Path> files) {
        return read(files, Layout.CIFAR_100);
    }

    /** {@code data_batch_*.bin} with {@code test_batch.bin}, or {@code train.bin} with {@code test.bin}; or one file. */
    static Optional<DataSource> open(Path path) {
        if (!Files.isDirectory(path)) {
            return path.toString().endsWith(".bin")
                    ? Optional.of(new DataSource(read(List.of(path), layout(path)), Optional.empty()))
                    : Optional.empty();
        }
        List<Path> train = new ArrayList<>();
        List<Path> test = new ArrayList<>();
        for (Path file : Listing.files(path)) {
            String name = file.getFileName().toString();
            if (name.matches("data_batch_\\d+\\.bin|train\\.bin")) {
                train.add(file);
            } else if (name.matches("test_batch\\.bin|test\\.bin")) {
                test.add(file);
            }
        }
        if (train.isEmpty()) {
            return Optional.empty();
        }
        Layout layout = layout(train.get(0));
        return Optional.of(new DataSource(
                read(train, layout), test.isEmpty() ? Optional.empty() : Optional.of(read(test, layout))));
    }

    /** By the file's size; a size that both have is CIFAR-100's only if its name is. */
    private static Layout layout(Path file) {
        long size = size(file);
        boolean ten = size % Layout.CIFAR_10.recordBytes() == 0;
        boolean hundred = size % Layout.CIFAR_100.recordBytes() == 0;
        if (size == 0 || (!ten && !hundred)) {
            throw new MalformedException("size: " + size + " bytes (expected: records of "
                    + Layout.CIFAR_10.recordBytes() + " (CIFAR-10) or " + Layout.CIFAR_100.recordBytes()
                    + " bytes (CIFAR-100)), file \"" + file + "\"");
        }
        boolean named = file.getFileName().toString().matches("train\\.bin|test\\.bin");
        return hundred && (!ten || named) ? Layout.CIFAR_100 : Layout.CIFAR_10;
    }

    private static Dataset read(List<Path> files, Layout layout) {
        if (files.isEmpty()) {
            throw new InvalidException("files: 0 (expected: 1 or more)");
        }
        int items = 0;
        for (Path file : files) {
            long size = size(file);
            if (size % layout.recordBytes() != 0) {
                throw new MalformedException("size: " + size + " bytes (expected: a multiple of "
                        + layout.recordBytes() + "; truncated after record " + size / layout.recordBytes()
                        + "?), file \"" + file + "\"");
            }
            items = Math.addExact(items, Math.toIntExact(size / layout.recordBytes()));
        }
        if ((long) items * PIXELS > Integer.MAX_VALUE) {
            throw new InvalidException(
                    "images: " + items + " (expected: at most " + Integer.MAX_VALUE / PIXELS + "), files " + files);
        }
        ByteBuffer pixels = ByteBuffer.allocateDirect(items * PIXELS).order(ByteOrder.nativeOrder());
        int[][] of = new int[layout.tasks().size()][items];
        int item = 0;
        for (Path file : files) {
            item = read(file, layout, pixels, of, item);
        }
        List<Labels> labels = new ArrayList<>();
        for (int task = 0; task < of.length; task++) {
            labels.add(0, labels(layout.tasks().get(task), of[task], files.get(0)));
        }
        return InMemory.of(
                new Kind.Image(), Tensor.of(DType.UINT8, pixels.flip(), items, 3, 32, 32), labels, List.of());
    }

    /** Adds a file's records to those that are read; returns their number. */
    private static int read(Path file, Layout layout, ByteBuffer pixels, int[][] of, int before) {
        int item = before;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer record = ByteBuffer.allocate(layout.recordBytes());
            long records = channel.size() / layout.recordBytes();
            for (long number = 0; number < records; number++, item++) {
                record.clear();
                while (record.hasRemaining()) {
                    if (channel.read(record) < 0) {
                        throw new EOFException("shorter than it was");
                    }
                }
                record.flip();
                for (int task = 0; task < of.length; task++) {
                    of[task][item] = record.get() & 0xFF;
                    int classes = layout.tasks().get(task).classes();
                    if (of[task][item] >= classes) {
                        throw new MalformedException("label: " + of[task][item] + " (expected: 0 to " + (classes - 1)
                                + "), byte " + (number * layout.recordBytes() + task) + ", file \"" + file + "\"");
                    }
                }
                pixels.put(record);
            }
            return item;
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }

    private static Labels labels(Task task, int[] of, Path beside) {
        Path file = beside.resolveSibling(task.namesFile());
        if (!Files.isRegularFile(file)) {
            return new Labels(task.name(), Labels.numbered(task.classes()), of);
        }
        try {
            List<String> names = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            if (names.size() != task.classes()) {
                throw new MalformedException("names of classes: " + names.size() + " (expected: " + task.classes()
                        + ", one a line), file \"" + file + "\"");
            }
            return new Labels(task.name(), names, of);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            throw new InvalidException("no such file: \"" + file + "\"", e);
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        }
    }
}
