package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.data.Batch;
import dev.narrows.engine.Tensor;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Network;
import dev.narrows.train.Classifier;
import dev.narrows.train.Inputs;
import dev.narrows.train.Losses;
import dev.narrows.train.StepTimer;
import dev.narrows.zoo.Architecture;
import dev.narrows.zoo.InputShape;
import dev.narrows.zoo.Zoo;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Images a second of a training step (forward, backward, SGD with momentum; batch 64, 3 × 32 × 32) against PyTorch, both
 * by turns in one run on the same machine with the same number of threads. Needs a Python with PyTorch, as a yardstick
 * only; without one it says so.
 *
 * <pre>
 * OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=1000000000000 \
 *     MALLOC_TOP_PAD_=67108864 MALLOC_ARENA_MAX=1 java -cp "benchmarks/target/classes:benchmarks/target/lib/*" \
 *     dev.narrows.benchmarks.TrainThroughput path/of/python 5
 * </pre>
 *
 * Both sides take the environment; the last four spare them the pages of large blocks at each step.
 * The arguments are the Python to start, the rounds, and if not all: networks with commas between, and threads.
 */
public final class TrainThroughput {

    private static final List<String> NETWORKS = List.of("lenet", "resnet:depth=20", "mobilenet");
    private static final List<String> PRECISIONS = List.of("float32", "float32-last", "bfloat16", "bfloat16-last");
    private static final double SECONDS = 6;

    private TrainThroughput() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String python = arguments[0];
        int rounds = Integer.parseInt(arguments[1]);
        List<String> networks = arguments.length > 2 ? List.of(arguments[2].split(",", -1)) : NETWORKS;
        int least = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
        int most = arguments.length > 3 ? least : Runtime.getRuntime().availableProcessors();
        Process process = new ProcessBuilder(
                        python,
                        ResultFile.root()
                                .resolve("benchmarks/src/main/python/train_throughput.py")
                                .toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
                BufferedWriter questions = process.outputWriter(StandardCharsets.UTF_8)) {
            String version = answers.readLine();
            if (version == null) {
                throw new IOException("no PyTorch in \"" + python + "\"");
            }
            JsonObject data = new JsonObject();
            data.addProperty("peer", version);
            data.addProperty("batch", 64);
            data.addProperty("rounds", rounds);
            JsonArray rows = new JsonArray();
            for (int threads = least; threads <= most; threads++) {
                for (String network : networks) {
                    rows.add(compare(network, threads, rounds, questions, answers));
                }
            }
            data.add("rows", rows);
            System.out.println(ResultFile.write(
                    "train-throughput",
                    "dev.narrows.benchmarks.TrainThroughput python "
                            + String.join(" ", List.of(arguments).subList(1, arguments.length)),
                    data));
        } finally {
            process.destroy();
        }
    }

    /** Ours in float32 and bfloat16 against theirs in each form, medians of the rounds. */
    private static JsonObject compare(
            String network, int threads, int rounds, BufferedWriter questions, BufferedReader answers)
            throws IOException {
        List<List<Double>> theirs = new ArrayList<>();
        PRECISIONS.forEach(precision -> theirs.add(new ArrayList<>()));
        List<Double> plain = new ArrayList<>();
        List<Double> mixed = new ArrayList<>();
        long parameters = 0;
        for (int round = 0; round < rounds; round++) {
            plain.add(ours(network, threads, false));
            for (int i = 0; i < PRECISIONS.size(); i++) {
                questions.write(network + " " + PRECISIONS.get(i) + " " + threads + " " + SECONDS + "\n");
                questions.flush();
                String[] answer = String.valueOf(answers.readLine()).split(" ", -1);
                parameters = Long.parseLong(answer[0]);
                theirs.get(i).add(Double.parseDouble(answer[1]));
            }
            mixed.add(ours(network, threads, true));
        }
        if (parameters != parameters(network)) {
            throw new IllegalStateException(
                    network + ": " + parameters(network) + " parameters (expected: as the peer's, " + parameters + ")");
        }
        JsonObject row = new JsonObject();
        row.addProperty("network", network);
        row.addProperty("threads", threads);
        row.addProperty("parameters", parameters);
        row.addProperty("ours_float32", median(plain));
        row.addProperty("ours_bfloat16", median(mixed));
        for (int i = 0; i < PRECISIONS.size(); i++) {
            row.addProperty("pytorch_" + PRECISIONS.get(i).replace('-', '_'), median(theirs.get(i)));
        }
        row.addProperty("ratio_float32", median(plain) / median(theirs.get(0)));
        row.addProperty("ratio_float32_best", median(plain) / Math.max(median(theirs.get(0)), median(theirs.get(1))));
        row.addProperty("ratio_bfloat16_best", median(mixed) / Math.max(median(theirs.get(2)), median(theirs.get(3))));
        System.out.println(String.format(Locale.ROOT, "%s", row));
        return row;
    }

    private static Network network(String spec) {
        return Zoo.build(Architecture.parse(spec), new InputShape.Image(3, 32, 32), 10, 1);
    }

    /** Weights that learn: all but the statistics of batch normalisation, which are no parameters in PyTorch. */
    private static long parameters(String spec) {
        Network network = network(spec);
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            return classifier.parameters().keySet().stream()
                    .map(network.initializers()::get)
                    .mapToLong(ConstantTensor::elements)
                    .sum();
        }
    }

    private static double ours(String spec, int threads, boolean mixed) {
        Network network = network(spec);
        Torch.threads(threads);
        float[] values = new float[64 * 3 * 32 * 32];
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        int[] classes = new int[64];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = i % 10;
        }
        try (Classifier classifier = Classifier.of(network, Inputs.of(network), Losses.crossEntropy(0))) {
            Batch batch = new Batch(classes.clone(), Tensor.of(values, 64, 3, 32, 32), List.of(classes));
            return StepTimer.itemsPerSecond(classifier, batch, 10, mixed, SECONDS);
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
