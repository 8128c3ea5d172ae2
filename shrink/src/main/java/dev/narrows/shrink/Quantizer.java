package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.FreshNames;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a plan into a network as pairs of QuantizeLinear and DequantizeLinear, which ONNX Runtime turns into kernels on
 * bytes: activations unsigned and asymmetric, or signed and symmetric; weights signed, symmetric and by channel, biases of 32 bits. Before opset
 * 13, which has no grids by channel, the two operators are com.microsoft's, so that the opset can stay.
 */
final class Quantizer {

    private static final long FIRST_BY_CHANNEL = 13;

    private final Network network;
    private final QuantizationPlan plan;
    private final Map<String, Range> ranges;
    private final Calibration calibration;
    private final Int8Options options;
    private final WeightRounding rounding;
    private final String domain;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, ConstantTensor> initializers;
    private final Map<String, String> read = new HashMap<>(); // what readers of a value read
    private final Map<String, QuantizedWeights> weights = new HashMap<>(); // by name and axis
    private final Map<String, String> dequantised = new HashMap<>(); // the same
    private final Map<String, LinearNode> layers = new LinkedHashMap<>(); // by their tensors of integers
    private final Map<String, String> apart = new HashMap<>(); // what layers in float32 between bytes read
    private final Map<String, List<Integer>> users;
    private final Set<String> outputs = new HashSet<>();
    private final FreshNames names;

    private Quantizer(
            Network network,
            QuantizationPlan plan,
            Map<String, Range> ranges,
            Calibration calibration,
            Int8Options options,
            WeightRounding rounding) {
        this.network = network;
        this.plan = plan;
        this.ranges = ranges;
        this.calibration = calibration;
        this.options = options;
        this.rounding = rounding;
        users = network.users();
        domain = network.opset() >= FIRST_BY_CHANNEL ? "" : Imports.MICROSOFT;
        initializers = new LinkedHashMap<>(network.initializers());
        network.outputs().forEach(output -> outputs.add(output.name()));
        names = FreshNames.of(network);
    }

    /**
     * A quantised network.
     *
     * @param layers whose weights or bias each tensor of integers is, as the layer was before
     */
    record Written(Network network, Map<String, LinearNode> layers) {}

    /** @param ranges of every planned value */
    static Written written(
            Network network,
            QuantizationPlan plan,
            Map<String, Range> ranges,
            Calibration calibration,
            Int8Options options,
            WeightRounding rounding) {
        Quantizer quantizer = new Quantizer(network, plan, ranges, calibration, options, rounding);
        Network quantized = quantizer.quantized();
        return new Written(quantized, quantizer.layers);
    }

    private Network quantized() {
        for (ValueInfo input : network.inputs()) {
            if (plan.values().contains(input.name())) {
                pair(input.name(), input.name(), fresh(input.name() + ".dequantized"));
            }
        }
        for (int i = 0; i < network.nodes().size(); i++) {
            Node node = network.nodes().get(i);
            LinearNode layer = plan.layers().get(i);
            if (isActivationBetweenPairs(i)) {
                addBeforeActivation(node);
            }
            add(layer == null ? node : layer(layer), layer != null);
        }
        Network rewired = network.rewired(nodes, initializers);
        return domain.isEmpty() ? rewired : Imports.microsoft(rewired);
    }

    private boolean isActivationBetweenPairs(int index) {
        Node node = network.nodes().get(index);
        return options.activations() == ActivationGrid.SIGNED
                && plan.others().contains(index)
                && QuantizationPlan.CLIPPING.contains(node.opType())
                && plan.values().contains(node.outputs().get(0));
    }

    /** The node behind new names, and what quantises its outputs. */
    private void add(Node node, boolean onBytes) {
        List<String> inputs = new ArrayList<>();
        node.inputs().forEach(name -> inputs.add(read.getOrDefault(name, name)));
        if (!onBytes && isBetweenBytes(node)) {
            inputs.set(0, apart.computeIfAbsent(inputs.get(0), this::apart));
        }
        List<String> results = new ArrayList<>();
        for (String output : node.outputs()) {
            boolean quantised = plan.values().contains(output);
            results.add(quantised && outputs.contains(output) ? fresh(output + ".float") : output);
        }
        nodes.add(
                new Node(node.name(), node.opType(), node.domain(), inputs, results, node.attributes(), node.extra()));
        for (int i = 0; i < results.size(); i++) {
            String output = node.outputs().get(i);
            if (plan.values().contains(output)) {
                boolean answer = outputs.contains(output);
                pair(output, results.get(i), answer ? output : fresh(output + ".dequantized"));
            }
        }
    }

    /**
     * Whether a layer that is to stay in float32 reads a value of bytes and makes one. The runtime (1.21 and newer) puts the
     * weights of such a layer on a grid of its own making, one for all channels, and runs it on bytes.
     */
    private boolean isBetweenBytes(Node node) {
        boolean layer = node.is("Conv") || node.is("ConvTranspose") || node.is("Gemm");
        if (!layer || !read.containsKey(node.inputs().get(0))) {
            return false;
        }
        String made = node.outputs().get(0);
        List<Integer> readers = users.getOrDefault(made, List.of());
        boolean clipped = readers.size() == 1
                && QuantizationPlan.CLIPPING.contains(
                        network.nodes().get(readers.get(0)).opType());
        return plan.values().contains(made)
                || (clipped
                        && plan.values()
                                .contains(network.nodes()
                                        .get(readers.get(0))
                                        .outputs()
                                        .get(0)));
    }

