package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.shrink.CalibrationMethod;
import dev.narrows.shrink.Footprint;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Int8;
import dev.narrows.shrink.Int8Options;
import dev.narrows.shrink.Kernels;
import dev.narrows.shrink.PairedLatency;
import dev.narrows.shrink.Reference;
import java.util.List;
import java.util.Map;

/**
 * Static INT8 of five networks: accuracy (or error) on items that nothing was calibrated on by every calibration method and
 * both widths of weights, and for the best of them by its noise on calibration items the latency against the fused float32
 * network by turns, one thread, three times.
 *
 * <pre>
 * java -Dnarrows.root=. -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.ShrinkInt8
 * </pre>
 *
 * Writes {@code docs/results/shrink-int8.json}.
 */
public final class ShrinkInt8 {

    private static final int REFERENCE_ITEMS = 20;
    private static final int ROUNDS = 3;
    private static final double SECONDS = 3;

    private ShrinkInt8() {}

    public static void main(String[] arguments) {
        JsonArray networks = new JsonArray();
        for (ShrinkSubject subject : ShrinkSubject.all()) {
            JsonObject result = measure(subject);
            networks.add(result);
            System.out.println(result);
        }
        JsonObject data = new JsonObject();
        data.addProperty("rounds", ROUNDS);
        data.add("networks", networks);
        System.out.println(ResultFile.write("shrink-int8", "java -cp … dev.narrows.benchmarks.ShrinkInt8", data));
    }

    private static JsonObject measure(ShrinkSubject subject) {
        List<Map<String, Tensor>> few = subject.calibration()
                .subList(0, Math.min(REFERENCE_ITEMS, subject.calibration().size()));
        Network fused = Fusing.run(
                        subject.network(), subject.shapes(), Reference.of(subject.network(), few), Fusing.passes())
                .network();
        Int8 int8 = Int8.calibrated(fused, NetworkShapes.infer(fused, Map.of()), subject.calibration());
        Reference calibration = Reference.of(fused, few);
        Reference test = Reference.of(
                fused,
                subject.test()
                        .subList(0, Math.min(2 * REFERENCE_ITEMS, subject.test().size())));
        JsonObject json = new JsonObject();
        json.addProperty("network", subject.name());
        json.addProperty("calibration_items", subject.calibration().size());
        json.addProperty("test_items", subject.test().size());
        addAccuracy(json, subject, fused);
        JsonArray tried = new JsonArray();
        Network best = fused;
        double least = Double.NEGATIVE_INFINITY;
        for (CalibrationMethod method : CalibrationMethod.values()) {
            for (int bits = 7; bits <= 8; bits++) {
                Network quantized =
                        int8.quantized(Int8Options.DEFAULT.withMethod(method).withWeightBits(bits), node -> true);
                double noise = calibration.difference(quantized).signalToNoise();
                JsonObject one = new JsonObject();
                one.addProperty("method", method.toString());
                one.addProperty("weight_bits", bits);
                one.addProperty("calibration_signal_to_noise_db", noise);
                one.addProperty(
                        "test_mean_relative_error", test.difference(quantized).mean());
                addAccuracy(one, subject, quantized);
                tried.add(one);
                if (noise > least) {
                    least = noise;
                    best = quantized;
                    json.addProperty("best", method + ", weights of " + bits + " bits");
                }
            }
        }
        json.add("tried", tried);
        Kernels kernels = Kernels.of(best, few.get(0), 3);
        json.addProperty("integer_kernels", kernels.integerLayers());
        json.addProperty("float_kernels", kernels.floatLayers());
        Footprint before = Footprint.of(fused, NetworkShapes.infer(fused, Map.of()));
        Footprint after = Footprint.of(best, NetworkShapes.infer(best, Map.of()));
        json.addProperty("file_bytes", before.fileBytes());
        json.addProperty("int8_file_bytes", after.fileBytes());
        json.addProperty("int8_download_bytes", after.downloadBytes());
        JsonArray ratios = new JsonArray();
        for (int round = 0; round < ROUNDS; round++) {
            PairedLatency latency = PairedLatency.of(fused, best, few, SECONDS);
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
