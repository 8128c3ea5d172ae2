package dev.narrows.data;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a user names on a command line.
 *
 * @param train all items, or those to learn from
 * @param test the items to measure with, of the same shape and with the same classes, if the source has them apart
 */
public record DataSource(Dataset train, Optional<Dataset> test) {

    /** What is understood, in the order in which it is looked for. */
    private static final List<String> UNDERSTOOD = List.of(
            "IDX files (train-images-idx3-ubyte, t10k-…, .gz or plain)",
            "CIFAR binary (data_batch_*.bin, test_batch.bin; train.bin, test.bin)",
            "arrays (.npz or .npy: x_train, y_train, x_test, y_test; x, y; x_train.NAME for each of several modalities)",
            "CSV (a manifest with a column of files, or a series; train.csv, test.csv)",
            "folders of images, sounds or arrays (train/, test/; a folder a class, or classes by the name pattern)");

    public DataSource {
        Optional<Kind.Several> several = Kind.Several.of(train);
        if (test.isPresent() && !Kind.Several.of(test.get()).equals(several)) {
            throw new IncompatibleException("kind of the test items: "
                    + test.get().kind() + " (expected: " + train.kind() + ", as of the training items)");
        }
        if (test.isPresent() && !Arrays.equals(train.shape(), test.get().shape())) {
            throw new IncompatibleException("shape of the test items: "
                    + Arrays.toString(test.get().shape()) + " (expected: " + Arrays.toString(train.shape())
                    + ", that of the training items)");
        }
    }

    /**
     * Opens a file or a directory, by what it holds (docs/data.md has the rule).
     *
     * @throws InvalidException if there is no such file, or nothing in it is understood
     * @throws dev.narrows.errors.NarrowsException if what is in it is damaged or does not fit the options
     */
    public static DataSource open(Path path, DataOptions options) {
        if (!Files.exists(path)) {
            throw new InvalidException("data: no such file or directory: \"" + path + "\"");
        }
        return IdxReader.open(path)
                .or(() -> CifarReader.open(path))
                .or(() -> ArrayReader.open(path, options))
                .or(() -> CsvSource.open(path, options))
                .or(() -> FolderReader.open(path, options))
                .orElseThrow(() -> new InvalidException("data: nothing that is understood in \"" + path
                        + "\" (expected: " + String.join("; ", UNDERSTOOD) + ")"));
    }
}
