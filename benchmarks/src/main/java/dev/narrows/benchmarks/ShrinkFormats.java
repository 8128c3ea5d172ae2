package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.shrink.BlockOptions;
import dev.narrows.shrink.Curvatures;
import dev.narrows.shrink.DynamicInt8;
import dev.narrows.shrink.Float16;
import dev.narrows.shrink.Footprint;
import dev.narrows.shrink.Fusing;
import dev.narrows.shrink.Kernels;
import dev.narrows.shrink.NumberFormat;
import dev.narrows.shrink.PairedLatency;
import dev.narrows.shrink.Reference;
import dev.narrows.shrink.Rounding;
import dev.narrows.shrink.WeightStorage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The number formats of {@code narrows shrink quantize} but static INT8, on MobileNetV2, ResNet-20 and barista: accuracy on
 * labelled items that nothing was measured on before, bytes of the file and behind deflate, kernels, and the latency against
 * the fused float32 network by turns, one thread. Constants of front ends ({@code frontend.}) stay in float32.
 *
 * <pre>
 * java -Dnarrows.root=. -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.ShrinkFormats
 * </pre>
 *
 * Writes {@code docs/results/shrink-formats.json}.
 */
public final class ShrinkFormats {

    private static final List<String> SUBJECTS = List.of("MobileNetV2", "ResNet-20", "barista");
    private static final List<BlockOptions> BLOCKS = List.of(
            new BlockOptions(4, 32, false),
            new BlockOptions(4, 32, true),
            new BlockOptions(4, 128, false),
            new BlockOptions(2, 16, false),
            new BlockOptions(2, 32, false));
    private static final int SAMPLE_ITEMS = 20;
    private static final int CALIBRATION_ITEMS = 200;
    private static final double SECONDS = 2;

    private ShrinkFormats() {}

    public static void main(String[] arguments) {
        JsonArray networks = new JsonArray();
        for (String name : SUBJECTS) {
            JsonObject result = measure(ShrinkSubject.named(name));
            networks.add(result);
            System.out.println(result);
        }
        JsonObject data = new JsonObject();
        data.add("networks", networks);
        System.out.println(ResultFile.write("shrink-formats", "java -cp … dev.narrows.benchmarks.ShrinkFormats", data));
    }

    private static JsonObject measure(ShrinkSubject subject) {
        List<Map<String, Tensor>> few = subject.calibration()
                .subList(0, Math.min(SAMPLE_ITEMS, subject.calibration().size()));
        Network fused = Fusing.run(
                        subject.network(), subject.shapes(), Reference.of(subject.network(), few), Fusing.passes())
                .network();
        Shapes shapes = NetworkShapes.infer(fused, Map.of());
        Reference test = Reference.of(
                fused,
                subject.test()
                        .subList(0, Math.min(2 * SAMPLE_ITEMS, subject.test().size())));
        JsonObject json = new JsonObject();
        json.addProperty("network", subject.name());
        json.addProperty("opset", fused.opset());
        json.addProperty("test_items", subject.test().size());
        json.addProperty("right", subject.right(fused));
        addBytes(json, fused, shapes);
        JsonArray formats = new JsonArray();
        Curvatures curvatures = Curvatures.of(
                fused,
                shapes,
                subject.calibration()
                        .subList(
                                0,
                                Math.min(
                                        CALIBRATION_ITEMS, subject.calibration().size())));
        formats(shapes, few, curvatures).forEach((name, format) -> {
            JsonObject one = new JsonObject();
            one.addProperty("format", name);
            try {
                Network changed = format.apply(fused);
                one.addProperty("right", subject.right(changed));
                Reference.Difference difference = test.difference(changed);
                one.addProperty("mean_relative_error", difference.mean());
                one.addProperty("signal_to_noise_db", difference.signalToNoise());
                addBytes(one, changed, NetworkShapes.infer(changed, Map.of()));
                Kernels kernels = Kernels.of(changed, few.get(0), 3);
                one.addProperty("integer_kernels", kernels.integerLayers());
                one.addProperty("float_kernels", kernels.floatLayers());
                one.addProperty("kernels", String.join(" ", kernels.byOperator().keySet()));
                PairedLatency latency = PairedLatency.of(fused, changed, few, SECONDS);
                one.addProperty("runs", latency.runs());
                one.addProperty("float32_ms", latency.firstMillis());
                one.addProperty("ms", latency.secondMillis());
                one.addProperty("ratio", latency.ratio());
                one.addProperty("lower_quartile", latency.lowerQuartile());
                one.addProperty("upper_quartile", latency.upperQuartile());
            } catch (UnsupportedException e) {
                one.addProperty("refused", e.getMessage());
            }
            System.out.println(subject.name() + " " + one);
            formats.add(one);
        });
        json.add("formats", formats);
        return json;
    }

    private static Map<String, UnaryOperator<Network>> formats(
            Shapes shapes, List<Map<String, Tensor>> few, Curvatures curvatures) {
        Predicate<Node> wanted = node -> node.inputs().stream().noneMatch(input -> input.startsWith("frontend."));
        Map<String, UnaryOperator<Network>> formats = new LinkedHashMap<>();
        for (NumberFormat format : List.of(
                NumberFormat.FLOAT16, NumberFormat.BFLOAT16, NumberFormat.FLOAT8_E4M3, NumberFormat.FLOAT8_E5M2)) {
            formats.put(format.toString(), network -> WeightStorage.floats(network, shapes, format, wanted));
        }
        formats.put("float16 with activations", network -> Float16.computed(network, shapes, few, wanted));
        for (BlockOptions options : BLOCKS) {
            for (Rounding rounding : Rounding.values()) {
                formats.put(
                        "int" + options.bits() + " groups of " + options.group()
                                + (options.symmetric() ? " symmetric" : "") + ", " + rounding,
                        network -> WeightStorage.blocks(network, shapes, options, wanted, rounding, curvatures));
            }
        }
        formats.put("int8-dynamic", network -> DynamicInt8.quantized(network, shapes, 8, false, wanted));
        formats.put(
                "int8-dynamic with convolutions", network -> DynamicInt8.quantized(network, shapes, 8, true, wanted));
        return formats;
    }

    private static void addBytes(JsonObject json, Network network, Shapes shapes) {
        Footprint footprint = Footprint.of(network, shapes);
        json.addProperty("file_bytes", footprint.fileBytes());
        json.addProperty("download_bytes", footprint.downloadBytes());
    }
}
