package dev.narrows.train;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Cut;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.zoo.Conv;
import dev.narrows.zoo.Initial;
import dev.narrows.zoo.NetworkBuilder;
import dev.narrows.zoo.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Attaches exits to a classifier, and takes it apart again. The exit at the first cut is {@code exit1}: its nodes, weights
 * and values have {@code exit1.} before their names, its answer is the output {@code exit1.logits} (items, classes) f32.
 */
public final class ExitMaker {

    /** Before the number, from 1, in the names of all that belongs to an exit. */
    private static final String PREFIX = "exit";

    private static final Pattern OF_EXIT = Pattern.compile(PREFIX + "\\d+\\..*");

    private ExitMaker() {}

    /**
     * A network taken apart.
     *
     * @param trunk with its own outputs alone
     * @param exits in their order: each from its cut's tensor to its logits, of the trunk's opset
     */
    public record Parts(Network trunk, List<Network> exits) {

        public Parts {
            exits = List.copyOf(exits);
        }
    }

    /** The name of an exit's answer. */
    public static String logits(int exit) {
        return prefix(exit) + "logits";
    }

    /**
     * The network with exits, untrained; all that it was keeps its names and weights.
     *
     * @param network with one output (items, classes)
     * @param cuts in order, each of one float32 tensor (items, features), (items, channels, length) or (items, channels,
     *     height, width)
     * @throws UnsupportedException if it has exits already, or a cut or the output is not of these
     */
    public static Network attach(Network network, Shapes shapes, List<Cut> cuts, ExitDesign design, long seed) {
        requireNone(network);
        requireOrder(cuts);
        int classes = classes(network, shapes);
        List<Node> nodes = new ArrayList<>(network.nodes());
        List<ValueInfo> outputs = new ArrayList<>(network.outputs());
        Map<String, ConstantTensor> weights = new LinkedHashMap<>(network.initializers());
        Map<String, ValueInfo> types = new LinkedHashMap<>(network.valueInfos());
        for (int exit = 0; exit < cuts.size(); exit++) {
            Shapes.Shape shape = shape(shapes, cuts.get(exit));
            Network head = head(exit, shape.dims(), classes, design, seed);
            String cut = cuts.get(exit).name();
            String placeholder = head.inputs().get(0).name();
            head.nodes().forEach(node -> nodes.add(renamed(node, placeholder, cut)));
            weights.putAll(head.initializers());
            Dim batch = batch(network, shape);
            outputs.add(ValueInfo.of(
                    logits(exit), TensorType.of(ElementType.FLOAT, List.of(batch, new Dim.Known(classes)))));
            List<Dim> dims = new ArrayList<>(List.of(batch));
            shape.dims().stream().skip(1).forEach(length -> dims.add(new Dim.Known(length)));
            types.put(cut, ValueInfo.of(cut, TensorType.of(ElementType.FLOAT, dims)));
        }
        return of(network, network.name(), network.inputs(), outputs, nodes, weights, types);
    }

    /**
     * Takes a network with exits apart.
     *
     * @throws InvalidException if it has none
     */
    public static Parts apart(Network merged) {
        int count = 0;
        while (hasOutput(merged, logits(count))) {
            count++;
        }
        if (count == 0) {
            throw new InvalidException(
                    "exits: none (expected: an output \"" + logits(0) + "\"), network \"" + merged.name() + "\"");
        }
        List<Network> exits = new ArrayList<>();
        for (int exit = 0; exit < count; exit++) {
            exits.add(exit(merged, exit));
        }
        int all = count;
        Map<String, ConstantTensor> weights = new LinkedHashMap<>(merged.initializers());
        weights.keySet().removeIf(name -> isOfExit(name, all));
        Map<String, ValueInfo> types = new LinkedHashMap<>(merged.valueInfos());
        types.keySet().removeIf(name -> isOfExit(name, all));
        Network trunk = of(
                merged,
                merged.name(),
                merged.inputs(),
                merged.outputs().stream()
                        .filter(output -> !isOfExit(output.name(), all))
                        .toList(),
                merged.nodes().stream()
                        .filter(node -> node.outputs().stream().noneMatch(name -> isOfExit(name, all)))
                        .toList(),
                weights,
                types);
        return new Parts(trunk, exits);
    }

