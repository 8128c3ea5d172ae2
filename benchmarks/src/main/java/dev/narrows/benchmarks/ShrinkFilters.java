package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Widening;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import dev.narrows.shrink.FilterCriterion;
import dev.narrows.shrink.FilterPruning;
import dev.narrows.shrink.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Channels taken out of every network of the shared models that has convolutions, 30 and 60 % of each layer: the answers
 * against those of the network whose weights for these channels are 0. Networks with constant-fill weights get random
 * ones ({@link SeededWeights}), whose answers tell mistakes.
 *
 * <pre>
 * java -Dnarrows.root=. -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.ShrinkFilters
 * </pre>
 *
 * Writes {@code docs/results/shrink-filters.json}; exits with 1 if a network is beyond the tolerance.
 */
public final class ShrinkFilters {

    /** Of the largest magnitude of an output. */
    static final double TOLERANCE = 1e-4;

    private static final long SEED = 7;
    private static final List<String> FILES = List.of(
            "barista/barista.onnx",
            "cifar10/resnet20.onnx",
            "detect/yolox_nano.onnx",
            "imagenet/mobilenetv2.onnx",
            "imagenet/squeezenet_fp16.onnx",
            "light/light_densenet121.onnx",
            "light/light_inception_v1.onnx",
            "light/light_inception_v2.onnx",
            "light/light_resnet50.onnx",
            "light/light_shufflenet.onnx",
            "speech/silero_vad_16k_op15.onnx");

    private ShrinkFilters() {}

    public static void main(String[] arguments) {
        JsonArray networks = new JsonArray();
        boolean within = true;
        for (String file : FILES) {
            JsonObject result = measure(file);
            networks.add(result);
            System.out.println(result);
            within &= result.get("largest_difference").getAsDouble() <= TOLERANCE;
        }
        JsonObject data = new JsonObject();
        data.addProperty("seed", SEED);
        data.addProperty("tolerance", TOLERANCE);
        data.add("networks", networks);
        System.out.println(ResultFile.write("shrink-filters", "java -cp … dev.narrows.benchmarks.ShrinkFilters", data));
        if (!within) {
            System.exit(1);
        }
    }

    private static JsonObject measure(String file) {
        Path path = ResultFile.shared().resolve("models").resolve(file);
        Network given = Widening.toFloat32IfHalf(OnnxReader.read(path));
        boolean speech = file.startsWith("speech");
        Map<String, List<Long>> lengths =
                speech ? Map.of("input", List.of(1L, 512L), "state", List.of(2L, 1L, 128L)) : Map.of();
        Map<String, Tensor> samples = speech ? Map.of("sr", Tensor.of(new long[] {16_000})) : Map.of();
        Shapes givenShapes = NetworkShapes.infer(given, lengths, samples);
        boolean filled = file.startsWith("light");
        Network network = filled ? SeededWeights.fill(given, givenShapes, SEED) : given;
        Shapes shapes = NetworkShapes.infer(network, lengths, samples);
        List<Map<String, Tensor>> items = RandomItems.of(network, shapes, 2, SEED, samples);
        FilterPruning pruning = FilterPruning.of(network, shapes, SEED);
        JsonObject json = new JsonObject();
        json.addProperty("network", file);
        json.addProperty("channels", pruning.channels());
        json.addProperty("removable", pruning.removable());
        json.addProperty("macs", macs(network, shapes));
        double largest = 0;
        for (double share : new double[] {0.3, 0.6}) {
            Set<Integer> chosen = pruning.uniform(share, FilterCriterion.L1, 1);
            Network pruned = pruning.removed(chosen);
            double difference = Reference.of(pruning.masked(chosen), items)
                    .difference(pruned)
                    .largest();
            largest = Math.max(largest, difference);
            JsonObject one = new JsonObject();
            one.addProperty("share", share);
            one.addProperty("removed", chosen.size());
            one.addProperty("difference_from_masked", difference);
            one.addProperty(
                    "difference_from_whole",
                    Reference.of(network, items).difference(pruned).largest());
            one.addProperty("macs", macs(pruned, NetworkShapes.infer(pruned, lengths, samples)));
            json.add("share_" + Math.round(100 * share), one);
        }
        json.addProperty("largest_difference", largest);
        return json;
    }

    private static long macs(Network network, Shapes shapes) {
        return Costs.of(network, shapes).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }
}
