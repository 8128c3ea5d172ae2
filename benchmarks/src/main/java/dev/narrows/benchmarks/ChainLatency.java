package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.plan.ChainCheck;
import dev.narrows.plan.Chains;
import dev.narrows.plan.CutChoice;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a chain of four segments costs over the whole network in one session: wall time of a run from Java tensors to
 * Java tensors, one item, spinning off, all optimisations. The cuts are those of {@link CutChoice}; a float16 network
 * is cut in float32, as `split` and `pack` do. Both are loaded and run by turns, {@value #BLOCK}
 * runs in a row as a product would (turns of one run measure how each pushes the other's weights out of the caches), each
 * first every other time, in several rounds of fresh sessions; the figure is the ratio of the medians over all rounds.
 * Outputs are compared before anything is measured. On a busy machine the medians tell about its scheduler; the ratio of the
 * fastest runs is given beside them.
 *
 * <pre>
 * mvn -q -B -Dquickly -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp benchmarks/target/classes:$(cat benchmarks/target/classpath) dev.narrows.benchmarks.ChainLatency
 * </pre>
 *
 * Needs the shared models; writes {@code docs/results/chain-latency.json}; exits with 1 if a ratio is beyond
 * {@value #TARGET}.
 */
public final class ChainLatency {

    static final double TARGET = 1.05;

    private static final int SEGMENTS = 4;
    private static final int ROUNDS = 5;
    /** Until the Java code around the runtime is compiled; before later rounds fewer do. */
    private static final int FIRST_WARM_UP_BLOCKS = 20;

    private static final int WARM_UP_BLOCKS = 1;
    private static final int BLOCKS = 10;
    static final int BLOCK = 20;
    /** At the head of each block, not counted: the other one ran before. */
    private static final int BLOCK_WARM_UP = 2;

    private static final int RUNS = BLOCKS * BLOCK;
    private static final long SEED = 3;

    /** @param wholeWidened whether the whole network runs in float32 too, where the file has float16 */
    private record Subject(String name, String file, boolean wholeWidened) {}

    private static final List<Subject> SUBJECTS = List.of(
            new Subject("MobileNetV2", "imagenet/mobilenetv2.onnx", false),
            new Subject("SqueezeNet, the whole in float16", "imagenet/squeezenet_fp16.onnx", false),
            new Subject("SqueezeNet, the whole in float32", "imagenet/squeezenet_fp16.onnx", true));

    private ChainLatency() {}

    public static void main(String[] arguments) {
        JsonArray results = new JsonArray();
        double worst = 0;
        for (Subject subject : SUBJECTS) {
            Path file = ResultFile.shared().resolve("models").resolve(subject.file());
            if (!Files.exists(file)) {
                System.out.println(subject.name() + ": skipped, no " + file);
                continue;
            }
            Network given = OnnxReader.read(file);
            Network network = Widening.toFloat32IfHalf(given);
            for (int threads = 1; threads <= 2; threads++) {
                JsonObject result = measure(subject.name(), subject.wholeWidened() ? network : given, network, threads);
                worst = Math.max(worst, result.get("ratioOfMedians").getAsDouble());
                results.add(result);
            }
        }
        JsonObject data = new JsonObject();
        data.addProperty("target", TARGET);
        data.addProperty("largestRatio", worst);
        data.addProperty("rounds", ROUNDS);
        data.addProperty("blocksPerRound", BLOCKS);
        data.addProperty("runsPerBlock", BLOCK);
        data.add("results", results);
        System.out.println(ResultFile.write(
                "chain-latency",
                "java -cp benchmarks/target/classes:$(cat benchmarks/target/classpath)"
                        + " dev.narrows.benchmarks.ChainLatency",
                data));
        System.exit(worst <= TARGET ? 0 : 1);
    }

    private static JsonObject measure(String name, Network uncut, Network network, int threads) {
        Shapes shapes = NetworkShapes.infer(network, Map.of());
        List<Cut> cuts = CutChoice.narrowest(network, shapes, SEGMENTS - 1);
        Segments.Chain split = Segments.split(network, shapes, cuts);
        Map<String, Tensor> item = RandomItems.of(network, shapes, 1, SEED).get(0);
        SessionOptions options = SessionOptions.DEFAULT.withThreads(threads);
        double[] whole = new double[ROUNDS * RUNS];
        double[] chained = new double[ROUNDS * RUNS];
        double[] segments = new double[SEGMENTS];
        double difference = 0;
        List<Double> rounds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            try (Session session = Session.open(name, OnnxWriter.write(uncut), Map.of(), options);
                    Chain chain = Chains.open(split, options)) {
                difference = Math.max(
                        difference,
                        ChainCheck.compare(session, chain, List.of(item)).maxRelativeDifference());
                Map<String, Tensor> wholeItem = typed(item, session.inputs());
                int warmUp = round == 0 ? FIRST_WARM_UP_BLOCKS : WARM_UP_BLOCKS;
                for (int block = -warmUp; block < BLOCKS; block++) {
                    for (int turn = 0; turn < 2; turn++) {
                        boolean wholeTurn = (block + turn) % 2 == 0;
                        for (int run = -BLOCK_WARM_UP; run < BLOCK; run++) {
                            long start = System.nanoTime();
                            long[] parts = wholeTurn
                                    ? whole(session, wholeItem)
                                    : run(chain, item).segmentNanos();
                            double millis = (System.nanoTime() - start) / 1e6;
                            if (block < 0 || run < 0) {
                                continue;
                            }
                            (wholeTurn ? whole : chained)[(round * BLOCKS + block) * BLOCK + run] = millis;
                            for (int segment = 0; segment < parts.length; segment++) {
                                segments[segment] += parts[segment] / 1e6 / (ROUNDS * RUNS);
                            }
                        }
                    }
                }
            }
            int from = round * RUNS;
            rounds.add(median(Arrays.copyOfRange(chained, from, from + RUNS))
                    / median(Arrays.copyOfRange(whole, from, from + RUNS)));
        }
        JsonObject result = new JsonObject();
        result.addProperty("network", name);
        result.addProperty("threads", threads);
        JsonArray names = new JsonArray();
        cuts.forEach(cut -> names.add(cut.name()));
        result.add("cuts", names);
        result.addProperty("atFusionBoundaries", cuts.stream().allMatch(Cut::fusionBoundary));
        result.addProperty("largestRelativeDifference", difference);
        result.addProperty("wholeMedianMillis", median(whole));
        result.addProperty("chainMedianMillis", median(chained));
        result.addProperty("ratioOfMedians", median(chained) / median(whole));
        result.addProperty("ratioOfFastest", fastest(chained) / fastest(whole));
        JsonArray ratios = new JsonArray();
        rounds.forEach(ratios::add);
        result.add("ratioOfMediansByRound", ratios);
        JsonArray means = new JsonArray();
        for (double mean : segments) {
            means.add(mean);
        }
        result.add("segmentMeanMillis", means);
        System.out.printf(
                Locale.ROOT,
                "%-30s %d thread(s): whole %.3f ms, chain %.3f ms, ratio %.4f (of fastest %.4f), rounds %s, difference %.2g%n",
                name,
                threads,
                median(whole),
                median(chained),
                median(chained) / median(whole),
                fastest(chained) / fastest(whole),
                rounds.stream()
                        .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio))
                        .toList(),
                difference);
        return result;
    }

    private static long[] whole(Session session, Map<String, Tensor> item) {
        session.run(item);
        return new long[0];
    }

    private static Chain.Run run(Chain chain, Map<String, Tensor> item) {
        return chain.run(0, SEGMENTS, item);
    }

    /** The item in the element types that a session takes. */
    private static Map<String, Tensor> typed(Map<String, Tensor> item, List<TensorSpec> specs) {
        Map<String, Tensor> typed = new LinkedHashMap<>(item);
        for (TensorSpec spec : specs) {
            typed.computeIfPresent(spec.name(), (input, value) -> value.to(spec.dtype()));
        }
        return typed;
    }

    private static double fastest(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
