package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.FreshNames;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Validator;
import dev.narrows.train.TrainOptions;
import dev.narrows.train.TrainingListener;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of bytes as one of floats that computes the same and can be trained: weights learn to live with the steps of
 * their grids (quantisation-aware training: Jacob et al. 2018; gradients go straight through the rounding, as in
 * Krishnamoorthi 2018).
 */
public final class FakeQuantization {

    /* design
     * The network that learns is the quantised one, node by node, with floats in place of integers: weights and biases
     * that a QuantizeLinear puts on the grid that their integers had. All grids stay as the quantiser made them, those of
     * weights too, where Jacob et al. let them follow the weights: what is written in the end is the quantised network
     * with other integers, and what was trained is what runs, but where a float32 sum is rounded to another step than the
     * sum of whole numbers.
     */

    /** How far a weight may be from its byte's middle, in steps: less than the half at which it would be another's. */
    private static final float WITHIN = 0.49f;

    private final Network quantized;
    private final Map<String, LinearNode> layers;
    private final int limit;
    private final Map<String, String> learned = new LinkedHashMap<>(); // the floats for each tensor of integers
    private final Network network;

    /**
     * @param quantized what the {@link Quantizer} wrote
     * @param layers whose weights or bias each tensor of integers is, as the layer was before
     * @param limit the largest magnitude of a weight's byte
     */
    FakeQuantization(Network quantized, Map<String, LinearNode> layers, int limit) {
        this.quantized = quantized;
        this.layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
        this.limit = limit;
        network = learning();
    }

    /** Whether no layer is on bytes, so that there is no grid to live with. */
    public boolean isEmpty() {
        return layers.isEmpty();
    }

    /** The quantised network as it was made. */
    public Network quantized() {
        return quantized;
    }

    /** The network that learns; for the trainer, whose operators know no opsets, not for the runtime. */
    Network network() {
        return network;
    }

