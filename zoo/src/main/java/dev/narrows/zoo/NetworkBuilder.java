package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Builds a network node by node, follows the shapes, and draws the initial weights. A node has the name of the tensor
 * that it makes; its weights are named after it ({@code block1.conv2.weight}). All tensors are float32, axis 0 of all
 * counts items and has the name {@code N}.
 *
 * <p>The weights of a layer depend on the seed and on the layer's name alone: the same seed gives the same bits, and two
 * networks that share a trunk begin with the same trunk. Not thread-safe.
 */
public final class NetworkBuilder {

    /** The version of ONNX's own operators that networks are built from. */
    public static final long OPSET = 17;

    /** The IR version that belongs to it (ONNX 1.12). */
    public static final long IR_VERSION = 8;

    /** With this begin the names of all weights that are no parameters: trainers freeze them. */
    public static final String FROZEN = "frontend.";

    private static final float BATCH_NORM_EPSILON = 1e-5f;
    private static final float BATCH_NORM_MOMENTUM = 0.9f; // of the old statistics, as ONNX has it

    private final Draft draft;
    private final long seed;
    private final String scope;

    private NetworkBuilder(Draft draft, long seed, String scope) {
        this.draft = draft;
        this.seed = seed;
        this.scope = scope;
    }

    /** An empty network whose weights will be drawn from {@code seed}. */
    public static NetworkBuilder seeded(long seed) {
        return new NetworkBuilder(new Draft(), seed, "");
    }

    /** The same network; names given to the builder that this returns get {@code prefix} and a dot before them. */
    public NetworkBuilder in(String prefix) {
        return new NetworkBuilder(draft, seed, name(prefix));
    }

    private String name(String name) {
        return scope.isEmpty() ? name : scope + "." + name;
    }

    /** Whether a weight of this name is no parameter. */
    public static boolean isFrozen(String name) {
        return name.startsWith(FROZEN);
    }

    /** The name of a weight that is no parameter; the scope comes behind {@link #FROZEN}. */
    private String frozen(String name) {
        return FROZEN + name(isFrozen(name) ? name.substring(FROZEN.length()) : name);
    }

    /** An input (N, shape…). */
    public Value input(String name, List<Long> shape) {
        return draft.input(name(name), shape);
    }

    /**
     * A convolution over the one or two axes of space. Weights {@code name.weight} (channels, input channels / groups,
     * kernel…), {@code name.bias} (channels).
     */
    public Value conv(String name, Value x, Conv conv) {
        Window window = Window.over(x, conv.kernel(), conv.strides(), conv.dilations(), conv.pads());
        int in = x.channels();
        if (in % conv.groups() != 0) {
            throw new InvalidException("input channels: " + in + " (expected: a multiple of the " + conv.groups()
                    + " groups), node \"" + name(name) + "\"");
        }
        List<Long> dims = new ArrayList<>(List.of((long) conv.channels(), (long) in / conv.groups()));
        dims.addAll(window.kernel());
        long fanIn = in / conv.groups() * window.taps();
        long fanOut = conv.channels() / conv.groups() * window.taps();
        List<String> reads = new ArrayList<>(List.of(x.name(), weight(name, dims, conv.initial(), fanIn, fanOut)));
        if (conv.bias()) {
            reads.add(filled(name + ".bias", 0, conv.channels()));
        }
        Map<String, Attribute> attributes = window.attributes();
        if (conv.groups() > 1) {
            attributes.put("group", new Attribute.IntValue(conv.groups()));
        }
        return draft.node(name(name), "Conv", reads, attributes, window.slide(x, conv.channels()));
    }

    /** Normalises each channel (Ioffe and Szegedy 2015); gamma 1, beta 0, mean 0, variance 1. */
    public Value batchNorm(String name, Value x) {
        return batchNorm(name, x, 1);
    }

    /**
     * Normalises each channel. Weights {@code name.gamma}, {@code name.beta}, {@code name.mean}, {@code name.var}, all
     * (channels).
     *
     * @param gamma where the scale begins: 0 for the last of a residual block lets the block begin as the identity
     *     (Goyal et al. 2017, "Accurate, Large Minibatch SGD")
     */
    public Value batchNorm(String name, Value x, float gamma) {
        List<String> reads = List.of(
                x.name(),
                filled(name + ".gamma", gamma, x.channels()),
                filled(name + ".beta", 0, x.channels()),
                filled(name + ".mean", 0, x.channels()),
                filled(name + ".var", 1, x.channels()));
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("epsilon", new Attribute.FloatValue(BATCH_NORM_EPSILON));
        attributes.put("momentum", new Attribute.FloatValue(BATCH_NORM_MOMENTUM));
        return draft.node(name(name), "BatchNormalization", reads, attributes, x.shape());
    }

