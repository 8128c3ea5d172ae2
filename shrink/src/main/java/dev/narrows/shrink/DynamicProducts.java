package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A layer that quantises its own input: DynamicQuantizeLinear, MatMulInteger or ConvInteger, and the scales behind it. Of a
 * matrix product the runtime makes one kernel, DynamicQuantizeMatMul; before opset 11, which has not all of these, that
 * is written as it is.
 */
final class DynamicProducts {

    /** The first opset with DynamicQuantizeLinear; ConvInteger and MatMulInteger came with 10. */
    static final long FIRST_OPSET = 11;

    private static final int ZERO = 128; // of unsigned weights

    private DynamicProducts() {}

    /** @param limit the largest magnitude of a weight's byte */
    static List<Node> product(Patch patch, LinearNode layer, int limit) {
        Node node = layer.node();
        WeightMatrix matrix = matrix(layer);
        QuantizedWeights quantized = QuantizedWeights.of(layer, limit);
        NodeChain made = new NodeChain(patch, node.outputs().get(0));
        List<Long> channels = List.of((long) matrix.rows());
        String weight = made.hold(
                "weights",
                ElementType.INT8,
                List.of((long) matrix.columns(), channels.get(0)),
                ByteBuffer.wrap(inputsFirst(matrix, quantized.values())));
        String scale = made.hold("scale", channels, quantized.scales());
        String zero = made.hold("zero", ElementType.INT8, channels, ByteBuffer.allocate(matrix.rows()));
        boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        if (patch.network().opset() >= FIRST_OPSET) {
            return scaled(
                    made,
                    node,
                    "MatMulInteger",
                    Map.of(),
                    weight,
                    zero,
                    scale,
                    biased ? node.inputs().get(2) : "");
        }
        List<String> inputs = new ArrayList<>(List.of(node.inputs().get(0), weight, scale, zero));
        if (biased) {
            inputs.add(made.hold("bias", channels, floats(layer.bias())));
        }
        return List.of(new Node(
                node.name(),
                "DynamicQuantizeMatMul",
                Imports.MICROSOFT,
                inputs,
                node.outputs(),
                Map.of(),
                Encoded.NONE));
    }

    /**
     * Weights are unsigned here: the kernel for signed ones took 4 to 15 times as long as float32's. It sums pairs of unsigned
     * bytes in full on every processor.
     */
    static List<Node> convolution(Patch patch, LinearNode layer) {
        Node node = layer.node();
        QuantizedWeights quantized = QuantizedWeights.of(layer, ZERO - 1);
        byte[] bytes = quantized.values();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] += (byte) ZERO;
        }
        List<Long> dims = layer.weight().dims();
        NodeChain made = new NodeChain(patch, node.outputs().get(0));
        String weight = made.hold("weights", ElementType.UINT8, dims, ByteBuffer.wrap(bytes));
        String zero = made.hold("zero", ElementType.UINT8, List.of(), ByteBuffer.wrap(new byte[] {(byte) ZERO}));
        List<Long> along = new ArrayList<>(List.of(dims.get(0)));
        dims.subList(2, dims.size()).forEach(length -> along.add(1L));
        String scale = made.hold("scale", along, quantized.scales());
        boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        String bias = biased ? made.hold("bias", along, floats(layer.bias())) : "";
        return scaled(made, node, "ConvInteger", node.attributes(), weight, zero, scale, bias);
    }

    private static List<Node> scaled(
            NodeChain made,
            Node node,
            String operator,
            Map<String, Attribute> attributes,
            String weight,
            String zero,
            String scale,
            String bias) {
        String input = node.inputs().get(0);
        String output = node.outputs().get(0);
        List<String> grid = made.makeAll("DynamicQuantizeLinear", List.of(input), "bytes", "input_scale", "input_zero");
        String sums = made.make(operator, "sums", attributes, grid.get(0), weight, grid.get(2), zero);
        String wide = made.cast(sums, "wide_sums", ElementType.FLOAT);
        String scales = made.make("Mul", "scales", Map.of(), grid.get(1), scale);
        List<Node> nodes;
        if (bias.isEmpty()) {
            nodes = new ArrayList<>(made.nodes());
            nodes.add(Node.of(node.name(), "Mul", List.of(wide, scales), List.of(output), Map.of()));
        } else {
            String product = made.make("Mul", "product", Map.of(), wide, scales);
            nodes = new ArrayList<>(made.nodes());
            nodes.add(Node.of(node.name(), "Add", List.of(product, bias), List.of(output), Map.of()));
        }
        return nodes;
    }

    private static WeightMatrix matrix(LinearNode layer) {
        boolean transposed = QuantizedWeights.axis(layer) == 1;
        int rows = layer.channels();
        return new WeightMatrix(
                layer.weight(), rows, Math.toIntExact(layer.weight().elements() / rows), transposed);
    }

    /** A matrix product's bytes, (inputs, outputs). */
    private static byte[] inputsFirst(WeightMatrix matrix, byte[] values) {
        if (matrix.transposed()) {
            return values;
        }
        byte[] turned = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % matrix.columns() * matrix.rows() + i / matrix.columns()] = values[i];
        }
        return turned;
    }

    private static float[] floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
