package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Subgraph;
import dev.narrows.graph.ValueInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network as a differentiable program: an interpreter of its nodes on libtorch. Its initializers are leaves of the
 * gradient's graph, its outputs those of ONNX Runtime within the rounding of float32, and {@link #trained} is the same
 * network with the weights as they are now.
 *
 * <p>Owns the native memory of its weights until closed. What {@link #forward} makes belongs to the caller's
 * {@link PointerScope}: open one for each step, or native memory grows with every step. One thread.
 */
@SuppressWarnings("try") // a scope is there for what it frees at its end
public final class DifferentiableNetwork implements AutoCloseable {

    /* design
     * Initializers are parameters (float tensors that an optimiser may change) or buffers (the rest, and those that steer
     * an operator instead of weighing: STEERING below). A node's kernel runs libtorch's functions, which record the
     * gradient's graph; nothing is recorded below a node of which no parameter and no input wants a gradient. Integer
     * tensors (shapes, indices) are computed by the same kernels, so that a network that computes its shapes runs too.
     * Quantised values go twice (see Quantization): as integers, and as a float carrier of their gradient. Nodes that
     * only move elements move the carrier, and Cast makes it the value; all other nodes see integers, without gradient.
     * If runs the branch that its condition takes; what branches hold themselves stays as it is.
     */

    /** Inputs that steer an operator, by operator: not trained even if they are float tensors. */
    private static final Map<String, Set<Integer>> STEERING = Map.ofEntries(
            Map.entry("BatchNormalization", Set.of(3, 4)),
            Map.entry("Clip", Set.of(1, 2)),
            Map.entry("Dropout", Set.of(1, 2)),
            Map.entry("Pad", Set.of(1, 2, 3)),
            Map.entry("Pow", Set.of(1)), // the gradient of an exponent is no number where the base is negative
            Map.entry("Resize", Set.of(1, 2, 3)),
            Map.entry("Upsample", Set.of(1)),
            Map.entry("QuantizeLinear", Set.of(1, 2)),
            Map.entry("DequantizeLinear", Set.of(1, 2)),
            Map.entry("OneHot", Set.of(1, 2)),
            Map.entry("Range", Set.of(0, 1, 2)));

    /** Operators that move elements and compute nothing: they take floats in place of integers. */
    private static final Set<String> MOVERS = Set.of(
            "Concat",
            "DepthToSpace",
            "Expand",
            "Flatten",
            "Gather",
            "Identity",
            "MaxPool",
            "Reshape",
            "Slice",
            "SpaceToDepth",
            "Split",
            "Squeeze",
            "Tile",
            "Transpose",
            "Unsqueeze");

    private final Network network;
    private final Branches branches;
    private final Map<String, Tensor> weights = new LinkedHashMap<>(); // every initializer
    private final Map<String, Tensor> constants = new HashMap<>(); // of Constant nodes
    private final Set<String> trainable = new LinkedHashSet<>();
    private final Set<String> frozen = new LinkedHashSet<>();
    private Predicate<Node> training = node -> false;

    private DifferentiableNetwork(Network network, Branches branches) {
        this.network = network;
        this.branches = branches;
    }

    /**
     * Loads a network.
     *
     * @throws UnsupportedException if it has operators or element types that cannot be trained through; names all such
     *     operators
     */
    public static DifferentiableNetwork of(Network network) {
        return of(network, false);
    }

    /** In float64 all through, for checks of gradients. */
    static DifferentiableNetwork inFloat64(Network network) {
        return of(network, true);
    }

    private static DifferentiableNetwork of(Network network, boolean wide) {
        Operators.require(network);
        DifferentiableNetwork made = new DifferentiableNetwork(network, new Branches(network.nodes()));
        Set<String> used = network.users().keySet();
        Set<String> steering = made.steering();
        Set<String> kernels = network.nodes().stream()
                .filter(node -> (node.is("Conv") || node.is("ConvTranspose"))
                        && node.inputs().size() > 1)
                .map(node -> node.inputs().get(1))
                .collect(Collectors.toSet());
        try (PointerScope scope = new PointerScope()) {
            network.constants().forEach((name, constant) -> {
                boolean initializer = network.initializers().containsKey(name);
                boolean real = constant.type() == ElementType.FLOAT || constant.type() == ElementType.DOUBLE;
                Tensor tensor = Torch.of(constant);
                if (wide && real) {
                    tensor = tensor.to(ScalarType.Double);
                }
                if (!wide && kernels.contains(name) && tensor.dim() == 4) {
                    tensor = tensor.contiguous(
                            MemoryFormat.ChannelsLast); // the rest of the network follows: 1.5 × faster
                }
                if (initializer && real && used.contains(name) && !steering.contains(name)) {
                    tensor.set_requires_grad(true);
                    made.trainable.add(name);
                }
                tensor.retainReference(); // ours, beyond the scope
                (initializer ? made.weights : made.constants).put(name, tensor);
            });
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
        return made;
    }

    private Set<String> steering() {
        Set<String> names = new LinkedHashSet<>();
        for (Node node : network.nodes()) {
            for (int input : STEERING.getOrDefault(node.opType(), Set.of())) {
                if (input < node.inputs().size()) {
                    names.add(node.inputs().get(input));
                }
            }
        }
        return names;
    }

    /** The network as it was loaded. */
    public Network network() {
        return network;
    }

    /** The weights that an optimiser may change now, by name: leaves that want a gradient. They stay this network's. */
    public Map<String, Tensor> parameters() {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        trainable.forEach(name -> {
            if (!frozen.contains(name)) {
                parameters.put(name, weight(name));
            }
        });
        return parameters;
    }

    /**
     * Every weight of floats by name, parameters and what moves with them (statistics of batch normalisation): what a
     * checkpoint holds. They stay this network's; write to them with {@code copy_} under a {@code NoGradGuard}.
     */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> {
            if (tensor.is_floating_point()) {
                state.put(name, tensor);
            }
        });
        return state;
    }

    /** Keeps the weights whose name fits as they are, statistics of batch normalisation included. */
    public void freeze(Predicate<String> names) {
        weights.keySet().stream().filter(names).forEach(name -> {
            frozen.add(name);
            weight(name).set_requires_grad(false);
        });
    }

    /** Lets the weights whose name fits change again. */
    public void unfreeze(Predicate<String> names) {
        weights.keySet().stream().filter(names).forEach(name -> {
            frozen.remove(name);
            weight(name).set_requires_grad(trainable.contains(name));
        });
    }

    /** Whether dropout drops, and batch normalisation uses the batch and moves its statistics. At first it does not. */
    public void training(boolean on) {
        training(node -> on);
    }

    /** Which nodes behave as in training: the others answer as ever, statistics of batch normalisation stay. */
    public void training(Predicate<Node> nodes) {
        training = nodes;
    }

    /** Runs the network and returns its outputs by name. */
    public Map<String, Tensor> forward(Map<String, Tensor> inputs) {
        return forward(inputs, network.outputs().stream().map(ValueInfo::name).toList());
    }

    /**
     * Runs the network and returns the wanted values by name, outputs or inner ones.
     *
     * @param inputs a tensor for each input that is no initializer
     * @throws InvalidException if an input or a wanted value is missing
     * @throws UnsupportedException if a node uses its operator in a way that cannot be trained through
     */
    public Map<String, Tensor> forward(Map<String, Tensor> inputs, Collection<String> wanted) {
        return forward(inputs, wanted, Map.of());
    }

    /**
     * Runs the network with some inner values replaced as they are made, such as by themselves and noise.
     *
     * @param replacements what takes the place of a value, by the value's name, for those who use it and for the result
     * @throws InvalidException if a node makes no value of a replacement's name
     * @throws UnsupportedException if a replaced value is of quantised integers, which have two tensors
     */
    public Map<String, Tensor> forward(
            Map<String, Tensor> inputs, Collection<String> wanted, Map<String, UnaryOperator<Tensor>> replacements) {
        Map<String, Tensor> values = new HashMap<>(constants);
        values.putAll(weights);
        Map<String, Tensor> carriers = new HashMap<>(); // of quantised values
        for (ValueInfo input : network.inputs()) {
            Tensor given = inputs.get(input.name());
            if (given != null) {
                values.put(input.name(), given);
            } else if (!weights.containsKey(input.name())) {
                throw new InvalidException("input: missing (expected: given), tensor \"" + input.name() + "\"");
            }
        }
        Set<String> unmade = new LinkedHashSet<>(replacements.keySet());
        for (Node node : network.nodes()) {
            if (!node.is("Constant")) {
                run(node, values, carriers);
                if (!unmade.isEmpty()) {
                    replace(node, replacements, values, carriers);
                    node.outputs().forEach(unmade::remove);
                }
            }
        }
        if (!unmade.isEmpty()) {
            throw new InvalidException("replaced values: " + unmade + " (expected: made by nodes)");
        }
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (String name : wanted) {
            Tensor value = values.get(name);
            if (value == null) {
                throw new InvalidException(
                        "value: no such (expected: an output or a value between nodes), \"" + name + "\"");
            }
            outputs.put(name, value);
        }
        return outputs;
    }

    private void replace(
            Node node,
            Map<String, UnaryOperator<Tensor>> replacements,
            Map<String, Tensor> values,
            Map<String, Tensor> carriers) {
        for (String output : node.outputs()) {
            UnaryOperator<Tensor> replacement = replacements.get(output);
            if (replacement == null) {
                continue;
            }
            if (carriers.containsKey(output)) {
                throw new UnsupportedException("replaced value: \"" + output + "\" is quantised (expected: of floats), "
                        + Call.place(node, network.opset()));
            }
            values.computeIfPresent(output, (name, value) -> replacement.apply(value));
        }
    }

    /** A branch sees what is around it; what it makes ends with it, but for its outputs. */
    private void branch(Node node, Map<String, Tensor> values, Map<String, Tensor> carriers) {
        String place = Call.place(node, network.opset());
        Tensor condition = values.get(node.inputs().get(0));
        if (condition == null) {
            throw new InvalidException("condition: has no value (expected: made before), " + place);
        }
        Subgraph branch = Branches.taken(node, condition, place);
        Map<String, Tensor> inner = new HashMap<>(values);
        Map<String, Tensor> innerCarriers = new HashMap<>(carriers);
        inner.putAll(branches.constants(branch));
        for (Node each : branch.nodes()) {
            if (!each.is("Constant")) {
                run(each, inner, innerCarriers);
            }
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            String from = branch.outputs().get(i).name();
            String to = node.outputs().get(i);
            Tensor value = inner.get(from);
            if (value == null) {
                throw new InvalidException("branch's output: \"" + from + "\" has no value (expected: made), " + place);
            }
            values.put(to, value);
            Tensor carrier = innerCarriers.get(from);
            if (carrier != null) {
                carriers.put(to, carrier);
            }
        }
    }

    private void run(Node node, Map<String, Tensor> values, Map<String, Tensor> carriers) {
        if (node.is(Branches.IF)) {
            branch(node, values, carriers);
            return;
        }
        boolean carried =
                MOVERS.contains(node.opType()) && node.inputs().stream().anyMatch(carriers::containsKey);
        boolean floats = carried || node.is("Cast");
        List<Optional<Tensor>> inputs = new ArrayList<>();
        List<Optional<Tensor>> inputCarriers = new ArrayList<>();
        for (String name : node.inputs()) {
            Tensor value = floats && carriers.containsKey(name) ? carriers.get(name) : values.get(name);
            if (!name.isEmpty() && value == null) {
                throw new InvalidException("input: \"" + name + "\" has no value (expected: made before), "
                        + Call.place(node, network.opset()));
            }
            inputs.add(Optional.ofNullable(value));
            inputCarriers.add(Optional.ofNullable(carriers.get(name)));
        }
        boolean fixed = node.is("BatchNormalization") && !moves(node);
        Call call = new Call(node, network.opset(), !fixed && training.test(node), inputs, inputCarriers);
        try {
            Operators.find(node).orElseThrow().run(call);
        } catch (NarrowsException e) {
            throw e;
        } catch (RuntimeException e) {
            // libtorch's message is its first line; the rest is native stack.
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new InvalidException("run: " + message + ", " + call.place(), e);
        }
        List<String> names = node.outputs();
        for (int i = 0; i < Math.min(names.size(), call.outputs().size()); i++) {
            String name = names.get(i);
            if (name.isEmpty()) {
                continue; // not wanted; and no input must find it
            }
            Tensor output = call.outputs().get(i);
            if (carried && output.is_floating_point()) {
                carriers.put(name, output);
                Tensor integers =
                        Optional.ofNullable(values.get(node.inputs().get(0))).orElseThrow();
                values.put(name, output.detach().to(integers.scalar_type()));
                continue;
            }
            values.put(name, output);
            Tensor carrier = call.outputCarriers().get(i);
            if (carrier != null) {
                carriers.put(name, carrier);
            }
        }
    }

    /** Whether a batch normalisation may move its statistics, which stay where {@link #trained} would not find them. */
    private boolean moves(Node node) {
        return node.inputs().stream().noneMatch(frozen::contains)
                && node.inputs().stream().skip(3).allMatch(weights::containsKey);
    }

    /** The network with the weights as they are now: the same topology, names and element types. */
    public Network trained() {
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        try (PointerScope scope = new PointerScope()) {
            initializers.replaceAll((name, constant) -> Torch.constant(constant, weight(name)));
        }
        return network.withInitializers(initializers);
    }

    private Tensor weight(String name) {
        Tensor weight = weights.get(name);
        if (weight == null) {
            throw new InvalidException("weight: no such (expected: an initializer), \"" + name + "\"");
        }
        return weight;
    }

    @Override
    public void close() {
        weights.values().forEach(Tensor::close);
        constants.values().forEach(Tensor::close);
        branches.close();
    }
}
