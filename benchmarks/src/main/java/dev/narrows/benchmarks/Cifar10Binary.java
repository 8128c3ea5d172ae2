package dev.narrows.benchmarks;

import dev.narrows.data.DataSource;
import dev.narrows.data.Dataset;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the shared data's part of CIFAR-10 (25,000 items to train on, 1,000 to test with) in CIFAR's binary format, which
 * {@code narrows train} reads.
 *
 * <pre>
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.Cifar10Binary cifar10
 * </pre>
 *
 * The argument is the directory to write to.
 */
public final class Cifar10Binary {

    private static final int PER_FILE = 10_000;

    private Cifar10Binary() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        DataSource source = Cifar10Sheets.open(ResultFile.shared());
        Dataset train = source.train();
        for (int from = 0; from < train.size(); from += PER_FILE) {
            String name = "data_batch_" + (from / PER_FILE + 1) + ".bin";
            write(train, from, Math.min(train.size(), from + PER_FILE), directory.resolve(name));
        }
        Dataset test = source.test().orElseThrow();
        write(test, 0, test.size(), directory.resolve("test_batch.bin"));
        Files.write(directory.resolve("batches.meta.txt"), train.labels().get(0).classes());
        System.out.println(directory + ": " + train.size() + " training items, " + test.size() + " test items");
    }

    private static void write(Dataset items, int from, int to, Path file) throws IOException {
        try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(file))) {
            for (int item = from; item < to; item++) {
                out.write(items.labels().get(0).of()[item]);
                for (float value : items.values(item)) {
                    out.write(Math.round(value * 255));
                }
            }
        }
    }
}
