package dev.narrows.benchmarks;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random weights for networks that come with constant-fill ones (ConstantOfShape), whose outputs are all the same number
 * and would hide most mistakes. Matrices and kernels are uniform with variance 1 / fan-in (LeCun et al., 1998), which
 * keeps a final softmax from saturating; vectors, which scale, shift and normalise, are uniform in [0.5, 1.5).
 */
final class SeededWeights {

    private SeededWeights() {}

    static Network fill(Network network, Shapes shapes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        List<Node> nodes = new ArrayList<>();
        for (Node node : network.nodes()) {
            Shapes.Shape shape = shapes.of(node.outputs().get(0)).orElse(null);
            boolean fills = node.is("ConstantOfShape")
                    && shape != null
                    && node.attributes().get("value") instanceof Attribute.TensorValue value
                    && value.value().type() == ElementType.FLOAT;
            if (fills && shape != null) {
                String name = node.outputs().get(0);
                initializers.put(name, weight(name, shape, random.split()));
            } else {
                nodes.add(node);
            }
        }
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                nodes,
                initializers,
                network.valueInfos(),
                network.metadata(),
                network.extra());
    }

    private static ConstantTensor weight(String name, Shapes.Shape shape, SplittableRandom random) {
        int elements = Math.toIntExact(shape.elements());
        boolean vector = shape.dims().size() < 2;
        double fanIn = vector ? 1 : (double) elements / shape.dims().get(0);
        double bound = Math.sqrt(3 / fanIn);
        ByteBuffer data = ByteBuffer.allocateDirect(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            data.putFloat((float) (vector ? 0.5 + random.nextDouble() : bound * (2 * random.nextDouble() - 1)));
        }
        return new ConstantTensor(name, ElementType.FLOAT, shape.dims(), data.flip(), List.of(), "");
    }
}
