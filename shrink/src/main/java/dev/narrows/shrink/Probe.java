package dev.narrows.shrink;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Shows inner values of a network, item by item: the network is run with them as its outputs. */
final class Probe {

    private Probe() {}

    /** What is done with an item's values. */
    interface Reader {
        void read(Item item);
    }

    /** An item's values, by name. */
    static final class Item {
        private final Map<String, Tensor> tensors;
        private final Map<String, float[]> numbers = new HashMap<>();

        private Item(Map<String, Tensor> tensors) {
            this.tensors = tensors;
        }

        long[] shape(String value) {
            return tensor(value).shape();
        }

        float[] numbers(String value) {
            return numbers.computeIfAbsent(value, name -> tensor(name).toFloats());
        }

        private Tensor tensor(String value) {
            return Optional.ofNullable(tensors.get(value)).orElseThrow(() -> new IllegalStateException(value));
        }
    }

    /** @param values in float32; inputs of the network may be among them */
    static void each(Network network, Set<String> values, List<Map<String, Tensor>> items, Reader reader) {
        Set<String> made = new LinkedHashSet<>(values);
        network.inputs().forEach(input -> made.remove(input.name()));
        List<ValueInfo> outputs = new ArrayList<>();
        made.forEach(value -> outputs.add(ValueInfo.of(value, new TensorType(ElementType.FLOAT, Optional.empty()))));
        Network probed = outputs.isEmpty() ? network : network.withOutputs(outputs);
        try (Session session = Session.open("probe", OnnxWriter.write(probed), Map.of(), SessionOptions.DEFAULT)) {
            for (Map<String, Tensor> item : items) {
                Map<String, Tensor> tensors = new HashMap<>(item);
                tensors.putAll(session.run(item));
                reader.read(new Item(tensors));
            }
        }
    }
}
