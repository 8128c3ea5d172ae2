package dev.narrows.train;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Cut;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Puts an encoder and a decoder into a network at a cut of one tensor. */
final class BottleneckMaker {

    /** What crosses: whole numbers from 0. */
    static final String CODE = "bottleneck.code";

    /** The code before it is rounded. */
    static final String REAL = "bottleneck.code.real";

    /** What the encoder makes, before the levels' limits. */
    static final String ENCODED = "bottleneck.encoded";

    /** The encoder's last layer. */
    static final String LAST_OF_ENCODER = "bottleneck.encoder";

    /** What the decoder makes of the code, in the place of the cut's tensor. */
    static final String DECODED = "bottleneck.decoded";

    private static final String PREFIX = "bottleneck.";

    /** The first opset with the operator as it is today. */
    private static final int BATCH_NORMALIZATION = 7;

    private final Network network;
    private final Cut cut;
    private final BottleneckDesign design;
    private final List<Long> shape; // of the cut's tensor, axis 0 the items
    private final boolean positive; // the cut's tensor has no negative values
    private final SplittableRandom random;
    private final Map<String, ConstantTensor> weights = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    private BottleneckMaker(Network network, Shapes shapes, Cut cut, BottleneckDesign design, long seed) {
        this.network = network;
        this.cut = cut;
        this.design = design;
        if (cut.tensors().size() != 1) {
            throw new UnsupportedException("cut: \"" + cut.name() + "\" has "
                    + cut.tensors().size() + " tensors (expected: 1, for a bottleneck)");
        }
        Shapes.Shape type = shapes.of(cut.name()).orElseThrow();
        shape = type.dims();
        if (type.element() != ElementType.FLOAT || shape.size() < 2 || shape.size() > 4) {
            throw new UnsupportedException("cut: \"" + cut.name() + "\" is " + type.element() + " " + shape
                    + " (expected: FLOAT of 2 to 4 axes, for a bottleneck)");
        }
        List<String> names = new ArrayList<>(network.initializers().keySet());
        network.nodes().forEach(node -> {
            names.add(node.name());
            names.addAll(node.outputs());
        });
        for (String used : names) {
            if (used.startsWith(PREFIX)) {
                throw new UnsupportedException("network: has a bottleneck already (expected: none), \"" + used + "\"");
            }
        }
        positive = isPositive(network, cut.name());
        random = new SplittableRandom(seed);
    }

    /** The network with the bottleneck, untrained; upstream and downstream keep their names and weights. */
    static Network make(Network network, Shapes shapes, Cut cut, BottleneckDesign design, long seed) {
        return new BottleneckMaker(network, shapes, cut, design, seed).make();
    }

    /** What the decoder's last layer makes, before the ReLU if there is one. */
    static String decodedLinear(Network network) {
        return network.producers().containsKey(DECODED + ".linear") ? DECODED + ".linear" : DECODED;
    }

    /** The decoder's last layer. */
    static String lastOfDecoder(Network network) {
        return producer(network, decodedLinear(network)).name();
    }

    /** The axis of a layer's weights that counts what it makes. */
    static int outputAxis(Network network, String layer) {
        Node node = network.nodes().stream()
                .filter(each -> each.name().equals(layer))
                .findFirst()
                .orElseThrow();
        return node.is("Conv") ? 0 : 1; // a Gemm's weights are (in, out), a transposed convolution's (in, out, …)
    }

    private static Node producer(Network network, String value) {
        return network.nodes()
                .get(Optional.ofNullable(network.producers().get(value)).orElseThrow());
    }

    /** Whether a node is the bottleneck's. */
    static boolean isOwn(Node node) {
        return node.name().startsWith(PREFIX);
    }

    /** Whether a value is what a ReLU made, or what poolings and the like made of that. */
    private static boolean isPositive(Network network, String value) {
        Integer producer = network.producers().get(value);
        if (producer == null) {
            return false;
        }
        Node node = network.nodes().get(producer);
        return switch (node.opType()) {
            case "Relu", "Sigmoid", "Abs", "Exp" -> true;
            case "MaxPool", "AveragePool", "GlobalAveragePool", "Identity", "Dropout", "Reshape", "Flatten" ->
                isPositive(network, node.inputs().get(0));
            default -> false;
        };
    }

