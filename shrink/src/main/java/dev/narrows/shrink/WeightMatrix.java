package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A float32 weight as a matrix: a row for each channel of the output (of a ConvTranspose the input, of an embedding the
 * token), a column for each number that goes into it.
 *
 * @param tensor as the file holds it
 * @param transposed whether its rows are the tensor's second axis: of a MatMul, and of a Gemm unless it transposes itself
 */
record WeightMatrix(ConstantTensor tensor, int rows, int columns, boolean transposed) {

    /** Below, what is saved is less than the nodes take that bring the weight back. */
    private static final int LEAST_ELEMENTS = 256;

    /** Operators that read weights, and where. */
    private static final Map<String, List<Integer>> READERS = Map.of(
            "Conv", List.of(1),
            "ConvTranspose", List.of(1),
            "Gemm", List.of(1),
            "MatMul", List.of(1),
            "LSTM", List.of(1, 2),
            "GRU", List.of(1, 2),
            "RNN", List.of(1, 2),
            "Gather", List.of(0));

    /**
     * The weights of a network, by name, but for small ones, ones that a subgraph reads too, and ones that an unwanted node
     * reads.
     */
    static Map<String, WeightMatrix> of(Network network, Predicate<Node> wanted) {
        Map<String, WeightMatrix> found = new LinkedHashMap<>();
        Set<String> kept = new HashSet<>();
        network.outputs().forEach(output -> kept.add(output.name()));
        for (Node node : network.nodes()) {
            node.subgraphs().forEach(subgraph -> kept.addAll(subgraph.captured()));
            List<Integer> places = node.isOnnx() ? READERS.getOrDefault(node.opType(), List.of()) : List.of();
            for (int place : places) {
                ConstantTensor tensor = place < node.inputs().size()
                        ? network.initializers().get(node.inputs().get(place))
                        : null;
                if (tensor != null && !wanted.test(node)) {
                    kept.add(tensor.name());
                } else if (tensor != null && isMatrix(node, tensor)) {
                    found.putIfAbsent(tensor.name(), of(node, tensor));
                }
            }
        }
        found.keySet().removeAll(kept);
        return found;
    }

    private static boolean isMatrix(Node node, ConstantTensor tensor) {
        int rank = tensor.dims().size();
        boolean plain = node.is("MatMul") || node.is("Gemm") || node.is("Gather");
        return tensor.type() == ElementType.FLOAT
                && tensor.elements() >= LEAST_ELEMENTS
                && (plain ? rank == 2 : rank >= 2);
    }

    private static WeightMatrix of(Node node, ConstantTensor tensor) {
        List<Long> dims = tensor.dims();
        boolean transposed = node.is("MatMul") || (node.is("Gemm") && node.intAttribute("transB", 0) == 0);
        boolean recurrent = node.is("LSTM") || node.is("GRU") || node.is("RNN"); // (directions, gates × hidden, inputs)
        long rows = transposed ? dims.get(1) : recurrent ? dims.get(0) * dims.get(1) : dims.get(0);
        return new WeightMatrix(tensor, Math.toIntExact(rows), Math.toIntExact(tensor.elements() / rows), transposed);
    }

    /** The row of an element of the tensor. */
    int rowOf(int element) {
        return transposed ? element % rows : element / columns;
    }

    /** The elements row by row. */
    float[] values() {
        float[] given = tensor.floats();
        if (!transposed) {
            return given;
        }
        float[] values = new float[given.length];
        for (int i = 0; i < given.length; i++) {
            values[i % rows * columns + i / rows] = given[i];
        }
        return values;
    }
}
