package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Cuts;
import dev.narrows.graph.Fusions;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Segments;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.plan.ChainCheck;
import dev.narrows.plan.Chains;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts each of nine networks at every candidate cut and compares the chain of two segments with the whole network, on
 * the same runtime options (all optimisations, one thread) and the same seeded items. Every output must be within
 * {@link #TOLERANCE} of its largest magnitude; how many cuts are bit-identical is counted, and whether all that
 * {@link Fusions#keepsBits} names are.
 *
 * <p>The float16 network is cut as the float32 network that it is widened to ({@link Widening}), as `split` and `pack` do,
 * and the chain, its outputs rounded to float16, is compared with the network as given. The two networks
 * with constant-fill weights, whose outputs are a single number and hide differences, get random weights
 * ({@link SeededWeights}).
 *
 * <pre>
 * mvn -q -B -Dquickly install -DskipTests
 * java -Dnarrows.root=. -cp "$(benchmarks' class path)" dev.narrows.benchmarks.EveryCut
 * </pre>
 *
 * Writes {@code docs/results/every-cut.json}; exits with 1 if a cut is beyond the tolerance.
 */
public final class EveryCut {

    /** Of the largest magnitude of an output. */
    static final double TOLERANCE = 1e-5;

    private static final int ITEMS = 2;
    private static final long SEED = 7;

    private enum Change {
        NONE,
        /** Cut as the float32 network that the runtime makes of a float16 one. */
        WIDENED,
        /** Random weights for constant-fill ones. */
        SEEDED
    }

    /**
     * A network to cut.
     *
     * @param file below the shared models
     * @param shapes lengths of free axes that do not count items
     * @param samples values that random ones would not do for
     * @param change what is done to it before it is cut
     */
    private record Subject(
            String name, String file, Map<String, List<Long>> shapes, Map<String, Tensor> samples, Change change) {

        static Subject of(String name, String file) {
            return new Subject(name, file, Map.of(), Map.of(), Change.NONE);
        }

        /** One window of speech, 512 samples at 16 kHz, for one voice. */
        static Subject speech(String name, String file) {
            return new Subject(
                    name,
                    file,
                    Map.of("input", List.of(1L, 512L), "state", List.of(2L, 1L, 128L)),
                    Map.of("sr", Tensor.of(new long[] {16_000})),
                    Change.NONE);
        }

        /** What is cut, of what was read. */
        Network prepared(Network network) {
            return switch (change) {
                case NONE -> network;
                case WIDENED -> Widening.toFloat32(network);
                case SEEDED -> SeededWeights.fill(network, NetworkShapes.infer(network, shapes, samples), SEED);
            };
        }
    }

    private static final List<Subject> SUBJECTS = List.of(
            Subject.of("barista", "barista/barista.onnx"),
            new Subject("SqueezeNet float16", "imagenet/squeezenet_fp16.onnx", Map.of(), Map.of(), Change.WIDENED),
            Subject.of("MobileNetV2", "imagenet/mobilenetv2.onnx"),
            Subject.of("ResNet-20", "cifar10/resnet20.onnx"),
            Subject.of("YOLOX-nano", "detect/yolox_nano.onnx"),
            new Subject("DenseNet-121 seeded", "light/light_densenet121.onnx", Map.of(), Map.of(), Change.SEEDED),
            new Subject("Inception-v2 seeded", "light/light_inception_v2.onnx", Map.of(), Map.of(), Change.SEEDED),
            Subject.speech("silero-vad", "speech/silero_vad.onnx"),
            Subject.speech("silero-vad 16k", "speech/silero_vad_16k_op15.onnx"));

    private EveryCut() {}

    public static void main(String[] args) {
        Set<String> wanted = new LinkedHashSet<>(List.of(args));
        JsonArray networks = new JsonArray();
        boolean within = true;
        for (Subject subject : SUBJECTS) {
            Path file = ResultFile.shared().resolve("models").resolve(subject.file());
            if (!wanted.isEmpty() && !wanted.contains(subject.name())) {
                continue;
            }
            if (!Files.exists(file)) {
                System.out.println(subject.name() + ": skipped, no " + file);
                continue;
            }
            JsonObject result = measure(subject, OnnxReader.read(file));
            within &= result.get("max_relative_difference").getAsDouble() <= TOLERANCE;
            networks.add(result);
            System.out.println(result);
        }
        if (wanted.isEmpty()) {
            JsonObject data = new JsonObject();
            data.addProperty("items", ITEMS);
            data.addProperty("seed", SEED);
            data.addProperty("tolerance", TOLERANCE);
            data.add("networks", networks);
            System.out.println(ResultFile.write("every-cut", "java -cp … dev.narrows.benchmarks.EveryCut", data));
        }
        if (!within) {
            System.exit(1);
        }
    }

    private static JsonObject measure(Subject subject, Network given) {
        Network network = subject.prepared(given);
        boolean seeded = subject.change() == Change.SEEDED;
        long start = System.nanoTime();
        Shapes shapes = NetworkShapes.infer(network, subject.shapes(), subject.samples());
        long shaped = System.nanoTime();
        List<Cut> cuts = Cuts.candidates(network, shapes, Cuts.DEFAULT_MAX_TENSORS);
        long found = System.nanoTime();
        List<Map<String, Tensor>> items = RandomItems.of(network, shapes, ITEMS, SEED, subject.samples());
        Tally tally = new Tally(Fusions.of(network));
        Set<Float> distinct;
        try (Session whole = Session.open(
                subject.name(), OnnxWriter.write(seeded ? network : given), Map.of(), SessionOptions.DEFAULT)) {
            for (Cut cut : cuts) {
                Segments.Chain split = Segments.split(network, shapes, List.of(cut));
                try (Chain chain = Chains.open(split, SessionOptions.DEFAULT)) {
                    tally.add(cut, ChainCheck.compare(whole, chain, items));
                }
            }
        }
        try (Chain chain = Chains.open(Segments.split(network, shapes, List.of()), SessionOptions.DEFAULT)) {
            distinct = distinct(chain, items);
        }
        JsonObject json = new JsonObject();
        json.addProperty("network", subject.name());
        json.addProperty("nodes", network.nodes().size());
        json.addProperty("unsteady_values", shapes.unsteady().size());
        json.addProperty("shapes_ms", (shaped - start) / 1_000_000);
        json.addProperty("candidates_ms", (found - shaped) / 1_000_000);
        json.addProperty("check_ms", (System.nanoTime() - found) / 1_000_000);
        json.addProperty("distinct_output_values", distinct.size());
        tally.addTo(json);
        return json;
    }

    private static Set<Float> distinct(Chain chain, List<Map<String, Tensor>> items) {
        Set<Float> values = new LinkedHashSet<>();
        for (Map<String, Tensor> item : items) {
            for (Tensor output : chain.run(0, 1, item).outputs().values()) {
                for (float value : output.toFloats()) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    /** Counts over the cuts of one network. */
    private static final class Tally {

        private final Fusions fusions;
        private int cuts;
        private int single;
        private int boundary;
        private int expected; // to be bit-identical
        private int identicalAsExpected;
        private int identical;
        private int identicalAtBoundary;
        private double maxRelative;
        private double maxAbsolute;
        private final List<JsonObject> different = new ArrayList<>();

        Tally(Fusions fusions) {
            this.fusions = fusions;
        }

        void add(Cut cut, ChainCheck.Result result) {
            cuts++;
            single += cut.tensors().size() == 1 ? 1 : 0;
            boundary += cut.fusionBoundary() ? 1 : 0;
            boolean keepsBits = fusions.keepsBits(cut.upstream());
            expected += keepsBits ? 1 : 0;
            identicalAsExpected += keepsBits && result.identical() ? 1 : 0;
            maxRelative = Math.max(maxRelative, result.maxRelativeDifference());
            maxAbsolute = Math.max(maxAbsolute, result.maxDifference());
            if (result.identical()) {
                identical++;
                identicalAtBoundary += cut.fusionBoundary() ? 1 : 0;
                return;
            }
            JsonObject json = new JsonObject();
            json.addProperty("cut", cut.name());
            json.addProperty("relative_difference", result.maxRelativeDifference());
            json.addProperty("fusion_boundary", cut.fusionBoundary());
            json.addProperty("expected_bit_identical", keepsBits);
            JsonArray split = new JsonArray();
            fusions.splitBy(cut.upstream()).forEach(group -> split.add(group.rule()));
            json.add("splits", split);
            different.add(json);
        }

        void addTo(JsonObject json) {
            json.addProperty("cuts", cuts);
            json.addProperty("single_tensor_cuts", single);
            json.addProperty("fusion_boundary_cuts", boundary);
            json.addProperty("bit_identical", identical);
            json.addProperty("bit_identical_at_boundary", identicalAtBoundary);
            json.addProperty("expected_bit_identical", expected);
            json.addProperty("bit_identical_as_expected", identicalAsExpected);
            json.addProperty("different_at_boundary", boundary - identicalAtBoundary);
            json.addProperty("different_inside_fusion", different.size() - (boundary - identicalAtBoundary));
            json.addProperty("identical_inside_fusion", identical - identicalAtBoundary);
            json.addProperty("max_difference", maxAbsolute);
            json.addProperty("max_relative_difference", maxRelative);
            JsonArray list = new JsonArray();
            different.forEach(list::add);
            json.add("different", list);
        }
    }
}
