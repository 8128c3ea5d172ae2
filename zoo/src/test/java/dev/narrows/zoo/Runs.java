package dev.narrows.zoo;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Networks run in ONNX Runtime. */
final class Runs {

    private Runs() {}

    static Map<String, Tensor> run(Network network, Map<String, Tensor> inputs) {
        try (Session session =
                Session.open(network.name(), OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            return session.run(inputs);
        }
    }

    /** Normal values of variance 1, (items, dims…). */
    static Tensor normal(int items, List<Long> dims, long seed) {
        long[] shape = new long[dims.size() + 1];
        shape[0] = items;
        int elements = items;
        for (int axis = 0; axis < dims.size(); axis++) {
            shape[axis + 1] = dims.get(axis);
            elements *= Math.toIntExact(dims.get(axis));
        }
        Random random = new Random(seed);
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }
}