    private static Network exit(Network merged, int exit) {
        String prefix = prefix(exit);
        List<Node> nodes = merged.nodes().stream()
                .filter(node -> node.outputs().stream().anyMatch(name -> name.startsWith(prefix)))
                .toList();
        Map<String, ConstantTensor> weights = new LinkedHashMap<>(merged.initializers());
        weights.keySet().removeIf(name -> !name.startsWith(prefix));
        Map<String, ValueInfo> types = new LinkedHashMap<>(merged.valueInfos());
        types.keySet().removeIf(name -> !name.startsWith(prefix));
        String cut = nodes.stream()
                .flatMap(node -> node.inputs().stream())
                .filter(input -> !input.startsWith(prefix))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidException("exit: \"" + prefix + "\" reads no value of the network (expected: one)"));
        ValueInfo input = merged.valueInfos().get(cut);
        if (input == null) {
            throw new InvalidException("type: unknown (expected: the file says it), tensor \"" + cut + "\"");
        }
        List<ValueInfo> outputs = merged.outputs().stream()
                .filter(output -> output.name().equals(logits(exit)))
                .toList();
        return of(merged, PREFIX + (exit + 1), List.of(input), outputs, nodes, weights, types);
    }

    /** A network like {@code network} but for what it is made of. */
    private static Network of(
            Network network,
            String name,
            List<ValueInfo> inputs,
            List<ValueInfo> outputs,
            List<Node> nodes,
            Map<String, ConstantTensor> weights,
            Map<String, ValueInfo> types) {
        boolean own = name.equals(network.name());
        return new Network(
                name,
                network.irVersion(),
                network.opsets(),
                inputs,
                outputs,
                nodes,
                weights,
                types,
                own ? network.metadata() : Map.of(),
                own ? network.extra() : Network.Extras.NONE);
    }

    /** The exit from a tensor whose name is a placeholder. Its operators are the same from opset 7 to the newest. */
    private static Network head(int exit, List<Long> dims, int classes, ExitDesign design, long seed) {
        NetworkBuilder builder = NetworkBuilder.seeded(seed).in(PREFIX + (exit + 1));
        Value value = builder.input("input", dims.subList(1, dims.size()));
        if (dims.size() > 2) {
            for (int i = 0; i < design.channels().size(); i++) {
                Conv conv = Conv.of(design.channels().get(i), 3).withStrides(2).withInitial(Initial.HE_FAN_IN);
                String number = i == 0 ? "" : "" + (i + 1);
                Value normal = builder.batchNorm("norm" + number, builder.conv("conv" + number, value, conv));
                value = builder.relu("relu" + number, normal);
            }
            value = builder.flatten("features", builder.globalAveragePool("mean", value));
        }
        builder.output(builder.linear("logits", value, classes, Initial.XAVIER));
        return builder.build(PREFIX, Map.of());
    }

    private static Node renamed(Node node, String from, String to) {
        List<String> inputs = node.inputs().stream()
                .map(input -> input.equals(from) ? to : input)
                .toList();
        return new Node(
                node.name(), node.opType(), node.domain(), inputs, node.outputs(), node.attributes(), node.extra());
    }

    private static void requireNone(Network network) {
        List<String> names = new ArrayList<>(network.initializers().keySet());
        network.nodes().forEach(node -> names.addAll(node.outputs()));
        for (String name : names) {
            if (isOfExit(name)) {
                throw new UnsupportedException("network: has exits already (expected: none), \"" + name + "\"");
            }
        }
    }

    private static void requireOrder(List<Cut> cuts) {
        if (cuts.isEmpty()) {
            throw new InvalidException("cuts: none (expected: one for each exit)");
        }
        for (int i = 1; i < cuts.size(); i++) {
            Cut before = cuts.get(i - 1);
            Cut cut = cuts.get(i);
            if (!before.precedes(cut) || before.upstream().equals(cut.upstream())) {
                throw new InvalidException(
                        "cut: \"" + cut.name() + "\" (expected: one that lies behind \"" + before.name() + "\")");
            }
        }
    }

    private static int classes(Network network, Shapes shapes) {
        if (network.outputs().size() != 1) {
            throw new UnsupportedException("outputs: " + network.outputs().size() + " (expected: 1, for exits)");
        }
        String output = network.outputs().get(0).name();
        Shapes.Shape shape = shapes.of(output).orElseThrow();
        if (shape.element() != ElementType.FLOAT || shape.dims().size() != 2) {
            throw new UnsupportedException("output: \"" + output + "\" is " + shape.element() + " " + shape.dims()
                    + " (expected: FLOAT of (items, classes), for exits)");
        }
        return Math.toIntExact(shape.dims().get(1));
    }

    private static Shapes.Shape shape(Shapes shapes, Cut cut) {
        if (cut.tensors().size() != 1) {
            throw new UnsupportedException(
                    "cut: \"" + cut.name() + "\" has " + cut.tensors().size() + " tensors (expected: 1, for an exit)");
        }
        Shapes.Shape shape = shapes.of(cut.name()).orElseThrow();
        if (shape.element() != ElementType.FLOAT
                || shape.dims().size() < 2
                || shape.dims().size() > 4) {
            throw new UnsupportedException("cut: \"" + cut.name() + "\" is " + shape.element() + " " + shape.dims()
                    + " (expected: FLOAT of 2 to 4 axes, for an exit)");
        }
        return shape;
    }

    /** What the network's input calls the axis that counts items. */
    private static Dim batch(Network network, Shapes.Shape shape) {
        if (!shape.batchAxis()) {
            return new Dim.Known(shape.dims().get(0));
        }
        return network.inputs().stream()
                .flatMap(input -> input.type().flatMap(TensorType::shape).stream())
                .filter(dims -> !dims.isEmpty() && dims.get(0) instanceof Dim.Symbol)
                .map(dims -> dims.get(0))
                .findFirst()
                .orElse(new Dim.Symbol("N"));
    }

    private static boolean hasOutput(Network network, String name) {
        return network.outputs().stream().anyMatch(output -> output.name().equals(name));
    }

    /** Whether a node is an exit's. */
    static boolean isOfExit(Node node) {
        return node.outputs().stream().anyMatch(ExitMaker::isOfExit);
    }

    private static boolean isOfExit(String name) {
        return OF_EXIT.matcher(name).matches();
    }

    private static boolean isOfExit(String name, int count) {
        for (int exit = 0; exit < count; exit++) {
            if (name.startsWith(prefix(exit))) {
                return true;
            }
        }
        return false;
    }

    private static String prefix(int exit) {
        return PREFIX + (exit + 1) + ".";
    }
}
