package dev.narrows.shrink;

import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How large the float32 values of a network get on sample items. */
final class Magnitudes {

    private Magnitudes() {}

    /** The largest magnitude of each value that is no constant; not finite where a number was not. */
    static Map<String, Float> of(Network network, Shapes shapes, List<Map<String, Tensor>> items) {
        Set<String> constants = network.constantNames();
        List<ValueInfo> values = new ArrayList<>();
        for (Node node : network.nodes()) {
            for (String output : node.outputs()) {
                boolean floats = shapes.of(output)
                        .filter(shape -> shape.element() == ElementType.FLOAT)
                        .isPresent();
                if (floats && !constants.contains(output)) {
                    values.add(ValueInfo.of(output, new TensorType(ElementType.FLOAT, Optional.empty())));
                }
            }
        }
        Map<String, Float> largest = new LinkedHashMap<>();
        Network probed = values.isEmpty() ? network : network.withOutputs(values);
        try (Session session = Reference.open(probed)) {
            for (Map<String, Tensor> item : items) {
                Map<String, Tensor> seen = new LinkedHashMap<>(session.run(item));
                network.inputs().forEach(input -> seen.put(input.name(), given(item, input.name())));
                seen.forEach((name, tensor) -> {
                    if (tensor.dtype() == DType.FLOAT32) {
                        largest.merge(name, magnitude(tensor.toFloats()), Math::max);
                    }
                });
            }
        }
        return largest;
    }

    private static Tensor given(Map<String, Tensor> item, String input) {
        Tensor tensor = item.get(input);
        if (tensor == null) {
            throw new IllegalArgumentException(input);
        }
        return tensor;
    }

    private static float magnitude(float... numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number)); // NaN stays
        }
        return largest;
    }
}
