package dev.narrows.train;

import dev.narrows.gradient.DifferentiableNetwork;
import dev.narrows.graph.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** A network that shows another one what to answer; it does not change. Owns its weights until closed. */
final class Teacher implements AutoCloseable {

    private final DifferentiableNetwork network;
    private final Inputs inputs;
    private final List<String> logits;

    Teacher(Network network, Inputs inputs) {
        logits = Logits.of(network);
        this.network = DifferentiableNetwork.of(network);
        this.network.freeze(name -> true);
        this.inputs = inputs;
    }

    List<String> logits() {
        return logits;
    }

    /**
     * What it answers, without a gradient.
     *
     * @param features inner values that are wanted too
     * @return logits and features by name
     */
    Map<String, Tensor> answer(Tensor values, List<String> features) {
        List<String> wanted = new ArrayList<>(logits);
        wanted.addAll(features);
        try (NoGradGuard guard = new NoGradGuard()) {
            return new LinkedHashMap<>(network.forward(inputs.of(values), wanted));
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