    /** The value behind a node that does nothing, and that the runtime does not see through: a sum of one. */
    private String apart(String value) {
        String output = fresh(value + ".apart");
        nodes.add(Node.of("", "Sum", List.of(value), List.of(output), Map.of()));
        return output;
    }

    /** Puts a value on its grid and back. */
    private void pair(String value, String from, String to) {
        Range.Grid grid = grid(value);
        String scale = put(ConstantTensor.of(fresh(value + ".scale"), List.of(), grid.scale()));
        String zero = put(new ConstantTensor(
                fresh(value + ".zero"),
                options.activations().type(),
                List.of(),
                ByteBuffer.wrap(new byte[] {(byte) grid.zero()}),
                List.of(),
                ""));
        pair(value, scale, zero, from, to);
        read.put(value, to);
    }

    private void pair(String value, String scale, String zero, String from, String to) {
        String bytes = fresh(value + ".quantized");
        nodes.add(node("QuantizeLinear", List.of(from, scale, zero), bytes, Map.of()));
        nodes.add(node("DequantizeLinear", List.of(bytes, scale, zero), to, Map.of()));
    }

    /**
     * What a layer makes on the grid of what its activation makes of that. Where that grid is symmetric its ends do not do
     * the work of a Relu: without a pair before it, too, the layer would compute with floats.
     */
    private void addBeforeActivation(Node activation) {
        String value = activation.outputs().get(0);
        String input = activation.inputs().get(0);
        pair(value, read.getOrDefault(input, input), fresh(input + ".dequantized"));
        read.put(input, read.get(value));
    }

    /** The layer with its weights and its bias on grids. */
    private Node layer(LinearNode layer) {
        String input = layer.node().inputs().get(0);
        double[] bias = layer.bias();
        float inputScale = grid(input).scale();
        String key = QuantizedWeights.axis(layer) + " " + layer.weight().name();
        QuantizedWeights quantized = weights.computeIfAbsent(
                key, name -> QuantizedWeights.of(layer, options.weightLimit(), bias, inputScale, rounding));
        String weight = dequantised.computeIfAbsent(key, name -> weights(layer, quantized));
        List<String> inputs = new ArrayList<>(List.of(input, weight));
        boolean any = layer.node().inputs().size() > 2
                && !layer.node().inputs().get(2).isEmpty();
        if (options.biasCorrection() && !layer.node().is("MatMul")) {
            double[] shift = quantized.meanError(layer, calibration.channelMeans(input));
            for (int channel = 0; channel < bias.length; channel++) {
                bias[channel] += Double.isFinite(shift[channel]) ? shift[channel] : 0;
                any |= bias[channel] != 0;
            }
        }
        if (any) {
            inputs.add(bias(layer, bias, inputScale, quantized.scales()));
        }
        Node node = layer.node();
        return new Node(
                node.name(), node.opType(), node.domain(), inputs, node.outputs(), node.attributes(), node.extra());
    }

    private String weights(LinearNode layer, QuantizedWeights quantized) {
        String name = layer.weight().name();
        List<Long> channels = List.of((long) quantized.scales().length);
        String scale = put(ConstantTensor.of(fresh(name + ".scale"), channels, quantized.scales()));
        String zero = put(
                integers(name + ".zero", ElementType.INT8, channels, ByteBuffer.allocate(quantized.scales().length)));
        String bytes = put(integers(
                name + ".quantized", ElementType.INT8, layer.weight().dims(), ByteBuffer.wrap(quantized.values())));
        layers.put(bytes, layer);
        String floats = fresh(name + ".dequantized");
        nodes.add(node(
                "DequantizeLinear",
                List.of(bytes, scale, zero),
                floats,
                Map.of("axis", new Attribute.IntValue(quantized.axis()))));
        return floats;
    }

    /** A bias on the grid of its sums: the scale is the product of input's and weights'. */
    private String bias(LinearNode layer, double[] bias, float inputScale, float[] weightScales) {
        float[] scales = new float[bias.length];
        ByteBuffer values = ByteBuffer.allocate(bias.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int channel = 0; channel < bias.length; channel++) {
            scales[channel] = inputScale * weightScales[channel];
            values.putInt((int) Math.max(
                    Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, Math.rint(bias[channel] / scales[channel]))));
        }
        String base = layer.node().outputs().get(0) + ".bias";
        List<Long> channels = List.of((long) bias.length);
        String scale = put(ConstantTensor.of(fresh(base + ".scale"), channels, scales));
        String zero = put(integers(
                base + ".zero", ElementType.INT32, channels, ByteBuffer.allocate(bias.length * Integer.BYTES)));
        String integers = put(integers(base + ".quantized", ElementType.INT32, channels, values.flip()));
        layers.put(integers, layer);
        String floats = fresh(base + ".dequantized");
        nodes.add(node(
                "DequantizeLinear", List.of(integers, scale, zero), floats, Map.of("axis", new Attribute.IntValue(0))));
        return floats;
    }

    private Range.Grid grid(String value) {
        Range range = ranges.get(value);
        if (range == null) {
            throw new IllegalStateException(value);
        }
        return options.activations().grid(range);
    }

    private ConstantTensor integers(String wish, ElementType type, List<Long> dims, ByteBuffer data) {
        return new ConstantTensor(fresh(wish), type, dims, data, List.of(), "");
    }

    private Node node(String operator, List<String> inputs, String output, Map<String, Attribute> attributes) {
        return new Node("", operator, domain, inputs, List.of(output), attributes, Encoded.NONE);
    }

    private String put(ConstantTensor tensor) {
        initializers.put(tensor.name(), tensor);
        return tensor.name();
    }

    private String fresh(String wish) {
        return names.like(wish);
    }
}
