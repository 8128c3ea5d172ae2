package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.Validator;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A network that computes in float16 wherever that can be done ({@code Float16Plan} says where not), for machines that have kernels
 * for it. Inputs and outputs keep names and types. A value is cast where it goes from one to the other, once however many
 * read it, and never there and back. {@link dev.narrows.graph.Widening} is the way back.
 *
 * <p>design: every float32 value may exist twice. Whoever makes it gives it its own name; the other one, if somebody
 * reads it, comes from a Cast behind it. Inputs, outputs and what subgraphs read must be float32 under their own name, so
 * there it is the float16 one that gets a new name.
 */
public final class Float16 {

    private final Network network;
    private final Shapes shapes;
    private final Set<Integer> half;
    private final Set<String> named = new HashSet<>(); // that are float32 under their own name
    private final Set<String> names = new HashSet<>(); // that are taken
    private final Map<String, String> halves = new HashMap<>(); // of values in float16
    private final Map<String, String> fulls = new HashMap<>(); // of values in float32
    private final Set<String> wantedHalf = new HashSet<>();
    private final Set<String> wantedFull = new HashSet<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, ConstantTensor> initializers = new LinkedHashMap<>();

    private Float16(Network network, Shapes shapes, Set<Integer> half) {
        this.network = network;
        this.shapes = shapes;
        this.half = half;
    }

    /**
     * The network in float16.
     *
     * @param network in float32
     * @param items that show how large values get
     * @param wanted which nodes; the others stay in float32
     * @throws UnsupportedException if no node can compute in float16
     */
    public static Network computed(
            Network network, Shapes shapes, List<Map<String, Tensor>> items, Predicate<Node> wanted) {
        Set<Integer> half = Float16Plan.of(network, shapes, items, wanted);
        if (half.isEmpty()) {
            throw new UnsupportedException(
                    "nodes: none that can compute in float16 (expected: operators such as Conv or "
                            + "MatMul on float32 values), network \"" + network.name() + "\"");
        }
        Network computed = new Float16(network, shapes, half).computed();
        Validator.check(computed);
        return computed;
    }

    private Network computed() {
        names.addAll(network.initializers().keySet());
        network.inputs().forEach(input -> names.add(input.name()));
        network.nodes().forEach(node -> names.addAll(node.outputs()));
        network.inputs().forEach(input -> named.add(input.name()));
        network.outputs().forEach(output -> named.add(output.name()));
        wantedFull.addAll(named);
        for (int index = 0; index < network.nodes().size(); index++) {
            Node node = network.nodes().get(index);
            node.subgraphs().forEach(subgraph -> named.addAll(subgraph.captured()));
            node.subgraphs().forEach(subgraph -> wantedFull.addAll(subgraph.captured()));
            for (int i = 0; i < node.inputs().size(); i++) {
                if (!readsEither(node)) {
                    (isHalf(index, i) ? wantedHalf : wantedFull)
                            .add(node.inputs().get(i));
                }
            }
        }
        network.initializers().forEach(this::hold);
        network.inputs().forEach(input -> made(input.name(), false));
        for (int index = 0; index < network.nodes().size(); index++) {
            add(index, network.nodes().get(index));
        }
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                nodes,
                initializers,
                valueInfos(),
                network.metadata(),
                network.extra());
    }

    private boolean isHalf(int node, int input) {
        return half.contains(node) && !Float16Plan.staysFloat32(network.nodes().get(node), input);
    }

    private static boolean readsEither(Node node) {
        return node.is("Shape") || node.is("Size");
    }

    private boolean isFloat(String value) {
        return shapes.of(value)
                .filter(shape -> shape.element() == ElementType.FLOAT)
                .isPresent();
    }

    private void hold(String name, ConstantTensor tensor) {
        if (tensor.type() != ElementType.FLOAT || !wantedHalf.contains(name)) {
            initializers.put(name, tensor);
            return;
        }
        boolean both = wantedFull.contains(name);
        String own = both ? fresh(name + ".float16") : name;
        if (both) {
            initializers.put(name, tensor);
        }
        initializers.put(
                own,
                new ConstantTensor(
                        own,
                        ElementType.FLOAT16,
                        tensor.dims(),
                        NarrowWeights.bytes(ElementType.FLOAT16, tensor.floats()),
                        List.of(),
                        tensor.doc()));
        halves.put(name, own);
    }

    private void add(int index, Node node) {
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            String input = node.inputs().get(i);
            boolean native16 = !fulls.containsKey(input) && halves.containsKey(input);
            boolean narrow = readsEither(node) ? native16 : isHalf(index, i);
            inputs.add((narrow ? halves : fulls).getOrDefault(input, input));
        }
        boolean narrow = half.contains(index);
        List<String> outputs = new ArrayList<>();
        for (String output : node.outputs()) {
            boolean renamed = narrow && isFloat(output) && named.contains(output);
            outputs.add(renamed ? fresh(output + ".float16") : output);
        }
        nodes.add(
                new Node(node.name(), node.opType(), node.domain(), inputs, outputs, node.attributes(), node.extra()));
        for (int i = 0; i < outputs.size(); i++) {
            if (narrow && isFloat(node.outputs().get(i))) {
                halves.put(node.outputs().get(i), outputs.get(i));
            }
            made(node.outputs().get(i), narrow);
        }
    }

    /** Casts a value behind whoever made it, if somebody reads it as the other type. */
    private void made(String value, boolean narrow) {
        if (value.isEmpty() || !isFloat(value)) {
            return;
        }
        if (narrow && wantedFull.contains(value)) {
            String full = named.contains(value) ? value : fresh(value + ".float32");
            cast(halves.getOrDefault(value, value), full, ElementType.FLOAT);
            fulls.put(value, full);
        } else if (!narrow) {
            fulls.put(value, value);
            if (wantedHalf.contains(value)) {
                String own = fresh(value + ".float16");
                cast(value, own, ElementType.FLOAT16);
                halves.put(value, own);
            }
        }
    }

    private void cast(String from, String to, ElementType type) {
        nodes.add(Node.of("", "Cast", List.of(from), List.of(to), Map.of("to", new Attribute.IntValue(type.number()))));
    }

    private Map<String, ValueInfo> valueInfos() {
        Map<String, ValueInfo> types = new LinkedHashMap<>(network.valueInfos());
        types.replaceAll((name, info) -> name.equals(halves.get(name))
                ? new ValueInfo(
                        name,
                        info.type().map(type -> new TensorType(ElementType.FLOAT16, type.shape())),
                        info.doc(),
                        info.encoded())
                : info);
        return types;
    }

    private String fresh(String wish) {
        String name = wish;
        for (int number = 2; !names.add(name); number++) {
            name = wish + "_" + number;
        }
        return name;
    }
}