    /**
     * The quantised network with other integers, and with what else was learned: weights of layers in float32.
     *
     * @param trained {@link #network} with other weights
     */
    Network quantized(Network trained) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(quantized.initializers());
        initializers.replaceAll((name, tensor) -> trained.initializers().getOrDefault(name, tensor));
        for (Node node : quantized.nodes()) {
            String first = node.inputs().isEmpty() ? "" : node.inputs().get(0);
            if (layers.containsKey(first)) {
                initializers.put(first, rounded(node, get(trained.initializers(), get(learned, first))));
            }
        }
        Network written = quantized.withInitializers(initializers);
        Validator.check(written);
        return written;
    }

    /**
     * The quantised network with what it learned at its best on the held-out items.
     *
     * @param options {@link TrainOptions#keepZeros} keeps what was pruned at 0
     * @throws dev.narrows.errors.IncompatibleException if items or teacher do not fit the network
     * @throws dev.narrows.errors.UnsupportedException if it has operators that cannot be differentiated
     */
    public Network taught(FineTuning teaching, TrainOptions options, TrainingListener listener) {
        return quantized(teaching.taught(network, options, listener));
    }

    private Network learning() {
        FreshNames names = FreshNames.of(quantized);
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(quantized.initializers());
        List<Node> nodes = new ArrayList<>();
        for (Node node : quantized.nodes()) {
            String first = node.inputs().isEmpty() ? "" : node.inputs().get(0);
            String output = node.outputs().get(0);
            LinearNode layer = layers.get(first);
            if (layer == null) {
                nodes.add(isMicrosofts(node) ? grid(node.opType(), node, first, output) : node);
                continue;
            }
            boolean weights = get(quantized.initializers(), first).type() == ElementType.INT8;
            ConstantTensor floats = weights ? weights(node, layer) : bias(node, layer);
            String name = names.like(floats.name());
            initializers.put(name, floats.withName(name));
            initializers.remove(first);
            learned.put(first, name);
            String bounded = weights ? bounded(name, layer, scales(node), names, nodes) : name;
            nodes.add(grid("QuantizeLinear", node, bounded, first));
            nodes.add(grid("DequantizeLinear", node, first, output));
        }
        return quantized.rewired(nodes, initializers);
    }

    private static boolean isMicrosofts(Node node) {
        boolean grid = node.opType().equals("QuantizeLinear") || node.opType().equals("DequantizeLinear");
        return grid && node.domain().equals(Imports.MICROSOFT);
    }

    /** One of the two operators in ONNX's domain, with the grid of another node. */
    private static Node grid(String operator, Node like, String input, String output) {
        List<String> inputs = new ArrayList<>(like.inputs());
        inputs.set(0, input);
        return Node.of("", operator, inputs, List.of(output), like.attributes());
    }

    /** A layer's weights as they were, or as near as their bytes allow. */
    private ConstantTensor weights(Node dequantize, LinearNode layer) {
        float[] scales = scales(dequantize);
        ByteBuffer bytes = integers(dequantize);
        float[] floats = layer.weight().floats();
        for (int i = 0; i < floats.length; i++) {
            float scale = scales[layer.channelOf(i)];
            byte value = bytes.get();
            floats[i] = Math.max((value - WITHIN) * scale, Math.min((value + WITHIN) * scale, floats[i]));
        }
        return ConstantTensor.of(layer.weight().name(), layer.weight().dims(), floats);
    }

    private ConstantTensor bias(Node dequantize, LinearNode layer) {
        float[] scales = scales(dequantize);
        ByteBuffer integers = integers(dequantize);
        float[] floats = new float[scales.length];
        for (int channel = 0; channel < floats.length; channel++) {
            floats[channel] = integers.getInt() * scales[channel];
        }
        List<String> inputs = layer.node().inputs();
        boolean had = inputs.size() > 2 && !inputs.get(2).isEmpty();
        String name = had ? inputs.get(2) : dequantize.inputs().get(0) + ".floats";
        return ConstantTensor.of(name, List.of((long) floats.length), floats);
    }

    /** The weights, no further out than the quantiser's outermost bytes; as at a type's ends, the gradient stops there. */
    private String bounded(String name, LinearNode layer, float[] scales, FreshNames names, List<Node> nodes) {
        String least = bound(layer, scales, -(limit + WITHIN), names.like(name + ".least"), nodes);
        String most = bound(layer, scales, limit + WITHIN, names.like(name + ".most"), nodes);
        String raised = names.like(name + ".raised");
        String bounded = names.like(name + ".bounded");
        nodes.add(Node.of("", "Max", List.of(name, least), List.of(raised), Map.of()));
        nodes.add(Node.of("", "Min", List.of(raised, most), List.of(bounded), Map.of()));
        return bounded;
    }

    /** A number of steps for each channel, as a constant, which does not learn. */
    private static String bound(LinearNode layer, float[] scales, float steps, String name, List<Node> nodes) {
        float[] bound = new float[scales.length];
        for (int channel = 0; channel < bound.length; channel++) {
            bound[channel] = steps * scales[channel];
        }
        List<Long> dims =
                new ArrayList<>(Collections.nCopies(layer.weight().dims().size(), 1L));
        dims.set(QuantizedWeights.axis(layer), (long) bound.length);
        ConstantTensor tensor = ConstantTensor.of("", dims, bound);
        nodes.add(
                Node.of("", "Constant", List.of(), List.of(name), Map.of("value", new Attribute.TensorValue(tensor))));
        return name;
    }

    private float[] scales(Node dequantize) {
        return get(quantized.initializers(), dequantize.inputs().get(1)).floats();
    }

    private ByteBuffer integers(Node dequantize) {
        return get(quantized.initializers(), dequantize.inputs().get(0)).data();
    }

    /** Learned floats to the nearest steps; divided in float32, as the trainer does. */
    private ConstantTensor rounded(Node dequantize, ConstantTensor learnt) {
        ConstantTensor before =
                get(quantized.initializers(), dequantize.inputs().get(0));
        LinearNode layer = get(layers, before.name());
        float[] scales = scales(dequantize);
        float[] floats = learnt.requireFinite().floats();
        boolean weights = before.type() == ElementType.INT8;
        ByteBuffer integers = ByteBuffer.allocate(floats.length * (weights ? Byte.BYTES : Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < floats.length; i++) {
            float steps = floats[i] / scales[weights ? layer.channelOf(i) : i];
            if (weights) {
                integers.put((byte) Math.max(-limit, Math.min(limit, Math.rint(steps))));
            } else {
                integers.putInt((int) Math.rint(steps)); // a cast to int saturates
            }
        }
        return new ConstantTensor(
                before.name(), before.type(), before.dims(), integers.flip(), List.of(), before.doc());
    }

    private static <T> T get(Map<String, T> held, String name) {
        T value = held.get(name);
        if (value == null) {
            throw new IllegalStateException(name);
        }
        return value;
    }
}
