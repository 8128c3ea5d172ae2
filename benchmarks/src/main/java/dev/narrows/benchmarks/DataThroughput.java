package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.augment.Augmentation;
import dev.narrows.augment.Augmentations;
import dev.narrows.augment.Medium;
import dev.narrows.data.BatchOptions;
import dev.narrows.data.Batches;
import dev.narrows.data.DataOptions;
import dev.narrows.data.DataSource;
import dev.narrows.data.Dataset;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Items a second that batches give, by workers: Fashion-MNIST in memory, as it is and augmented, and photographs decoded
 * from JPEG. Against a bare loop that copies the same items in the same order of batches into one array.
 *
 * <pre>
 * mvn -q -Dquickly -DskipTests package
 * java -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.DataThroughput
 * </pre>
 */
public final class DataThroughput {

    private static final String COMMAND =
            "java -cp \"benchmarks/target/classes:benchmarks/target/lib/*\" dev.narrows.benchmarks.DataThroughput";
    private static final int BATCH = 64;
    private static final int MOST_WORKERS = 2;
    /** Epochs that are timed, the median counts; as many before them only warm up. */
    private static final int EPOCHS = 3;

    private DataThroughput() {}

    public static void main(String[] arguments) {
        // Above the number of cores, others were at work and the figures are too low.
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        JsonArray rows = new JsonArray();
        Path data = ResultFile.shared().resolve("data");
        if (!Files.isDirectory(data)) {
            System.out.println("skipped: " + data + " is not there");
            return;
        }
        Dataset fashion = DataSource.open(data.resolve("fashion-mnist"), DataOptions.DEFAULT)
                .train();
        measure(rows, "fashion-mnist", fashion, "none");
        measure(rows, "fashion-mnist", fashion, "crop:2,flip");
        measure(rows, "fashion-mnist", fashion, "image-light");
        Dataset photographs = DataSource.open(
                        data.resolve("imagenet-samples"),
                        DataOptions.builder().size(224).build())
                .train();
        measure(rows, "imagenet-samples at 224 × 224, JPEG", photographs, "none");
        JsonObject result = new JsonObject();
        result.addProperty("batch", BATCH);
        result.addProperty("epochs", EPOCHS);
        result.addProperty("load average at the start", load);
        result.add("rows", rows);
        System.out.println(ResultFile.write("data-throughput", COMMAND, result));
    }

    private static void measure(JsonArray rows, String name, Dataset data, String augmentation) {
        JsonObject row = new JsonObject();
        row.addProperty("data", name);
        row.addProperty("augmentation", augmentation);
        row.addProperty("bare loop, items/s", Math.round(itemsPerSecond(data.size(), epoch -> bare(data))));
        BatchOptions options = BatchOptions.DEFAULT
                .withSize(BATCH)
                .withShuffle(true)
                .withAugmentation(
                        augmentation.equals("none")
                                ? Augmentation.NONE
                                : Augmentations.parse(augmentation, new Medium.Image()));
        for (int workers = 0; workers <= MOST_WORKERS; workers++) {
            BatchOptions with = options.withWorkers(workers);
            double speed = itemsPerSecond(data.size(), epoch -> batches(data, with, epoch));
            row.addProperty(workers + " workers, items/s", Math.round(speed));
        }
        System.out.println(row);
        rows.add(row);
    }

    /** One epoch; gives a value that depends on all that was read, so that nothing is left out. */
    private interface Epoch {
        double run(int epoch);
    }

    private static double itemsPerSecond(int items, Epoch epoch) {
        double[] speeds = new double[EPOCHS];
        double sum = 0;
        for (int i = -EPOCHS; i < EPOCHS; i++) {
            long start = System.nanoTime();
            sum += epoch.run(i + EPOCHS);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (i >= 0) {
                speeds[i] = items / seconds;
            }
        }
        if (Double.isNaN(sum)) {
            throw new IllegalStateException("items that are no numbers");
        }
        Arrays.sort(speeds);
        return speeds[EPOCHS / 2];
    }

    private static double bare(Dataset data) {
        int length = (int) Arrays.stream(data.shape()).reduce(1, (a, b) -> a * b);
        float[] item = new float[length];
        float[] batch = new float[BATCH * length];
        double sum = 0;
        for (int index = 0; index < data.size(); index++) {
            data.values(index, item);
            System.arraycopy(item, 0, batch, index % BATCH * length, length);
            sum += batch[index % BATCH * length];
        }
        return sum;
    }

    private static double batches(Dataset data, BatchOptions options, int epoch) {
        double sum = 0;
        try (Batches batches = Batches.open(data, options, epoch)) {
            while (batches.hasNext()) {
                sum += batches.next().values().bytes().getFloat(0);
            }
        }
        return sum;
    }
}
