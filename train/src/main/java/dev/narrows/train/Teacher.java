package dev.narrows.train;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import dev.narrows.gradient.Torch;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A network that shows another one what to answer; it does not change, and runs in ONNX Runtime: twice as fast as through
 * libtorch (ResNet-20, AVX2), and whatever its operators are. With one thread it repeats bit by bit. Owns its sessions until
 * closed.
 */
final class Teacher implements AutoCloseable {

    private final Network network;
    private final Inputs inputs;
    private final List<String> logits;
    private final Map<Set<String>, Session> sessions = new HashMap<>(); // by the values that they give

    Teacher(Network network, Inputs inputs) {
        logits = Logits.of(network);
        this.network = FreeBatch.of(network);
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
     * @throws InvalidException if it has no such value
     */
    Map<String, Tensor> answer(Tensor values, List<String> features) {
        Set<String> wanted = new LinkedHashSet<>(logits);
        wanted.addAll(features);
        Map<String, dev.narrows.engine.Tensor> given = new LinkedHashMap<>();
        inputs.of(values).forEach((name, tensor) -> given.put(name, Torch.toHost(tensor)));
        Map<String, Tensor> answers = new LinkedHashMap<>();
        session(wanted).run(given).forEach((name, tensor) -> answers.put(name, Torch.of(tensor)));
        return answers;
    }

    /** With as many threads as libtorch has when it is first wanted. */
    private Session session(Set<String> wanted) {
        return sessions.computeIfAbsent(
                wanted,
                names -> Session.open(
                        network.name(),
                        OnnxWriter.write(network.withOutputs(outputs(names))),
                        Map.of(),
                        SessionOptions.DEFAULT.withThreads(torch.get_num_threads())));
    }

    private List<ValueInfo> outputs(Set<String> names) {
        Map<String, Integer> made = network.producers();
        List<ValueInfo> outputs = new ArrayList<>();
        for (String name : names) {
            if (!made.containsKey(name)) {
                throw new InvalidException(
                        "value: no such (expected: an output or a value between nodes), \"" + name + "\"");
            }
            outputs.add(network.outputs().stream()
                    .filter(output -> output.name().equals(name))
                    .findFirst()
                    .orElse(new ValueInfo(name, Optional.empty(), "", Encoded.NONE)));
        }
        return outputs;
    }

    @Override
    public void close() {
        sessions.values().forEach(Session::close);
    }
}
