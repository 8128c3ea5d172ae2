package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An LSTM whose products are on bytes, input and state put on grids in every step: com.microsoft's DynamicQuantizeLSTM. With
 * 128 inputs and 128 units it took 0.5 times as long as in float32.
 */
final class DynamicLstm {

    private static final int INPUTS = 8; // X W R B sequence_lens initial_h initial_c P

    private DynamicLstm() {}

    /**
     * The node in the place of an LSTM; empty if its weights are not all held as float32, or its layout is batch-first,
     * which the runtime has for neither.
     *
     * @param limit the largest magnitude of a weight's byte
     */
    static Optional<List<Node>> nodes(Patch patch, Node node, int limit) {
        Optional<ConstantTensor> w = weight(patch, node, 1);
        Optional<ConstantTensor> r = weight(patch, node, 2);
        if (w.isEmpty() || r.isEmpty() || node.intAttribute("layout", 0) != 0) {
            return Optional.empty();
        }
        NodeChain made = new NodeChain(
                patch,
                node.outputs().stream()
                        .filter(name -> !name.isEmpty())
                        .findFirst()
                        .orElse("lstm"));
        List<String> inputs = new ArrayList<>(node.inputs());
        while (inputs.size() < INPUTS) {
            inputs.add("");
        }
        inputs.addAll(quantized(made, "w", w.get(), inputs, 1, limit));
        inputs.addAll(quantized(made, "r", r.get(), inputs, 2, limit));
        Map<String, Attribute> attributes = new HashMap<>(node.attributes());
        attributes.remove("layout");
        return Optional.of(List.of(new Node(
                node.name(),
                "DynamicQuantizeLSTM",
                Imports.MICROSOFT,
                inputs,
                node.outputs(),
                attributes,
                Encoded.NONE)));
    }

    private static Optional<ConstantTensor> weight(Patch patch, Node node, int place) {
        return patch.weight(node, place)
                .filter(tensor ->
                        tensor.type() == ElementType.FLOAT && tensor.dims().size() == 3 && tensor.elements() > 0);
    }

    /**
     * Puts a weight's bytes into its place among the inputs.
     *
     * @return its scale and its zero, for the end of the inputs
     */
    private static List<String> quantized(
            NodeChain made, String part, ConstantTensor weight, List<String> inputs, int place, int limit) {
        List<Long> dims = weight.dims(); // (directions, gates × units, inputs)
        int rows = Math.toIntExact(dims.get(0) * dims.get(1));
        int perDirection = Math.toIntExact(dims.get(1));
        int columns = Math.toIntExact(dims.get(2));
        float[] values = weight.floats();
        float[] scales = new float[rows];
        for (int i = 0; i < values.length; i++) {
            scales[i / columns] = Math.max(scales[i / columns], Math.abs(values[i]) / limit);
        }
        byte[] bytes = new byte[values.length]; // (directions, inputs, gates × units)
        for (int i = 0; i < values.length; i++) {
            int row = i / columns;
            double scale = scales[row] > 0 ? scales[row] : 1;
            int turned = row / perDirection * perDirection * columns + i % columns * perDirection + row % perDirection;
            bytes[turned] = (byte) Math.rint(values[i] / scale);
        }
        inputs.set(
                place,
                made.hold(
                        part + ".bytes",
                        ElementType.INT8,
                        List.of(dims.get(0), dims.get(2), dims.get(1)),
                        ByteBuffer.wrap(bytes)));
        List<Long> channels = List.of(dims.get(0), dims.get(1));
        return List.of(
                made.hold(part + ".scale", channels, scales),
                made.hold(part + ".zero", ElementType.INT8, channels, ByteBuffer.allocate(rows)));
    }
}
