package dev.narrows.shrink;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.narrows.engine.KernelTrace;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The kernels that the runtime really ran for an item, from its profiler.
 *
 * @param byOperator the kernels of each operator, by the runtime's names
 */
public record Kernels(Map<String, Kernel> byOperator) {

    /** Of layers with weights, on floats. */
    private static final Set<String> FLOAT = Set.of(
            "Conv",
            "FusedConv",
            "NhwcFusedConv",
            "Gemm",
            "FusedGemm",
            "MatMul",
            "FusedMatMul",
            "ConvTranspose",
            "LSTM");

    /** Of layers with weights, on bytes. */
    private static final Set<String> INTEGER = Set.of(
            "QLinearConv",
            "QGemm",
            "QLinearMatMul",
            "MatMulIntegerToFloat",
            "MatMulInteger",
            "ConvInteger",
            "DynamicQuantizeMatMul",
            "DynamicQuantizeLSTM");

    /**
     * One operator's.
     *
     * @param count in one run
     * @param micros of all of them in one run
     */
    public record Kernel(double count, double micros) {}

    public Kernels {
        byOperator = Collections.unmodifiableMap(new TreeMap<>(byOperator));
    }

    /** Runs the network a few times on one thread with the profiler on. */
    public static Kernels of(Network network, Map<String, Tensor> item, int runs) {
        Map<String, Kernel> found = new TreeMap<>();
        for (JsonElement element : JsonParser.parseString(KernelTrace.of(OnnxWriter.write(network), item, runs))
                .getAsJsonArray()) {
            JsonObject event = element.getAsJsonObject();
            boolean kernel = event.has("cat")
                    && event.get("cat").getAsString().equals("Node")
                    && event.get("name").getAsString().endsWith("_kernel_time");
            if (kernel) {
                String operator = event.getAsJsonObject("args").get("op_name").getAsString();
                double micros = event.get("dur").getAsDouble() / runs;
                found.merge(
                        operator,
                        new Kernel(1.0 / runs, micros),
                        (one, other) -> new Kernel(one.count() + other.count(), one.micros() + other.micros()));
            }
        }
        return new Kernels(found);
    }

    /** How many layers with weights ran on bytes. */
    public int integerLayers() {
        return count(INTEGER);
    }

    /** How many layers with weights ran on floats. */
    public int floatLayers() {
        return count(FLOAT);
    }

    private int count(Set<String> operators) {
        double count = 0;
        for (Map.Entry<String, Kernel> entry : byOperator.entrySet()) {
            count += operators.contains(entry.getKey()) ? entry.getValue().count() : 0;
        }
        return (int) Math.round(count);
    }
}