    /**
     * A matrix product with bias (Gemm) over (N, features). Weights {@code name.weight} (outputs, features),
     * {@code name.bias} (outputs).
     */
    public Value linear(String name, Value x, int outputs, Initial initial) {
        if (x.shape().size() != 1) {
            throw new InvalidException(
                    "shape: " + x.shape() + " (expected: features alone; flatten before), node \"" + name(name) + "\"");
        }
        int features = x.channels();
        List<Long> dims = List.of((long) outputs, (long) features);
        List<String> reads =
                List.of(x.name(), weight(name, dims, initial, features, outputs), filled(name + ".bias", 0, outputs));
        return draft.node(
                name(name), "Gemm", reads, Map.of("transB", new Attribute.IntValue(1)), List.of((long) outputs));
    }

    public Value activation(String name, Value x, Activation activation) {
        return switch (activation) {
            case RELU -> elementwise(name, "Relu", x);
            case RELU6 -> elementwise(name, "Clip", x, shared("relu6.min", 0), shared("relu6.max", 6));
            case HARD_SWISH -> elementwise(name, "HardSwish", x);
            case SIGMOID -> elementwise(name, "Sigmoid", x);
            case TANH -> elementwise(name, "Tanh", x);
        };
    }

    public Value relu(String name, Value x) {
        return activation(name, x, Activation.RELU);
    }

    /** Leaves out elements at random in training; the identity otherwise. No node for ratio 0. */
    public Value dropout(String name, Value x, double ratio) {
        if (ratio == 0) {
            return x;
        }
        return elementwise(
                name, "Dropout", x, draft.floats(name(name) + ".ratio", new float[] {(float) ratio}, List.of()));
    }

    /** The largest of each {@code kernel × kernel} window. */
    public Value maxPool(String name, Value x, int kernel, int stride, int pad) {
        return pool(name, "MaxPool", x, kernel, stride, pad);
    }

    /** The mean of each {@code kernel × kernel} window, padding left out of the count. */
    public Value averagePool(String name, Value x, int kernel, int stride, int pad) {
        return pool(name, "AveragePool", x, kernel, stride, pad);
    }

    private Value pool(String name, String op, Value x, int kernel, int stride, int pad) {
        Window window = Window.over(x, List.of(kernel), List.of(stride), List.of(1), Optional.of(List.of(pad)));
        return draft.node(name(name), op, List.of(x.name()), window.attributes(), window.slide(x, x.channels()));
    }

    /** The mean of each channel, (channels, 1…). */
    public Value globalAveragePool(String name, Value x) {
        return globalPool(name, "GlobalAveragePool", x);
    }

    /** The largest of each channel, (channels, 1…). */
    public Value globalMaxPool(String name, Value x) {
        return globalPool(name, "GlobalMaxPool", x);
    }

    private Value globalPool(String name, String op, Value x) {
        List<Long> shape = new ArrayList<>(List.of((long) x.channels()));
        x.space().forEach(length -> shape.add(1L));
        return draft.node(name(name), op, List.of(x.name()), Map.of(), shape);
    }

    /** The element-wise sum of tensors of one shape. */
    public Value add(String name, Value x, Value... others) {
        Value sum = x;
        for (int i = 0; i < others.length; i++) {
            if (!others[i].shape().equals(x.shape())) {
                throw new InvalidException("shape: " + others[i].shape() + " (expected: " + x.shape() + " of \""
                        + x.name() + "\"), tensor \"" + others[i].name() + "\"");
            }
            String step = i == others.length - 1 ? name : name + "." + (i + 1);
            sum = elementwise(step, "Add", sum, others[i].name());
        }
        return sum;
    }

    /** The tensors joined along their channels (or features). */
    public Value concat(String name, Value... parts) {
        long channels = 0;
        for (Value part : parts) {
            if (!part.space().equals(parts[0].space())) {
                throw new InvalidException("shape: " + part.shape() + " (expected: that of \"" + parts[0].name() + "\" "
                        + parts[0].shape() + " but for the channels), tensor \"" + part.name() + "\"");
            }
            channels += part.channels();
        }
        List<Long> shape = new ArrayList<>(List.of(channels));
        shape.addAll(parts[0].space());
        List<String> reads = Arrays.stream(parts).map(Value::name).toList();
        return draft.node(name(name), "Concat", reads, Map.of("axis", new Attribute.IntValue(1)), shape);
    }

    /** (features), all that an item has. */
    public Value flatten(String name, Value x) {
        return draft.node(
                name(name),
                "Flatten",
                List.of(x.name()),
                Map.of("axis", new Attribute.IntValue(1)),
                List.of(x.elements()));
    }

