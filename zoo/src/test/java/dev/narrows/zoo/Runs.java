package dev.narrows.zoo;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** Networks run in ONNX Runtime. */
final class Runs {

    private Runs() {}

    static Session open(Network network) {
        return Session.open(network.name(), OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT);
    }

    static Map<String, Tensor> run(Network network, Map<String, Tensor> inputs) {
        try (Session session = open(network)) {
            return session.run(inputs);
        }
    }

    /** What is there under a name. */
    static <T> T get(Map<String, T> named, String name) {
        return Objects.requireNonNull(named.get(name), name);
    }

    /** One output of a run. */
    static Tensor run(Network network, Map<String, Tensor> inputs, String output) {
        return get(run(network, inputs), output);
    }

    /** The network with the named tensors as outputs. */
    static Network withOutputs(Network network, List<String> names) {
        return network.withOutputs(names.stream()
                .map(name -> new ValueInfo(name, Optional.empty(), "", Encoded.NONE))
                .toList());
    }

    /** One input's run; all tensors that nodes make. */
    static Map<String, Tensor> runForAll(Network network, Tensor input) {
        List<String> all = new ArrayList<>();
        for (Node node : network.nodes()) {
            all.addAll(node.outputs());
        }
        return run(withOutputs(network, all), Map.of(network.inputs().get(0).name(), input));
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
