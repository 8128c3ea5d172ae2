package dev.narrows.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.DType;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.OpsetImport;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One operator in a network of its own: forward against ONNX Runtime, gradients against finite differences. */
@SuppressWarnings("try") // a scope is there for what it frees at its end
final class OperatorCheck {

    /** Of the largest magnitude of an output: float32 sums in another order. */
    static final double TOLERANCE = 2e-6;

    /** Of the largest magnitude of an output: bfloat16 has 8 bits, and a Softmax behind a product widens its error. */
    private static final double MIXED_TOLERANCE = 0.02;

    private static final double STEP = 1e-5;
    /** Of the largest gradient of a tensor; central differences in float64 are good to about STEP². */
    private static final double GRADIENT_TOLERANCE = 1e-6;
    /** Elements of a tensor whose gradient is checked. */
    private static final int PROBES = 24;

    private final String op;
    private final long opset;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final List<String> operands = new ArrayList<>();
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private List<String> outputs = List.of("y");
    private List<Node> nodes = List.of();
    private boolean training;

    private OperatorCheck(String op, long opset) {
        this.op = op;
        this.opset = opset;
    }

    static OperatorCheck of(String op) {
        return of(op, 17);
    }

    static OperatorCheck of(String op, long opset) {
        return new OperatorCheck(op, opset);
    }

    /** Several nodes, with outputs y, between operands that are called x0 or w0, x1 or w1 and so on, in their order. */
    static OperatorCheck ofNodes(long opset, Node... nodes) {
        OperatorCheck check = new OperatorCheck("", opset);
        check.nodes = List.of(nodes);
        return check;
    }

    /** What a map has by a name, as it must. */
    static <T> T at(Map<String, T> map, String name) {
        return Optional.ofNullable(map.get(name)).orElseThrow(() -> new AssertionError(name + " in " + map.keySet()));
    }