    /** Another shape of as many elements. */
    public Value reshape(String name, Value x, List<Long> shape) {
        long[] target = new long[shape.size() + 1];
        target[0] = 0; // the batch as it is
        for (int axis = 0; axis < shape.size(); axis++) {
            target[axis + 1] = shape.get(axis);
        }
        if (shape.stream().reduce(1L, Math::multiplyExact) != x.elements()) {
            throw new InvalidException("shape: " + shape + " (expected: " + x.elements() + " elements as \"" + x.name()
                    + "\" has), node \"" + name(name) + "\"");
        }
        String dims = draft.longs(name(name) + ".shape", target);
        return draft.node(name(name), "Reshape", List.of(x.name(), dims), Map.of(), shape);
    }

    /** Probabilities along the channels (or features). */
    public Value softmax(String name, Value x) {
        return draft.node(
                name(name), "Softmax", List.of(x.name()), Map.of("axis", new Attribute.IntValue(1)), x.shape());
    }

    /** x − constants, one for each channel or one for all; they are named {@code frontend.name}. */
    public Value subtract(String name, Value x, List<Double> constants) {
        return elementwise(name, "Sub", x, perChannel(name, x, constants));
    }

    /** x / constants, one for each channel or one for all; they are named {@code frontend.name}. */
    public Value divide(String name, Value x, List<Double> constants) {
        return elementwise(name, "Div", x, perChannel(name, x, constants));
    }

    private String perChannel(String name, Value x, List<Double> constants) {
        if (constants.size() != 1 && constants.size() != x.channels()) {
            throw new InvalidException("constants: " + constants.size() + " (expected: 1 or " + x.channels()
                    + ", the channels of \"" + x.name() + "\"), node \"" + name(name) + "\"");
        }
        List<Long> dims = new ArrayList<>(List.of(1L, (long) constants.size()));
        x.space().forEach(length -> dims.add(1L));
        float[] elements = new float[constants.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = constants.get(i).floatValue();
        }
        return frozen(name + ".by", elements, dims);
    }

    /** A weight that is no parameter. Its name, which begins with {@link #FROZEN}. */
    public String frozen(String name, float[] elements, List<Long> dims) {
        return draft.floats(frozen(name), elements, dims);
    }

    /** Integers as a tensor of one axis. Its name. */
    public String longs(String name, long... elements) {
        return draft.longs(name(name), elements);
    }

    /** A weight with its first values: a parameter. Its name. */
    public String weight(String name, float[] elements, List<Long> dims) {
        return draft.floats(name(name), elements, dims);
    }

    /**
     * Any operator with one output.
     *
     * @param name the node's and its output's
     * @param inputs names of tensors and weights, in full
     * @param shape the output's axes for one item, without the batch
     */
    public Value node(
            String name, String op, List<String> inputs, Map<String, Attribute> attributes, List<Long> shape) {
        return draft.node(name(name), op, inputs, attributes, shape);
    }

    /** Makes a tensor an output of the network. */
    public void output(Value value) {
        draft.output(value);
    }

    /**
     * The network as it is now.
     *
     * @param metadata how it was made, to be kept in the file
     * @throws InvalidException if it breaks a rule of ONNX, for example has no output
     */
    public Network build(String networkName, Map<String, String> metadata) {
        return draft.network(networkName, metadata);
    }

    /** Types and shapes of all tensors so far. */
    public Shapes shapes() {
        return draft.shapes();
    }

    private Value elementwise(String name, String op, Value x, String... others) {
        List<String> reads = new ArrayList<>(List.of(x.name()));
        reads.addAll(List.of(others));
        return draft.node(name(name), op, reads, Map.of(), x.shape());
    }

    private String weight(String layer, List<Long> dims, Initial initial, long fanIn, long fanOut) {
        String name = name(layer) + ".weight";
        int elements = Math.toIntExact(dims.stream().reduce(1L, Math::multiplyExact));
        return draft.floats(name, initial.draw(random(name), elements, fanIn, fanOut), dims);
    }

    private String filled(String name, float value, int length) {
        float[] elements = new float[length];
        Arrays.fill(elements, value);
        return draft.floats(name(name), elements, List.of((long) length));
    }

    /** A number that many nodes read. */
    private String shared(String name, float value) {
        return draft.holds(name) ? name : draft.floats(name, new float[] {value}, List.of());
    }

    /** The stream of one weight: FNV-1a (64 bit) of seed and name, which Random scrambles once more. */
    private Random random(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < Long.BYTES; i++) {
            hash = (hash ^ ((seed >>> (8 * i)) & 0xff)) * 0x100000001b3L;
        }
        for (byte character : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (character & 0xff)) * 0x100000001b3L;
        }
        return new Random(hash ^ (hash >>> 32));
    }
}
