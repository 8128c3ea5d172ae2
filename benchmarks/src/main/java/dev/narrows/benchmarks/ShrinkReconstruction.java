package dev.narrows.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.shrink.FilterCriterion;
import dev.narrows.shrink.FilterPruning;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What networks answer rightly without shares of their channels, taught by nobody: as they are left, and with the layers
 * fitted to what they made ({@link FilterPruning#reconstructed}) on 200 calibration items, none of which is tested on.
 * Constants of front ends stay.
 *
 * <pre>
 * java -Dnarrows.root=. -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.narrows.benchmarks.ShrinkReconstruction
 * </pre>
 *
 * Writes {@code docs/results/shrink-reconstruction.json}.
 */
public final class ShrinkReconstruction {

    private static final List<String> SUBJECTS = List.of("ResNet-20", "barista", "MobileNetV2");
    private static final Pattern FRONT_END = Pattern.compile("stft|mel|spec|front");
    private static final double[] SHARES = {0.1, 0.2, 0.3, 0.5};
    private static final int ITEMS = 200;

    private ShrinkReconstruction() {}

    public static void main(String[] arguments) {
        JsonArray networks = new JsonArray();
        for (String name : SUBJECTS) {
            JsonObject result = measure(ShrinkSubject.named(name));
            networks.add(result);
            System.out.println(result);
        }
        JsonObject data = new JsonObject();
        data.add("networks", networks);
        System.out.println(ResultFile.write(
                "shrink-reconstruction", "java -cp … dev.narrows.benchmarks.ShrinkReconstruction", data));
    }

    private static JsonObject measure(ShrinkSubject subject) {
        List<Map<String, Tensor>> items = subject.calibration()
                .subList(0, Math.min(ITEMS, subject.calibration().size()));
        FilterPruning pruning = FilterPruning.of(subject.network(), subject.shapes(), 1)
                .keeping(layer -> FRONT_END.matcher(layer.label()).find());
        JsonObject json = new JsonObject();
        json.addProperty("network", subject.name());
        json.addProperty("items", items.size());
        json.addProperty("test_items", subject.test().size());
        json.addProperty("right", subject.right(subject.network()));
        json.addProperty("removable", pruning.removable());
        JsonArray shares = new JsonArray();
        for (double share : SHARES) {
            Set<Integer> chosen = pruning.uniform(share, FilterCriterion.L2, 1);
            long start = System.nanoTime();
            Network fitted = pruning.reconstructed(chosen, items, fit -> {});
            double seconds = (System.nanoTime() - start) / 1e9;
            JsonObject one = new JsonObject();
            one.addProperty("share", share);
            one.addProperty("removed", chosen.size());
            one.addProperty("right", subject.right(pruning.removed(chosen)));
            one.addProperty("right_reconstructed", subject.right(fitted));
            one.addProperty("seconds", seconds);
            shares.add(one);
        }
        json.add("shares", shares);
        return json;
    }
}
