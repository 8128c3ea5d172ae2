package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How large the float32 values of a network get on sample items. */
final class Magnitudes {

    private Magnitudes() {}

    /** The largest magnitude of each value that is no constant; not finite where a number was not. */
    static Map<String, Float> of(Network network, Shapes shapes, List<Map<String, Tensor>> items) {
        Set<String> constants = network.constantNames();
        Set<String> values = new LinkedHashSet<>();
        network.inputs().forEach(input -> values.add(input.name()));
        network.nodes().forEach(node -> values.addAll(node.outputs()));
        values.removeAll(constants);
        values.removeIf(value -> shapes.of(value)
                .filter(shape -> shape.element() == ElementType.FLOAT)
                .isEmpty());
        Map<String, Float> largest = new LinkedHashMap<>();
        Probe.each(
                network,
                values,
                items,
                item -> values.forEach(value -> largest.merge(value, magnitude(item.numbers(value)), Math::max)));
        return largest;
    }

    private static float magnitude(float... numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number)); // NaN stays
        }
        return largest;
    }
}