    private Network make() {
        if (shape.size() == 2) {
            dense();
        } else {
            spatial();
        }
        List<Node> all = new ArrayList<>();
        boolean inserted = false;
        for (int i = 0; i < network.nodes().size(); i++) {
            Node node = network.nodes().get(i);
            boolean upstream = cut.upstream().contains(i);
            if (upstream || !uses(node)) {
                all.add(node);
                continue;
            }
            if (!inserted) {
                all.addAll(nodes);
                inserted = true;
            }
            all.add(rewired(node));
        }
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        initializers.putAll(weights);
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                all,
                initializers,
                network.valueInfos(),
                network.metadata(),
                network.extra());
    }

    private boolean uses(Node node) {
        return node.uses().contains(cut.name());
    }

    private Node rewired(Node node) {
        if (node.subgraphs().stream().findAny().isPresent() && !node.inputs().contains(cut.name())) {
            throw new UnsupportedException("cut: \"" + cut.name() + "\" is read inside a subgraph of node \""
                    + node.label() + "\" (expected: not)");
        }
        List<String> inputs = node.inputs().stream()
                .map(input -> input.equals(cut.name()) ? DECODED : input)
                .toList();
        return new Node(
                node.name(), node.opType(), node.domain(), inputs, node.outputs(), node.attributes(), node.extra());
    }

    /** (items, features): matrix products. */
    private void dense() {
        long features = shape.get(1);
        String from = cut.name();
        long in = features;
        for (int i = 0; i < design.encoder().size(); i++) {
            String to = PREFIX + "inner" + (i + 1);
            gemm("encoder" + (i + 1), from, to + ".linear", in, design.encoder().get(i), 2);
            relu(to + ".linear", to);
            from = to;
            in = design.encoder().get(i);
        }
        gemm("encoder", from, ENCODED, in, design.channels(), 1);
        quantise();
        gemm("decoder1", CODE, PREFIX + "hidden1.linear", design.channels(), design.hidden(), 2);
        relu(PREFIX + "hidden1.linear", PREFIX + "hidden1");
        gemm("decoder2", PREFIX + "hidden1", positive ? DECODED + ".linear" : DECODED, design.hidden(), features, 1);
        if (positive) {
            relu(DECODED + ".linear", DECODED);
        }
    }

    /** (items, channels, space…): convolutions. */
    private void spatial() {
        List<Integer> strides = new ArrayList<>(design.strides());
        List<List<Long>> lengths = new ArrayList<>(List.of(shape.subList(2, shape.size()))); // before each convolution
        strides.forEach(stride -> lengths.add(reduced(lengths.get(lengths.size() - 1), stride)));
        String from = cut.name();
        long in = shape.get(1);
        for (int i = 0; i < design.encoder().size(); i++) {
            String to = PREFIX + "inner" + (i + 1);
            long out = design.encoder().get(i);
            String name = "encoder" + (i + 1);
            conv(name, from, to, in, out, design.kernel(), strides.get(i), true, lengths.get(i));
            from = to;
            in = out;
        }
        int last = strides.size() - 1;
        int kernel = design.kernel();
        conv("encoder", from, ENCODED, in, design.channels(), kernel, strides.get(last), false, lengths.get(last));
        quantise();
        if (strides.size() == 1) {
            strides.add(0, 1); // a convolution more, where the lengths are the tensor's again
            lengths.add(0, lengths.get(0));
        }
        decode(strides, lengths);
    }

    /** The encoder's way back. */
    private void decode(List<Integer> strides, List<List<Long>> lengths) {
        String from = CODE;
        long in = design.channels();
        for (int i = strides.size() - 1; i > 0; i--) {
            int number = strides.size() - i;
            String to = PREFIX + "hidden" + number;
            String name = "decoder" + number;
            expand(name, from, to, in, design.hidden(), strides.get(i), true, lengths.get(i));
            from = to;
            in = design.hidden();
        }
        String end = positive ? DECODED + ".linear" : DECODED;
        expand("decoder" + strides.size(), from, end, in, shape.get(1), strides.get(0), false, lengths.get(0));
        if (positive) {
            relu(end, DECODED);
        }
    }

    private static List<Long> reduced(List<Long> lengths, int stride) {
        return lengths.stream().map(length -> (length + stride - 1) / stride).toList();
    }

    /**
     * To longer lengths: pads cut off what is too long where the stride does not divide them.
     *
     * @param lengths of the result
     */
    private void expand(
            String name, String from, String to, long in, long out, int stride, boolean relu, List<Long> lengths) {
        if (stride == 1) {
            conv(name, from, to, in, out, 3, 1, relu, lengths);
            return;
        }
        int kernel = stride + 2 * Math.max(0, (design.kernel() - stride + 1) / 2);
        List<Long> begins = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (long length : lengths) {
            long coded = (length + stride - 1) / stride;
            long surplus = (coded - 1) * stride + kernel - length;
            begins.add(surplus / 2);
            ends.add(surplus - surplus / 2);
        }
        begins.addAll(ends);
        int axes = lengths.size();
        List<Long> dims = new ArrayList<>(List.of(in, out));
        dims.addAll(repeated(kernel, axes));
        double fan = in * Math.pow((double) kernel / stride, axes);
        weight(name + ".weight", dims, Math.sqrt((relu ? 2 : 1) / fan));
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", new Attribute.Ints(repeated(kernel, axes)));
        attributes.put("strides", new Attribute.Ints(repeated(stride, axes)));
        attributes.put("pads", new Attribute.Ints(begins));
        layer("ConvTranspose", name, from, to, out, relu, attributes);
    }

    /** A convolution whose weights are there; before a ReLU its channels are normalised, in place of a bias. */
    private void layer(
            String op, String name, String from, String to, long out, boolean relu, Map<String, Attribute> attributes) {
        boolean norm = relu && network.opset() >= BATCH_NORMALIZATION;
        List<String> inputs = new ArrayList<>(List.of(from, PREFIX + name + ".weight"));
        if (!norm) {
            fill(name + ".bias", List.of(out), 0);
            inputs.add(PREFIX + name + ".bias");
        }
        String linear = relu ? to + ".linear" : to;
        node(op, name, inputs, linear, attributes);
        if (relu) {
            relu(norm ? normalised(name, linear, out) : linear, to);
        }
    }

    /** Floor(x + ½) in place of Round, which networks before opset 11 do not have. */
    private void quantise() {
        float most = design.levels() - 1f;
        if (network.opset() < 11) {
            Map<String, Attribute> limits = new LinkedHashMap<>();
            limits.put("min", new Attribute.FloatValue(0));
            limits.put("max", new Attribute.FloatValue(most));
            node("Clip", "clip", List.of(ENCODED), REAL, limits);
        } else {
            scalar("least", 0);
            scalar("most", most);
            node("Clip", "clip", List.of(ENCODED, PREFIX + "least", PREFIX + "most"), REAL, Map.of());
        }
        scalar("half", 0.5f);
        node("Add", "up", List.of(REAL, PREFIX + "half"), REAL + ".up", Map.of());
        node("Floor", "floor", List.of(REAL + ".up"), CODE, Map.of());
    }

    /** @param lengths of what it takes */
    private void conv(
            String name,
            String from,
            String to,
            long in,
            long out,
            int kernel,
            int stride,
            boolean relu,
            List<Long> lengths) {
        int axes = lengths.size();
        List<Long> dims = new ArrayList<>(List.of(out, in));
        dims.addAll(repeated(kernel, axes));
        weight(name + ".weight", dims, Math.sqrt((relu ? 2 : 1) / (in * Math.pow(kernel, axes))));
        List<Long> pads = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            // The code has ⌈length / stride⌉ places, whatever is left over is padded evenly.
            long length = lengths.get(axis);
            long total = stride == 1
                    ? kernel - 1
                    : Math.max(0, ((length + stride - 1) / stride - 1) * stride + kernel - length);
            pads.add(total / 2);
            ends.add(total - total / 2);
        }
        pads.addAll(ends);
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", new Attribute.Ints(repeated(kernel, axes)));
        attributes.put("strides", new Attribute.Ints(repeated(stride, axes)));
        attributes.put("pads", new Attribute.Ints(pads));
        layer("Conv", name, from, to, out, relu, attributes);
    }

    private void gemm(String name, String from, String to, long in, long out, double gain) {
        weight(name + ".weight", List.of(in, out), Math.sqrt(gain / in));
        fill(name + ".bias", List.of(out), 0);
        node("Gemm", name, List.of(from, PREFIX + name + ".weight", PREFIX + name + ".bias"), to, Map.of());
    }

    /**
     * The channels of a convolution's values normalised, which lets what is new learn fast beside what came trained; folded
     * into the convolution in the end.
     */
    private String normalised(String conv, String from, long channels) {
        String name = conv + ".norm";
        List<Long> dims = List.of(channels);
        fill(name + ".gamma", dims, 1);
        fill(name + ".beta", dims, 0);
        fill(name + ".mean", dims, 0);
        fill(name + ".var", dims, 1);
        List<String> inputs = new ArrayList<>(List.of(from));
        for (String weight : List.of(".gamma", ".beta", ".mean", ".var")) {
            inputs.add(PREFIX + name + weight);
        }
        String to = from + ".norm";
        node("BatchNormalization", name, inputs, to, Map.of());
        return to;
    }

    private void relu(String from, String to) {
        node("Relu", to.substring(PREFIX.length()) + ".relu", List.of(from), to, Map.of());
    }

    private void node(String op, String name, List<String> inputs, String output, Map<String, Attribute> attributes) {
        nodes.add(Node.of(PREFIX + name, op, inputs, List.of(output), attributes));
    }

    private static List<Long> repeated(long value, int times) {
        Long[] values = new Long[times];
        Arrays.fill(values, value);
        return List.of(values);
    }

    private void weight(String name, List<Long> dims, double deviation) {
        put(name, dims, () -> (float) (random.nextGaussian() * deviation));
    }

    private void scalar(String name, float value) {
        fill(name, List.of(), value);
    }

    private void fill(String name, List<Long> dims, float value) {
        put(name, dims, () -> value);
    }

    private void put(String name, List<Long> dims, Supplier<Float> element) {
        int count = 1;
        for (long length : dims) {
            count = Math.multiplyExact(count, Math.toIntExact(length));
        }
        ByteBuffer data = ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            data.putFloat(element.get());
        }
        weights.put(
                PREFIX + name, new ConstantTensor(PREFIX + name, ElementType.FLOAT, dims, data.flip(), List.of(), ""));
    }
}
