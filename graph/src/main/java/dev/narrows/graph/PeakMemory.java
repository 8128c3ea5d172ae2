package dev.narrows.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The most bytes of inputs, activations and outputs that are alive at once for one item, with nodes run in the file's order
 * and nothing fused or done in place: an upper bound of what the runtime needs beside the weights.
 */
public final class PeakMemory {

    private PeakMemory() {}

    public static long bytes(Network network, Shapes shapes) {
        Map<String, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < network.nodes().size(); i++) {
            for (String value : network.nodes().get(i).uses()) {
                lastUse.put(value, i);
            }
        }
        network.outputs().forEach(output -> lastUse.put(output.name(), Integer.MAX_VALUE));
        long alive = 0;
        for (ValueInfo input : network.inputs()) {
            alive += sizeBytes(shapes, input.name());
        }
        Set<String> made = new HashSet<>();
        network.inputs().forEach(input -> made.add(input.name()));
        long peak = alive;
        for (int i = 0; i < network.nodes().size(); i++) {
            Node node = network.nodes().get(i);
            for (String output : node.outputs()) {
                alive += sizeBytes(shapes, output);
                made.add(output);
            }
            peak = Math.max(peak, alive);
            Set<String> ended = new LinkedHashSet<>(node.uses());
            ended.addAll(node.outputs());
            for (String value : ended) {
                if (made.contains(value) && lastUse.getOrDefault(value, i) == i) {
                    alive -= sizeBytes(shapes, value);
                }
            }
        }
        return peak;
    }

    private static long sizeBytes(Shapes shapes, String value) {
        return shapes.of(value).map(Shapes.Shape::sizeBytes).orElse(0L);
    }
}
