package dev.narrows.benchmarks;

import dev.narrows.augment.Augmentations;
import dev.narrows.augment.Medium;
import dev.narrows.data.DataSource;
import dev.narrows.data.Dataset;
import dev.narrows.data.Split;
import dev.narrows.data.Splits;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.shrink.FineTuning;
import dev.narrows.shrink.Salience;
import dev.narrows.shrink.WeightPruning;
import dev.narrows.train.Inputs;
import dev.narrows.train.Losses;
import dev.narrows.train.Measured;
import dev.narrows.train.OptimizerChoice;
import dev.narrows.train.Schedule;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The five pruning curves of Blalock et al. (2020) for a network on the shared part of CIFAR-10: accuracy on the 1,000
 * test images at compression ratios 2, 4, 8, 16 and 32. Iterative: each ratio begins with the network that was taught at
 * the one before, and is taught again, by labels and by a teacher, which is the network before pruning if no other is
 * given. The best epoch is chosen on held-out training images.
 *
 * <pre>
 * OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive java -cp "benchmarks/target/classes:benchmarks/target/lib/*" \
 *     dev.narrows.benchmarks.PruningCurves NAME model.onnx 3,3,4,6,8 1,2,3 curves [teacher.onnx [OPTIMIZER]]
 * </pre>
 *
 * The arguments are what the network is called, its file, the epochs at each ratio, the seeds, and the directory for
 * {@code curves.csv} and the networks; then a teacher, which takes the same images, and how steps are made, as {@code
 * --optimizer} takes it. What is there already is not done again, so that an interrupted run goes on; {@code recipe.txt} sees
 * that it goes on as it began.
 */
public final class PruningCurves {

    private static final String COLUMNS = "network,method,seed,ratio,accuracy,baseline";
    private static final int[] RATIOS = {2, 4, 8, 16, 32};
    private static final List<Float> MEAN = List.of(0.485f, 0.456f, 0.406f);
    private static final List<Float> DEVIATION = List.of(0.229f, 0.224f, 0.225f);
    private static final double HELD = 0.04;
    private static final long SPLIT_SEED = 2; // as `narrows train fit --seed 1` splits
    private static final double TEACHER_WEIGHT = 0.9;
    private static final String OPTIMIZER = "sgd:rate=0.05,momentum=0.9,nesterov,decay=0.0005";

    private final String name;
    private final Network network;
    private final int[] epochs;
    private final Path directory;
    private final Path file;
    private final OptimizerChoice optimizer;
    private final FineTuning tuning;
    private final Dataset test;
    private final double baseline;

    private PruningCurves(
            String name, Network network, Network teacher, OptimizerChoice optimizer, int[] epochs, Path directory) {
        this.name = name;
        this.network = network;
        this.optimizer = optimizer;
        this.epochs = epochs;
        this.directory = directory;
        this.file = directory.resolve("curves.csv");
        DataSource source = Cifar10Sheets.open(ResultFile.shared());
        Split split = Splits.stratified(source.train(), HELD, SPLIT_SEED);
        test = source.test().orElseThrow();
        Inputs inputs = Inputs.of(network, MEAN, DEVIATION);
        tuning = new FineTuning(
                split.train(),
                split.test(),
                inputs,
                Losses.crossEntropy(0),
                Optional.of(FineTuning.teacher(teacher, Inputs.of(teacher, MEAN, DEVIATION), TEACHER_WEIGHT)),
                weight -> false);
        baseline = accuracy(network);
    }

    public static void main(String[] arguments) throws IOException {
        int[] epochs = numbers(arguments[2]);
        if (epochs.length != RATIOS.length) {
            throw new IllegalArgumentException(
                    "epochs: " + arguments[2] + " (expected: " + RATIOS.length + " numbers)");
        }
        Path directory = Files.createDirectories(Path.of(arguments[4]));
        String optimizer = arguments.length > 6 ? arguments[6] : OPTIMIZER;
        requireRecipe(directory, String.join(" ", optimizer, "epochs", arguments[2], "teacher", teacher(arguments)));
        PruningCurves curves = new PruningCurves(
                arguments[0],
                OnnxReader.read(Path.of(arguments[1])),
                OnnxReader.read(Path.of(teacher(arguments))),
                OptimizerChoice.parse(optimizer),
                epochs,
                directory);
        Torch.threads(1);
        for (int seed : numbers(arguments[3])) {
            for (WeightPruning.Method method : WeightPruning.Method.values()) {
                curves.run(method, seed);
            }
        }
    }

    private static String teacher(String[] arguments) {
        return arguments.length > 5 ? arguments[5] : arguments[1];
    }

    private static void requireRecipe(Path directory, String recipe) throws IOException {
        Path file = directory.resolve("recipe.txt");
        if (!Files.exists(file)) {
            Files.writeString(file, recipe + "\n");
        } else if (!Files.readString(file).strip().equals(recipe)) {
            throw new IllegalArgumentException(
                    file + ": \"" + Files.readString(file).strip() + "\" (expected: \"" + recipe + "\")");
        }
    }

    private static int[] numbers(String text) {
        return List.of(text.split(",", -1)).stream().mapToInt(Integer::parseInt).toArray();
    }

    private void run(WeightPruning.Method method, int seed) throws IOException {
        Set<String> done = done();
        Network current = network;
        for (int step = 0; step < RATIOS.length; step++) {
            String key = name + "," + method + "," + seed + "," + RATIOS[step];
            Path model = directory.resolve(key.replace(',', '-') + ".onnx");
            if (done.contains(key)) {
                current = OnnxReader.read(model);
                continue;
            }
            current = taught(current, method, seed, step);
            OnnxFiles.write(current, model);
            String row = String.format(Locale.ROOT, "%s,%.4f,%.4f", key, accuracy(current), baseline);
            Files.writeString(file, row + "\n", StandardOpenOption.APPEND);
            System.out.println(row);
        }
    }

    private Network taught(Network before, WeightPruning.Method method, int seed, int step) {
        WeightPruning pruning = WeightPruning.of(before, NetworkShapes.infer(before, Map.of()), node -> true);
        Map<String, float[]> salience = method.needsGradients()
                ? new Salience(tuning.train(), tuning.inputs(), Salience.ITEMS, seed).ofWeights(before)
                : Map.of();
        Network pruned = pruning.pruned(method, RATIOS[step], salience, seed * 100L + step);
        return tuning.taught(pruned, options(step, seed), TrainingListener.NONE);
    }

    private TrainOptions options(int step, int seed) {
        return TrainOptions.builder()
                .epochs(epochs[step])
                .batch(128)
                .optimizer(optimizer)
                .schedule(Schedule.parse("one-cycle"))
                .augmentation(Augmentations.parse("crop:4,flip", new Medium.Image()))
                .clip(5)
                .keepZeros(true)
                .mixed(true)
                .seed(seed * 100L + step)
                .build();
    }

    private double accuracy(Network any) {
        return Measured.accuracy(any, tuning.inputs(), test).get(0);
    }

    /** The rows that are there, without their figures. */
    private Set<String> done() throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, COLUMNS + "\n");
        }
        return Files.readAllLines(file).stream()
                .map(line -> String.join(",", Arrays.asList(line.split(",", -1)).subList(0, 4)))
                .collect(Collectors.toSet());
    }
}