    /** Values around 0, the same for the same seed: (shape) f32. */
    static Tensor values(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() * 4 - 2);
        }
        return Tensor.of(values, shape);
    }

    /** Values of 0.5 to 2.5. */
    static Tensor positive(long seed, long... shape) {
        float[] values = values(seed, shape).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] / 2 + 1.5f;
        }
        return Tensor.of(values, shape);
    }

    OperatorCheck input(Tensor value) {
        String name = "x" + operands.size();
        inputs.put(name, value);
        operands.add(name);
        return this;
    }

    OperatorCheck weight(Tensor value) {
        String name = "w" + operands.size();
        weights.put(name, value);
        operands.add(name);
        return this;
    }

    /** Leaves out an optional input. */
    OperatorCheck none() {
        operands.add("");
        return this;
    }

    OperatorCheck with(String attribute, long value) {
        attributes.put(attribute, new Attribute.IntValue(value));
        return this;
    }

    OperatorCheck with(String attribute, float value) {
        attributes.put(attribute, new Attribute.FloatValue(value));
        return this;
    }

    OperatorCheck with(String attribute, String value) {
        attributes.put(attribute, new Attribute.Text(value, false));
        return this;
    }

    OperatorCheck with(String attribute, List<Long> values) {
        attributes.put(attribute, new Attribute.Ints(values));
        return this;
    }

    OperatorCheck attribute(String name, Attribute value) {
        attributes.put(name, value);
        return this;
    }

    OperatorCheck outputs(String... names) {
        outputs = List.of(names);
        return this;
    }

    /** Takes the gradients as in training. */
    OperatorCheck training() {
        training = true;
        return this;
    }

    Network network() {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>();
        weights.forEach((name, value) -> initializers.put(name, constant(name, value)));
        List<ValueInfo> ins = new ArrayList<>();
        inputs.forEach((name, value) -> ins.add(ValueInfo.of(
                name,
                TensorType.of(
                        type(value),
                        Arrays.stream(value.shape()).mapToObj(Dim::of).toList()))));
        return new Network(
                "check",
                8,
                List.of(new OpsetImport("", opset)),
                ins,
                outputs.stream()
                        .filter(name -> !name.isEmpty())
                        .map(name -> new ValueInfo(name, Optional.empty(), "", Encoded.NONE))
                        .toList(),
                nodes.isEmpty() ? List.of(Node.of("the node", op, operands, outputs, attributes)) : nodes,
                initializers,
                Map.of(),
                Map.of(),
                Network.Extras.NONE);
    }

    /** Runs on libtorch alone, as a use that is refused does. */
    void run() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork differentiable = DifferentiableNetwork.of(network())) {
            differentiable.forward(torch(false));
        }
    }

    /** Compares with ONNX Runtime: types, shapes, and values within {@link #TOLERANCE}. */
    OperatorCheck forward() {
        return forward(TOLERANCE);
    }

    OperatorCheck forward(double tolerance) {
        Network network = network();
        Map<String, Tensor> expected;
        try (Session session = Session.open("check", OnnxWriter.write(network), Map.of(), SessionOptions.DEFAULT)) {
            expected = session.run(inputs);
        }
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork differentiable = DifferentiableNetwork.of(network)) {
            Map<String, org.bytedeco.pytorch.Tensor> actual = differentiable.forward(torch(false));
            double[] worst = new double[1];
            expected.forEach((name, tensor) -> {
                Tensor other =
                        Torch.toHost(Optional.ofNullable(actual.get(name)).orElseThrow());
                assertThat(other.dtype()).as(name + " of " + network.nodes()).isEqualTo(tensor.dtype());
                assertThat(other.shape()).as(name + " of " + network.nodes()).isEqualTo(tensor.shape());
                double error = tensor.maxAbsDifference(other) / largest(tensor);
                worst[0] = Math.max(worst[0], error);
                assertThat(error)
                        .as(name + " of " + network.nodes() + ": " + tensor + " and " + other)
                        .isLessThanOrEqualTo(tolerance);
            });
            ConformanceTable.forward(name(), worst[0]);
        }
        mixed(expected);
        return this;
    }

    /**
     * Runs forward and backward in mixed precision as the first node, behind a convolution, and with operands of each
     * type: the operator takes them, weights get gradients of their own type, and the outputs of float32 inputs are near.
     */
    private void mixed(Map<String, Tensor> expected) {
        for (int lowered : new int[] {0, 1, inputs.size()}) {
            try (PointerScope scope = new PointerScope();
                    DifferentiableNetwork network = DifferentiableNetwork.of(network())) {
                Map<String, org.bytedeco.pytorch.Tensor> outputs;
                try (MixedPrecision precision = new MixedPrecision()) {
                    outputs = network.forward(lowered(lowered));
                }
                org.bytedeco.pytorch.Tensor sum = Torch.of(Tensor.of(new float[] {0}));
                for (Map.Entry<String, org.bytedeco.pytorch.Tensor> output : outputs.entrySet()) {
                    org.bytedeco.pytorch.Tensor value = output.getValue();
                    if (value.is_floating_point()) {
                        value = value.to(ScalarType.Float);
                        sum = sum.add(value.sum());
                    }
                    if (lowered == 0) {
                        Tensor exact = at(expected, output.getKey());
                        assertThat(Torch.toHost(value).maxAbsDifference(exact) / largest(exact))
                                .as("mixed precision, " + output.getKey() + " of "
                                        + network.network().nodes())
                                .isLessThanOrEqualTo(MIXED_TOLERANCE);
                    }
                }
                if (sum.requires_grad()) {
                    sum.backward();
                }
                network.parameters().forEach((name, parameter) -> {
                    if (parameter.grad().defined()) {
                        assertThat(parameter.grad().scalar_type().intern())
                                .as("gradient of " + name)
                                .isEqualTo(ScalarType.Float);
                    }
                });
            }
        }
    }

    /** The inputs, of which the first {@code lowered} floats are of bfloat16. */
    private Map<String, org.bytedeco.pytorch.Tensor> lowered(int lowered) {
        Map<String, org.bytedeco.pytorch.Tensor> feed = torch(false);
        int left = lowered;
        for (Map.Entry<String, org.bytedeco.pytorch.Tensor> input : feed.entrySet()) {
            org.bytedeco.pytorch.Tensor value = input.getValue();
            if (value.scalar_type().intern() == ScalarType.Float) {
                ScalarType type = left > 0 ? ScalarType.BFloat16 : ScalarType.Float;
                input.setValue(value.to(type).set_requires_grad(true));
                left--;
            }
        }
        return feed;
    }

    private static double largest(Tensor tensor) {
        double largest = 1e-30;
        for (float value : tensor.toFloats()) {
            largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        return largest;
    }

    /** Compares the gradients of all float inputs and weights with central differences, in float64. */
    OperatorCheck gradients() {
        try (PointerScope scope = new PointerScope();
                DifferentiableNetwork network = DifferentiableNetwork.inFloat64(network())) {
            network.training(training);
            Map<String, org.bytedeco.pytorch.Tensor> feed = torch(true);
            Map<String, org.bytedeco.pytorch.Tensor> leaves = new LinkedHashMap<>(network.parameters());
            feed.forEach((name, tensor) -> {
                if (tensor.is_floating_point()) {
                    tensor.set_requires_grad(true);
                    leaves.put(name, tensor);
                }
            });
            loss(network, feed).backward();
            double worst = 0;
            for (Map.Entry<String, org.bytedeco.pytorch.Tensor> leaf : leaves.entrySet()) {
                worst = Math.max(worst, check(leaf.getKey(), leaf.getValue(), network, feed));
            }
            if (!leaves.isEmpty()) {
                ConformanceTable.gradient(name(), worst);
            }
        }
        return this;
    }

    /** What the table calls the case: the operator, or the operators of several nodes. */
    private String name() {
        return nodes.isEmpty()
                ? op
                : nodes.stream().map(Node::opType).distinct().collect(Collectors.joining("+"));
    }

    /** The worst error of a tensor's gradient. */
    private static double check(
            String name,
            org.bytedeco.pytorch.Tensor leaf,
            DifferentiableNetwork network,
            Map<String, org.bytedeco.pytorch.Tensor> feed) {
        assertThat(leaf.grad().defined()).as("gradient of " + name).isTrue();
        double[] gradient = new double[(int) leaf.numel()];
        Torch.toHost(leaf.grad()).bytes().asDoubleBuffer().get(gradient);
        double largest =
                Math.max(1, Arrays.stream(gradient).map(Math::abs).max().orElse(0));
        org.bytedeco.pytorch.Tensor flat = leaf.detach().view(-1);
        int stride = Math.max(1, gradient.length / PROBES);
        double worst = 0;
        for (int i = 0; i < gradient.length; i += stride) {
            org.bytedeco.pytorch.Tensor element = flat.narrow(0, i, 1);
            double value = element.item_double();
            element.fill_(new org.bytedeco.pytorch.Scalar(value + STEP));
            double above = loss(network, feed).item_double();
            element.fill_(new org.bytedeco.pytorch.Scalar(value - STEP));
            double below = loss(network, feed).item_double();
            element.fill_(new org.bytedeco.pytorch.Scalar(value));
            double difference = (above - below) / (2 * STEP);
            worst = Math.max(worst, Math.abs(difference - gradient[i]) / largest);
            assertThat(difference)
                    .as("gradient of " + name + "[" + i + "]")
                    .isCloseTo(gradient[i], org.assertj.core.api.Assertions.within(GRADIENT_TOLERANCE * largest));
        }
        return worst;
    }

    /** A sum of all float outputs with weights that tell every element from the others. */
    private static org.bytedeco.pytorch.Tensor loss(
            DifferentiableNetwork network, Map<String, org.bytedeco.pytorch.Tensor> feed) {
        org.bytedeco.pytorch.Tensor sum = Torch.of(Tensor.of(new double[] {0}));
        for (org.bytedeco.pytorch.Tensor output : network.forward(feed).values()) {
            if (output.is_floating_point()) {
                double[] factors = new double[(int) output.numel()];
                for (int i = 0; i < factors.length; i++) {
                    factors[i] = Math.sin(1 + i * 0.7);
                }
                sum = sum.add(output.reshape(-1).dot(Torch.of(Tensor.of(factors, factors.length))));
            }
        }
        return sum;
    }

    private Map<String, org.bytedeco.pytorch.Tensor> torch(boolean wide) {
        Map<String, org.bytedeco.pytorch.Tensor> tensors = new LinkedHashMap<>();
        inputs.forEach((name, value) -> {
            org.bytedeco.pytorch.Tensor tensor = Torch.of(value);
            tensors.put(name, wide && value.dtype() == DType.FLOAT32 ? tensor.to(ScalarType.Double) : tensor);
        });
        return tensors;
    }

    static ConstantTensor constant(String name, Tensor value) {
        ByteBuffer data = ByteBuffer.allocate(value.bytes().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        data.put(value.bytes()).flip();
        return new ConstantTensor(
                name, type(value), Arrays.stream(value.shape()).boxed().toList(), data, List.of(), "");
    }

    private static ElementType type(Tensor value) {
        return switch (value.dtype()) {
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT64 -> ElementType.DOUBLE;
            case FLOAT16 -> ElementType.FLOAT16;
            case BFLOAT16 -> ElementType.BFLOAT16;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case INT16 -> ElementType.INT16;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
            case BOOL -> ElementType.BOOL;
        };
    }
}
