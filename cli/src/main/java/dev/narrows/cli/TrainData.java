package dev.narrows.cli;

import dev.narrows.data.DataOptions;
import dev.narrows.data.DataSource;
import dev.narrows.data.Dataset;
import dev.narrows.data.Datasets;
import dev.narrows.data.Kind;
import dev.narrows.data.Split;
import dev.narrows.data.Splits;
import dev.narrows.errors.IncompatibleException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that name data to train on. */
final class TrainData {

    /** Items to learn from, to choose by, and to report on. No item is in two of them. */
    record Parts(Dataset train, Dataset held, Dataset test) {}

    private static final double TEST_SHARE = 0.2;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description =
                    "IDX or CIFAR files, .npy/.npz, a CSV manifest or series, folders of images or sounds (docs/data.md).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path data;

    @Option(
            names = "--test",
            paramLabel = "PATH",
            description = "Items to report on (default: those that the data keeps apart, else a fifth of it).")
    private @Nullable Path test;

    @Option(
            names = "--held",
            paramLabel = "SHARE",
            defaultValue = "0.1",
            description =
                    "Share of the training items that is held out to choose the best weights by (default: ${DEFAULT-VALUE}).")
    private double held;

    @Option(
            names = "--held-from",
            paramLabel = "PATH",
            description = "Items to choose the best weights by, in place of --held.")
    private @Nullable Path heldFrom;

    @Option(names = "--split-by-group", description = "No group (speaker, site …) is on two sides of a split.")
    private boolean byGroup;

    @Option(names = "--per-class", paramLabel = "N", description = "Take no more than N training items of each class.")
    private int perClass;

    @Option(names = "--size", paramLabel = "N", description = "Images: bring them to N × N pixels.")
    private int size;

    @Option(names = "--grey", description = "Images: take them as grey.")
    private boolean grey;

    @Option(names = "--rate", paramLabel = "HZ", description = "Sound: samples a second (default: 16000).")
    private int rate = DataOptions.RATE;

    @Option(names = "--seconds", paramLabel = "S", description = "Sound: cut or pad to S seconds (default: 1).")
    private double seconds = DataOptions.SECONDS;

    @Option(names = "--window", paramLabel = "N", description = "Series: steps in a window (default: 128).")
    private int window = DataOptions.WINDOW;

    @Option(names = "--stride", paramLabel = "N", description = "Series: steps between windows (default: 64).")
    private int stride = DataOptions.STRIDE;

    @Option(
            names = "--files-of",
            split = ",",
            paramLabel = "COLUMN",
            description = "CSV manifest: the columns with files; several are modalities (default: file).")
    private List<String> fileColumns = new ArrayList<>(List.of(DataOptions.FILE_COLUMN));

    @Option(
            names = "--labels-of",
            split = ",",
            paramLabel = "COLUMN",
            description = "CSV: the columns that are labels, a task each (default: label).")
    private List<String> labelColumns = new ArrayList<>();

    @Option(
            names = "--group-of",
            paramLabel = "COLUMN",
            description = "CSV: the column with the group (default: group).")
    private @Nullable String groupColumn;

    @Option(
            names = "--name-pattern",
            paramLabel = "REGEX",
            description = "Folders: classes and groups by file name, (?<label>…) and (?<group>…).")
    private @Nullable String pattern;

    /** Whether data was named; only commands that leave it to the user need to ask. */
    boolean isGiven() {
        return data != null;
    }

    /** Opens what was named. */
    Parts open(long seed) {
        if (!(held > 0 && held < 1)) {
            throw new WrongUseException("--held: " + held + " (expected: between 0 and 1)");
        }
        DataOptions options = options();
        DataSource source = DataSource.open(data, options);
        Dataset train = source.train();
        Dataset tested;
        if (test != null) {
            tested = other(test, options, train);
        } else if (source.test().isPresent()) {
            tested = source.test().get();
        } else {
            Split split = split(train, TEST_SHARE, seed);
            train = split.train();
            tested = split.test();
        }
        Dataset chosenBy;
        if (heldFrom != null) {
            chosenBy = other(heldFrom, options, train);
        } else {
            Split split = split(train, held, seed + 1);
            train = split.train();
            chosenBy = split.test();
        }
        return new Parts(perClass > 0 ? Datasets.limited(train, perClass, seed) : train, chosenBy, tested);
    }

    /** Items of another place; their classes and modalities must be the training items', in the same order. */
    private static Dataset other(Path path, DataOptions options, Dataset train) {
        DataSource source = DataSource.open(path, options);
        Dataset items = source.test().orElse(source.train());
        if (!modalities(items).equals(modalities(train))) {
            throw new IncompatibleException("modalities: " + modalities(items) + " in \"" + path
                    + "\" (expected: those of --data, " + modalities(train) + ")");
        }
        for (int task = 0; task < Math.max(items.labels().size(), train.labels().size()); task++) {
            List<String> ours =
                    task < train.labels().size() ? train.labels().get(task).classes() : List.of();
            List<String> theirs =
                    task < items.labels().size() ? items.labels().get(task).classes() : List.of();
            if (!ours.equals(theirs)) {
                throw new IncompatibleException(
                        "classes: " + theirs + " in \"" + path + "\" (expected: those of --data, " + ours + ")");
            }
        }
        return items;
    }

    private static List<String> modalities(Dataset data) {
        return data.kind() instanceof Kind.Several several ? several.names() : List.of();
    }

    private Split split(Dataset all, double share, long seed) {
        return byGroup ? Splits.byGroup(all, share, seed) : Splits.stratified(all, share, seed);
    }

    private DataOptions options() {
        DataOptions.Builder builder = DataOptions.builder()
                .size(size)
                .channels(grey ? 1 : DataOptions.CHANNELS)
                .rate(rate)
                .seconds(seconds)
                .window(window)
                .stride(stride)
                .fileColumns(fileColumns.toArray(String[]::new))
                .labelColumns(labelColumns.toArray(String[]::new));
        if (groupColumn != null) {
            builder.groupColumn(groupColumn);
        }
        if (pattern != null) {
            builder.namePattern(pattern);
        }
        return builder.build();
    }
}
