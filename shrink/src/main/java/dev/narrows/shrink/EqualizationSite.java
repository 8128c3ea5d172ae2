package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A place where channels can be scaled: layers whose outputs' channels, one after the other, are those of a value that only
 * layers read, with nothing between that a factor above 0 does not pass: Relu, LeakyRelu, poolings, Concat, and Clip from 0.
 *
 * @param makers layers, in the order of the value's channels
 * @param readers layers that read it
 * @param values what they read
 * @param clip the least upper end of the Clips between; infinite if there is none
 */
record EqualizationSite(List<LinearNode> makers, List<LinearNode> readers, Set<String> values, double clip) {

    private static final Set<String> PASSING =
            Set.of("Relu", "LeakyRelu", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool");

    EqualizationSite {
        makers = List.copyOf(makers);
        readers = List.copyOf(readers);
        values = Set.copyOf(values);
    }

    /** All places of a network, in its order; each layer makes one of them at most, and is read from one at most. */
    static List<EqualizationSite> of(Network network, Shapes shapes) {
        return new Search(network, shapes).sites();
    }

    int channels() {
        return makers.stream().mapToInt(LinearNode::channels).sum();
    }

    private static final class Search {
        private final Network network;
        private final Patch wiring;
        private final Map<String, ConstantTensor> constants;
        private final Map<Integer, LinearNode> layers = new HashMap<>();
        private double clip;

        Search(Network network, Shapes shapes) {
            this.network = network;
            wiring = Patch.of(network, shapes);
            constants = network.constants();
            for (int i = 0; i < network.nodes().size(); i++) {
                Node node = network.nodes().get(i);
                Optional<LinearNode> layer = node.is("Conv") || node.is("Gemm")
                        ? QuantizationPlan.layer(wiring, shapes, node).filter(this::hasItsOwnWeights)
                        : Optional.empty();
                if (layer.isPresent()) {
                    layers.put(i, layer.get());
                }
            }
        }

        private boolean hasItsOwnWeights(LinearNode layer) {
            return layer.node().inputs().stream()
                    .skip(1)
                    .filter(name -> !name.isEmpty())
                    .allMatch(name -> wiring.users(name).size() == 1);
        }

        List<EqualizationSite> sites() {
            List<EqualizationSite> sites = new ArrayList<>();
            for (int i = 0; i < network.nodes().size(); i++) {
                Node node = network.nodes().get(i);
                if (layers.containsKey(i) || node.is("Concat")) {
                    clip = Double.POSITIVE_INFINITY;
                    List<LinearNode> makers = new ArrayList<>();
                    List<LinearNode> readers = new ArrayList<>();
                    Set<String> values = new LinkedHashSet<>();
                    String value = node.outputs().get(0);
                    if (goesUp(value, makers) && goesDown(value, readers, values)) {
                        sites.add(new EqualizationSite(makers, readers, values, clip));
                    }
                }
            }
            return sites;
        }

        /** Finds the layers that make a value; false if anything else does. */
        private boolean goesUp(String value, List<LinearNode> makers) {
            Optional<Integer> index = wiring.producer(value);
            if (index.isEmpty()) {
                return false;
            }
            Node node = network.nodes().get(index.get());
            LinearNode layer = layers.get(index.get());
            if (layer != null) {
                makers.add(layer);
                return true;
            }
            if (node.is("Concat")) {
                boolean channels = node.intAttribute("axis", 1) == 1;
                return channels
                        && node.inputs().stream().allMatch(input -> wiring.isOnlyRead(input) && goesUp(input, makers));
            }
            return passes(node)
                    && wiring.isOnlyRead(node.inputs().get(0))
                    && goesUp(node.inputs().get(0), makers);
        }

        /** Finds the layers that read a value; false if anything else does. */
        private boolean goesDown(String value, List<LinearNode> readers, Set<String> values) {
            boolean answer =
                    network.outputs().stream().anyMatch(output -> output.name().equals(value));
            if (answer || wiring.users(value).isEmpty()) {
                return false;
            }
            for (int index : wiring.users(value)) {
                Node node = network.nodes().get(index);
                LinearNode layer = layers.get(index);
                boolean first = node.inputs().get(0).equals(value);
                if (layer != null && first) {
                    readers.add(layer);
                    values.add(value);
                } else if (!first || !passes(node) || !goesDown(node.outputs().get(0), readers, values)) {
                    return false;
                }
            }
            return true;
        }

        private boolean passes(Node node) {
            if (node.is("Clip")) {
                double low = bound(node, 1, "min", Double.NEGATIVE_INFINITY);
                clip = Math.min(clip, bound(node, 2, "max", Double.POSITIVE_INFINITY));
                return low == 0;
            }
            return node.isOnnx()
                    && PASSING.contains(node.opType())
                    && node.outputs().size() == 1
                    && node.subgraphs().isEmpty();
        }

        private double bound(Node node, int input, String attribute, double none) {
            if (input < node.inputs().size() && !node.inputs().get(input).isEmpty()) {
                ConstantTensor held = constants.get(node.inputs().get(input));
                return held == null || held.elements() != 1 ? Double.NaN : held.floats()[0];
            }
            return node.floatAttribute(attribute, (float) none);
        }
    }
}
