package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.shrink.Footprint;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Int8Options;
import dev.narrows.shrink.Int8Tuning;
import dev.narrows.shrink.Kernels;
import dev.narrows.shrink.MixedPrecision;
import dev.narrows.shrink.PairedLatency;
import dev.narrows.shrink.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Static INT8 of six networks, as {@code narrows shrink quantize} does it when nothing is said: the way of quantising
 * with the least noise on calibration items, then as many layers in float32 as it takes to be within 8 % of the
 * outputs' mean magnitude on these, 1 % where the network is no classifier. Accuracy (or error) on items that nothing
 * was chosen by, of that network and of the one with all layers on bytes; latencies of both against the fused float32
 * network by turns, one thread, three times.
 *
 * <pre>
 * java -Dnarrows.root=. -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.ShrinkInt8
 * [NETWORK…] [FILE.onnx…] </pre>
 *
 * Files hold networks for CIFAR-10, which are measured too. Writes {@code docs/results/shrink-int8.json} if no network is
 * named.
 */
public final class ShrinkInt8 {

    private static final int REFERENCE_ITEMS = 20;
    private static final int TEST_ITEMS = 50; // of which outputs are compared; accuracy is that on all
    private static final int SENSITIVITY_ITEMS = 8;
    private static final double CLASSIFIERS_ERROR = 0.08;
    private static final double OTHERS_ERROR = 0.01;
    private static final int ROUNDS = 3;
    private static final double SECONDS = 3;

    private ShrinkInt8() {}

    public static void main(String[] arguments) {
        JsonArray networks = new JsonArray();
        boolean named = Arrays.stream(arguments).anyMatch(argument -> !argument.endsWith(".onnx"));
        List<String> names = new ArrayList<>(named ? List.of() : ShrinkSubject.NAMES);
        names.addAll(List.of(arguments));
        for (String name : names) {
            JsonObject result = measure(ShrinkSubject.named(name));
            networks.add(result);
            System.out.println(result);
        }
        JsonObject data = new JsonObject();
        data.addProperty("rounds", ROUNDS);
        data.add("networks", networks);
        if (!named) {
            System.out.println(ResultFile.write("shrink-int8", "java -cp … dev.narrows.benchmarks.ShrinkInt8", data));
        }
    }

    private static JsonObject measure(ShrinkSubject subject) {
        List<Map<String, Tensor>> few = subject.calibration()
                .subList(0, Math.min(REFERENCE_ITEMS, subject.calibration().size()));
        Network fused = Fusing.run(
                        subject.network(), subject.shapes(), Reference.of(subject.network(), few), Fusing.passes())
                .network();
        Shapes shapes = NetworkShapes.infer(fused, Map.of());
        Reference calibration = Reference.of(fused, few);
        Reference test = Reference.of(
                fused,
                subject.test().subList(0, Math.min(TEST_ITEMS, subject.test().size())));
        JsonObject json = new JsonObject();
        json.addProperty("network", subject.name());
        json.addProperty("calibration_items", subject.calibration().size());
        json.addProperty("test_items", subject.test().size());
        addAccuracy(json, subject, fused);
        Int8Tuning tuning = Int8Tuning.of(
                fused, shapes, subject.calibration(), calibration, node -> true, Int8Tuning.Choices.ALL, () -> {});
        JsonArray tried = new JsonArray();
        for (Int8Tuning.Tried one : tuning.tried()) {
            JsonObject entry = new JsonObject();
            addWay(entry, one.options(), one.equalized());
            entry.addProperty("calibration_signal_to_noise_db", one.signalToNoise());
            tried.add(entry);
        }
        json.add("tried", tried);
        addWay(json, tuning.options(), tuning.equalized());
        json.addProperty("file_bytes", Footprint.of(fused, shapes).fileBytes());
        Network all = tuning.int8().quantized(tuning.options(), node -> true);
        json.add("all_layers", measured(subject, fused, all, test, few));
        double error = subject.labels().isEmpty() ? OTHERS_ERROR : CLASSIFIERS_ERROR;
        json.addProperty("target_error", error);
        Predicate<Network> good = network -> calibration.difference(network).mean() <= error;
        MixedPrecision mixed = good.test(all)
                ? new MixedPrecision(all, List.of(), 1)
                : MixedPrecision.of(
                        tuning.int8(),
                        tuning.options(),
                        node -> true,
                        tuning.int8()
                                .sensitivities(
                                        tuning.options(),
                                        Reference.of(fused, few.subList(0, Math.min(SENSITIVITY_ITEMS, few.size()))),
                                        () -> {}),
                        good);
        JsonArray kept = new JsonArray();
        mixed.kept().forEach(one -> kept.add(one.name()));
        json.add("kept_float32", kept);
        json.addProperty("networks_asked", mixed.tried());
        json.add("within_target", measured(subject, fused, mixed.network(), test, few));
        return json;
    }

    private static void addWay(JsonObject json, Int8Options options, boolean equalized) {
        json.addProperty("method", options.method().toString());
        json.addProperty("weight_bits", options.weightBits());
        json.addProperty("equalized", equalized);
        json.addProperty("rounding", options.rounding().toString());
    }

    private static JsonObject measured(
            ShrinkSubject subject, Network fused, Network quantized, Reference test, List<Map<String, Tensor>> items) {
        JsonObject json = new JsonObject();
        json.addProperty("test_mean_relative_error", test.difference(quantized).mean());
        addAccuracy(json, subject, quantized);
        Kernels kernels = Kernels.of(quantized, items.get(0), 3);
        json.addProperty("integer_kernels", kernels.integerLayers());
        json.addProperty("float_kernels", kernels.floatLayers());
        Footprint after = Footprint.of(quantized, NetworkShapes.infer(quantized, Map.of()));
        json.addProperty("file_bytes", after.fileBytes());
        json.addProperty("download_bytes", after.downloadBytes());
        JsonArray ratios = new JsonArray();
        for (int round = 0; round < ROUNDS; round++) {
            PairedLatency latency = PairedLatency.of(fused, quantized, items, SECONDS);
            JsonObject one = new JsonObject();
            one.addProperty("runs", latency.runs());
            one.addProperty("float32_ms", latency.firstMillis());
            one.addProperty("int8_ms", latency.secondMillis());
            one.addProperty("ratio", latency.ratio());
            ratios.add(one);
        }
        json.add("latency", ratios);
        return json;
    }

    private static void addAccuracy(JsonObject json, ShrinkSubject subject, Network network) {
        if (subject.labels().isEmpty()) {
            return;
        }
        json.addProperty("right", subject.right(network));
    }
}
