package dev.narrows.benchmarks;

import dev.narrows.data.DataSource;
import dev.narrows.data.Dataset;
import dev.narrows.data.InMemory;
import dev.narrows.data.Kind;
import dev.narrows.data.Labels;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.items.ItemReader;
import dev.narrows.wire.bundle.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * CIFAR-10 as the shared data has it: sheets of 1000 images, an image a row of 1024 pixels, with their labels in one list.
 * Sheets 0 to 24 are half of the training set, sheet 50 is a tenth of the test set. In memory, a byte a value.
 */
final class Cifar10Sheets {

    /** Sheets of the training set. */
    static final int TRAINING_SHEETS = 25;

    private static final int TEST_SHEET = 50;
    private static final int ROWS = 1000;
    private static final int SIDE = 32;
    private static final int PIXELS = SIDE * SIDE;
    private static final List<String> CLASSES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    /** The stored bytes as they are. */
    private static final ItemReader READER = ItemReader.of(
            new Preprocessing.Image(0, 0, false, false, 1, List.of(0.0), List.of(1.0)),
            new TensorSpec("sheet", DType.FLOAT32, List.of(-1L, 3L, (long) ROWS, (long) PIXELS)));

    private Cifar10Sheets() {}

    /** Whether the sheets are there. */
    static boolean areIn(Path shared) {
        return Files.isRegularFile(directory(shared).resolve("labels.csv"));
    }

    /** 25,000 items to train on and 1,000 to test with, each (3, 32, 32). */
    static DataSource open(Path shared) {
        return open(shared, TRAINING_SHEETS);
    }

    /** As {@link #open(Path)}, of the training set only the first {@code sheets}. */
    static DataSource open(Path shared, int sheets) {
        int[][] labels = labels(directory(shared).resolve("labels.csv"));
        int[] training = new int[sheets];
        Arrays.setAll(training, sheet -> sheet);
        return new DataSource(
                read(directory(shared), labels, training), Optional.of(read(directory(shared), labels, TEST_SHEET)));
    }

    private static Path directory(Path shared) {
        return shared.resolve("data").resolve("cifar10");
    }

    private static Dataset read(Path directory, int[][] labels, int... sheets) {
        int items = sheets.length * ROWS;
        ByteBuffer bytes = ByteBuffer.allocateDirect(items * 3 * PIXELS).order(ByteOrder.nativeOrder());
        int[] of = new int[items];
        for (int i = 0; i < sheets.length; i++) {
            float[] values = READER.read(directory.resolve("cifar10_batch_" + sheets[i] + ".png"))
                    .toFloats(); // (3, rows, pixels)
            for (int row = 0; row < ROWS; row++) {
                for (int channel = 0; channel < 3; channel++) {
                    int from = (channel * ROWS + row) * PIXELS;
                    for (int pixel = 0; pixel < PIXELS; pixel++) {
                        bytes.put((byte) values[from + pixel]);
                    }
                }
                of[i * ROWS + row] = labels[sheets[i]][row];
            }
        }
        return InMemory.of(
                new Kind.Image(),
                Tensor.of(DType.UINT8, bytes.flip(), items, 3, SIDE, SIDE),
                List.of(new Labels(Labels.TASK, CLASSES, of)),
                List.of());
    }

    /** (sheet, row) → label; -1 where the list has none. */
    private static int[][] labels(Path file) {
        int[][] labels = new int[TEST_SHEET + 1][ROWS];
        for (int[] sheet : labels) {
            Arrays.fill(sheet, Labels.UNKNOWN);
        }
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 1; i < lines.size(); i++) {
                String[] cells = lines.get(i).split(",", -1);
                labels[Integer.parseInt(cells[0])][Integer.parseInt(cells[1])] = Integer.parseInt(cells[2]);
            }
            return labels;
        } catch (IOException e) {
            throw new InvalidException("cannot be read: \"" + file + "\": " + e.getMessage(), e);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new MalformedException("labels: not sheet,row,label in each line, file \"" + file + "\"", e);
        }
    }
}
