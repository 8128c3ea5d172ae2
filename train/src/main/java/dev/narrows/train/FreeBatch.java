package dev.narrows.train;

import dev.narrows.graph.Dim;
import dev.narrows.graph.Network;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Networks whose file fixes the batch at one item, made to take any number: training and measuring want many. */
public final class FreeBatch {

    private static final String ITEMS = "N";

    private FreeBatch() {}

    /**
     * The network with axis 0 of its inputs and outputs free where it was 1; itself if it was free. What the file says of
     * inner shapes is left out then. Whether the nodes agree shows when it is run.
     */
    public static Network of(Network network) {
        if (!isFixed(network)) {
            return network;
        }
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                freed(network, network.inputs()),
                freed(network, network.outputs()),
                network.nodes(),
                network.initializers(),
                Map.of(),
                network.metadata(),
                network.extra());
    }

    /** Whether the file fixes the batch at one item. */
    static boolean isFixed(Network network) {
        return network.inputs().stream()
                .filter(input -> !network.initializers().containsKey(input.name()))
                .allMatch(FreeBatch::isOne);
    }

    private static boolean isOne(ValueInfo value) {
        List<Dim> dims = value.type().flatMap(TensorType::shape).orElse(List.of());
        return !dims.isEmpty() && dims.get(0).equals(new Dim.Known(1));
    }

    private static List<ValueInfo> freed(Network network, List<ValueInfo> values) {
        return values.stream()
                .map(value -> network.initializers().containsKey(value.name()) || !isOne(value) ? value : freed(value))
                .toList();
    }

    private static ValueInfo freed(ValueInfo value) {
        TensorType type = value.type().orElseThrow();
        List<Dim> dims = new ArrayList<>(type.shape().orElseThrow());
        dims.set(0, new Dim.Symbol(ITEMS));
        return ValueInfo.of(value.name(), TensorType.of(type.element(), dims));
    }
}
