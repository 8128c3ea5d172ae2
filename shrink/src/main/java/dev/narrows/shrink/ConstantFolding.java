package dev.narrows.shrink;

import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.Tensor;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import dev.narrows.plan.Elements;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes beforehand, with ONNX Runtime, what depends on no input, and makes initializers of the results and of
 * Constant nodes. A result that is larger than what it is made of stays a computation, so that files do not grow; a
 * DequantizeLinear stays, so that quantised weights stay small and the runtime finds its integer kernels.
 */
final class ConstantFolding implements Pass {

    /** What a result may take in any case. */
    private static final long SMALL_BYTES = 4096;

    private final long freeBytes;

    ConstantFolding() {
        this(SMALL_BYTES);
    }

    private ConstantFolding(long freeBytes) {
        this.freeBytes = freeBytes;
    }

    /** Folds however large the results are: for those who need the weights themselves. */
    static ConstantFolding ofAnySize() {
        return new ConstantFolding(Long.MAX_VALUE);
    }

    /** The network with all of it folded: a patch for each layer of what depends on what. */
    Network folded(Network network, Shapes shapes) {
        Network held = network;
        while (true) {
            Patch patch = patch(held, shapes);
            if (patch.changes() == 0) {
                return held;
            }
            held = patch.apply();
        }
    }

    @Override
    public String name() {
        return "constants";
    }

    @Override
    public Patch patch(Network network, Shapes shapes) {
        Patch patch = Patch.of(network, shapes);
        Map<String, ConstantTensor> held = network.constants();
        Set<String> folded = foldable(network, shapes, held);
        List<String> wanted = frontier(network, folded);
        Map<String, ConstantTensor> results = wanted.isEmpty() ? Map.of() : run(network, shapes, folded, wanted);
        Set<String> outputs = new LinkedHashSet<>();
        network.outputs().forEach(output -> outputs.add(output.name()));
        for (int i = 0; i < network.nodes().size(); i++) {
            Node node = network.nodes().get(i);
            if (node.outputs().size() != 1 || outputs.contains(node.outputs().get(0))) {
                continue;
            }
            String output = node.outputs().get(0);
            Optional<ConstantTensor> value = Optional.ofNullable(results.get(output))
                    .or(() -> Optional.ofNullable(held.get(output)).filter(tensor -> node.is("Constant")));
            if (value.isPresent()) {
                patch.put(value.get());
                patch.replace(i);
            }
        }
        return patch;
    }

    /** The values that are computed from constants alone by nodes that may be folded. */
    private Set<String> foldable(Network network, Shapes shapes, Map<String, ConstantTensor> held) {
        Set<String> constant = network.constantNames();
        Map<String, Long> bytes = new LinkedHashMap<>(); // that folded values are made of
        held.forEach((name, tensor) -> bytes.put(name, (long) tensor.data().remaining()));
        Set<String> folded = new LinkedHashSet<>();
        for (Node node : network.nodes()) {
            boolean own = node.isOnnx() && !node.is("Constant") && !node.is("DequantizeLinear");
            boolean known = node.outputs().size() == 1
                    && constant.contains(node.outputs().get(0))
                    && bytes.keySet().containsAll(node.uses())
                    && shapes.of(node.outputs().get(0))
                            .filter(shape -> shape.element() != ElementType.STRING)
                            .isPresent();
            if (!own || !known) {
                continue;
            }
            long source = 0;
            for (String use : node.uses()) {
                source += bytes.getOrDefault(use, 0L);
            }
            long result = shapes.of(node.outputs().get(0)).orElseThrow().sizeBytes();
            if (result <= Math.max(source, freeBytes)) {
                folded.add(node.outputs().get(0));
                bytes.put(node.outputs().get(0), result);
            }
        }
        return folded;
    }

    /** Those of them that something else reads. */
    private static List<String> frontier(Network network, Set<String> folded) {
        Set<String> read = new LinkedHashSet<>();
        for (Node node : network.nodes()) {
            if (!folded.contains(node.outputs().get(0))) {
                read.addAll(node.uses());
            }
        }
        return folded.stream().filter(read::contains).toList();
    }

    private static Map<String, ConstantTensor> run(
            Network network, Shapes shapes, Set<String> folded, List<String> wanted) {
        List<Node> nodes = network.nodes().stream()
                .filter(node ->
                        node.is("Constant") || folded.contains(node.outputs().get(0)))
                .toList();
        Map<String, ConstantTensor> initializers = new LinkedHashMap<>(network.initializers());
        initializers
                .keySet()
                .retainAll(nodes.stream().flatMap(node -> node.uses().stream()).toList());
        Network part = new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                List.of(),
                wanted.stream()
                        .map(name -> ValueInfo.of(
                                name,
                                new TensorType(shapes.of(name).orElseThrow().element(), Optional.empty())))
                        .toList(),
                nodes,
                initializers,
                Map.of(),
                Map.of(),
                new Network.Extras(network.extra().model(), Encoded.NONE)); // with its functions
        Map<String, ConstantTensor> results = new LinkedHashMap<>();
        try (Session session = Session.open("constants", OnnxWriter.write(part), Map.of(), SessionOptions.DEFAULT)) {
            session.run(Map.of()).forEach((name, tensor) -> results.put(name, constant(name, tensor)));
        }
        return results;
    }

    private static ConstantTensor constant(String name, Tensor tensor) {
        ByteBuffer bytes = tensor.bytes();
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        data.put(bytes).flip();
        List<Long> dims = new ArrayList<>();
        for (long dim : tensor.shape()) {
            dims.add(dim);
        }
        return new ConstantTensor(name, Elements.elementType(tensor.dtype()), dims, data, List.of(), "");
    }
}
