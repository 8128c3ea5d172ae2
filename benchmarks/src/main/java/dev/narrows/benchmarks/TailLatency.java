package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Costs;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.Shapes;
import dev.narrows.plan.NetworkShapes;
import dev.narrows.plan.RandomItems;
import dev.narrows.shrink.PairedLatency;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What lies behind a cut in two networks, by turns on one thread: how much faster a server's part got by what was done to
 * the whole network.
 *
 * <pre>
 * java -Dnarrows.root=. -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.TailLatency NAME
 * old.onnx new.onnx CUT </pre>
 *
 * Writes {@code docs/results/NAME.json}.
 */
public final class TailLatency {

    private static final int ITEMS = 20;
    private static final int ROUNDS = 6;
    private static final double SECONDS = 3;

    private TailLatency() {}

    public static void main(String[] arguments) {
        String cut = arguments[3];
        Network before = behind(arguments[1], cut);
        Network after = behind(arguments[2], cut);
        List<Map<String, Tensor>> items = RandomItems.of(before, shapes(before), ITEMS, 1);
        JsonArray rounds = new JsonArray();
        for (int round = 0; round < ROUNDS; round++) {
            PairedLatency latency = PairedLatency.of(before, after, items, SECONDS);
            JsonObject one = new JsonObject();
            one.addProperty("runs", latency.runs());
            one.addProperty("before_ms", latency.firstMillis());
            one.addProperty("after_ms", latency.secondMillis());
            one.addProperty("ratio", latency.ratio());
            rounds.add(one);
        }
        JsonObject data = new JsonObject();
        data.addProperty("cut", cut);
        data.addProperty("macs_before", macs(before));
        data.addProperty("macs_after", macs(after));
        data.add("rounds", rounds);
        System.out.println(data);
        System.out.println(ResultFile.write(
                arguments[0], "java -cp … dev.narrows.benchmarks.TailLatency NAME old.onnx new.onnx " + cut, data));
    }

    private static Network behind(String file, String cut) {
        Network network = OnnxReader.read(Path.of(file));
        return ShrinkSubject.parts(network, shapes(network), cut).get(1);
    }

    private static Shapes shapes(Network network) {
        return NetworkShapes.infer(network, Map.of());
    }

    private static long macs(Network network) {
        return Costs.of(network, shapes(network)).stream()
                .mapToLong(Costs.NodeCost::macs)
                .sum();
    }
}
