package dev.narrows.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What flows through a new network neither dies nor bursts, with batch normalisation by the batch as in training. */
class InitialVarianceTest {

    private static final int ITEMS = 3;

    /** Those that do not divide the items first. */
    static List<Zoos.Case> cases() {
        return Zoos.CASES.stream()
                .filter(spec -> spec.architecture().numbers("std").isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void activations_ofNormalItems_keepTheirVariance(Zoos.Case spec) {
        Network network = Zoo.build(spec.architecture(), spec.shape(), 10, 3);
        List<String> names = network.producers().keySet().stream()
                .filter(name -> name.matches("block\\d+|logits"))
                .toList();
        Tensor items = Runs.normal(ITEMS, spec.shape().dims(), 4);
        Map<String, Tensor> outputs = Runs.run(
                Runs.withOutputs(withBatchStatistics(network), names),
                Map.of(spec.shape().input(), items));

        assertThat(outputs).hasSameSizeAs(names).containsKey("logits");
        outputs.forEach((name, tensor) ->
                assertThat(variance(tensor.toFloats())).as(name).isBetween(0.1, 10.0));
    }

    private static double variance(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return squares / values.length - mean * mean;
    }

    /** Each BatchNormalization as gamma (x − mean) / √(variance + ε) + beta over the batch, in elementary operators. */
    private static Network withBatchStatistics(Network network) {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        List<Node> nodes = new ArrayList<>();
        scalar(initializers, "test.epsilon", 1e-5f);
        for (Node node : network.nodes()) {
            if (!node.is("BatchNormalization")) {
                nodes.add(node);
                continue;
            }
            boolean line = rank(network, node) == 3;
            List<Long> axes = line ? List.of(0L, 2L) : List.of(0L, 2L, 3L);
            long[] column = line ? new long[] {-1, 1} : new long[] {-1, 1, 1};
            String n = node.name();
            longs(initializers, n + ".column", column);
            for (String weight : List.of("gamma", "beta")) {
                nodes.add(Node.of(
                        "", "Reshape", List.of(n + "." + weight, n + ".column"), List.of(n + weight), Map.of()));
            }
            Map<String, Attribute> reduce = Map.of("axes", new Attribute.Ints(axes));
            String x = node.inputs().get(0);
            nodes.add(Node.of("", "ReduceMean", List.of(x), List.of(n + ":mean"), reduce));
            nodes.add(Node.of("", "Sub", List.of(x, n + ":mean"), List.of(n + ":centred"), Map.of()));
            nodes.add(Node.of("", "Mul", List.of(n + ":centred", n + ":centred"), List.of(n + ":square"), Map.of()));
            nodes.add(Node.of("", "ReduceMean", List.of(n + ":square"), List.of(n + ":var"), reduce));
            nodes.add(Node.of("", "Add", List.of(n + ":var", "test.epsilon"), List.of(n + ":safe"), Map.of()));
            nodes.add(Node.of("", "Sqrt", List.of(n + ":safe"), List.of(n + ":deviation"), Map.of()));
            nodes.add(Node.of("", "Div", List.of(n + ":centred", n + ":deviation"), List.of(n + ":unit"), Map.of()));
            nodes.add(Node.of("", "Mul", List.of(n + ":unit", n + "gamma"), List.of(n + ":scaled"), Map.of()));
            nodes.add(Node.of("", "Add", List.of(n + ":scaled", n + "beta"), node.outputs(), Map.of()));
        }
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                nodes,
                initializers,
                Map.of(),
                Map.of(),
                network.extra());
    }

    /** Axes of what a normalisation normalises: those of the kernel of the convolution before it. */
    private static int rank(Network network, Node node) {
        Node maker =
                network.nodes().get(Runs.get(network.producers(), node.inputs().get(0)));
        return maker.is("Conv")
                ? Runs.get(network.initializers(), maker.inputs().get(1)).dims().size()
                : 3;
    }

    private static void scalar(Map<String, ConstantTensor> to, String name, float value) {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(0, value);
        to.put(name, new ConstantTensor(name, ElementType.FLOAT, List.of(), bytes, List.of(), ""));
    }

    private static void longs(Map<String, ConstantTensor> to, String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        to.put(name, new ConstantTensor(name, ElementType.INT64, List.of((long) values.length), bytes, List.of(), ""));
    }
}
