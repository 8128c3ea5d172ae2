package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How important the channels of a network are, by a criterion. */
final class FilterScores {

    private final ChannelGraph graph;
    private final Set<Integer> removable;
    private final Optional<Salience> salience;
    private final long seed;

    /**
     * @param removable classes that must have a score
     * @param salience for the criterion that needs it
     */
    FilterScores(ChannelGraph graph, Set<Integer> removable, Optional<Salience> salience, long seed) {
        this.graph = graph;
        this.removable = Set.copyOf(removable);
        this.salience = salience;
        this.seed = seed;
    }

    /** The mean importance of the channels of each class. */
    Map<Integer, Double> importance(FilterCriterion criterion) {
        Map<Integer, List<Double>> scores = new LinkedHashMap<>();
        Map<String, double[]> taylor = criterion == FilterCriterion.TAYLOR ? taylor() : Map.of();
        for (ChannelGraph.Maker maker : graph.makers()) {
            double[] own = switch (criterion) {
                case TAYLOR -> taylor.getOrDefault(maker.weight(), new double[0]);
                case BATCH_NORM -> normalisation(maker);
                default -> criterion.scores(floats(maker), maker.axis(), seed);
            };
            for (int channel = 0; channel < own.length; channel++) {
                scores.computeIfAbsent(graph.classes().of(maker.ids()[channel]), key -> new ArrayList<>())
                        .add(own[channel]);
            }
        }
        requireScores(criterion, scores.keySet());
        Map<Integer, Double> means = new LinkedHashMap<>();
        scores.forEach((own, all) -> means.put(
                own, all.stream().mapToDouble(Double::doubleValue).average().orElse(0)));
        return means;
    }

    private void requireScores(FilterCriterion criterion, Set<Integer> scored) {
        for (ChannelGraph.Maker maker : graph.makers()) {
            for (int id : maker.ids()) {
                int member = graph.classes().of(id);
                if (removable.contains(member) && !scored.contains(member)) {
                    throw new UnsupportedException("criterion: " + criterion + " (expected: another one, as it says "
                            + "nothing of this layer"
                            + (criterion == FilterCriterion.BATCH_NORM
                                    ? ": no batch normalisation stands behind it"
                                    : "")
                            + "), " + graph.network().nodes().get(maker.node()).label());
                }
            }
        }
    }

    private Map<String, double[]> taylor() {
        Map<String, Integer> axes = new LinkedHashMap<>();
        graph.makers().forEach(maker -> axes.put(maker.weight(), maker.axis()));
        return salience.orElseThrow(() -> new InvalidException(
                        "criterion: taylor without gradients (expected: items with labels, to compute them)"))
                .ofFilters(graph.network(), axes);
    }

    /** The magnitude of the factor of each of a layer's channels; empty if no batch normalisation stands behind it. */
    private double[] normalisation(ChannelGraph.Maker maker) {
        Network network = graph.network();
        String made = network.nodes().get(maker.node()).outputs().get(0);
        for (Node node : network.nodes()) {
            ConstantTensor factor =
                    node.is("BatchNormalization") && node.inputs().get(0).equals(made)
                            ? network.initializers().get(node.inputs().get(1))
                            : null;
            if (factor != null && factor.type() == ElementType.FLOAT) {
                float[] values = factor.floats();
                double[] scores = new double[values.length];
                for (int channel = 0; channel < scores.length; channel++) {
                    scores[channel] = Math.abs(values[channel]);
                }
                return scores;
            }
        }
        return new double[0];
    }

    /**
     * A layer's weights in float32.
     *
     * @throws UnsupportedException if they are neither floats nor bytes with scales
     * @throws InvalidException if one is no finite number
     */
    private ConstantTensor floats(ChannelGraph.Maker maker) {
        Network network = graph.network();
        ConstantTensor weight = weight(network.initializers(), maker.weight());
        if (weight.type().isFloat()) {
            return ConstantTensor.of(weight.name(), weight.dims(), weight.toFloats())
                    .requireFinite();
        }
        Optional<Integer> source =
                graph.weight(network.nodes().get(maker.node()).inputs().get(1)).flatMap(ChannelGraph.Held::dequantised);
        boolean signed = weight.type() == ElementType.INT8;
        if (!(signed || weight.type() == ElementType.UINT8) || source.isEmpty()) {
            throw new UnsupportedException("weights: " + weight.type()
                    + " (expected: floats, or bytes with scales, to be compared), tensor \"" + weight.name() + "\"");
        }
        Node node = network.nodes().get(source.get());
        float[] scales = weight(network.initializers(), node.inputs().get(1)).toFloats();
        boolean centred = node.inputs().size() < 3 || node.inputs().get(2).isEmpty();
        ByteBuffer zeros = centred
                ? ByteBuffer.allocate(scales.length)
                : weight(network.initializers(), node.inputs().get(2)).data();
        int axis = (int) node.intAttribute("axis", 1);
        int inner =
                FilterCriterion.inner(weight, axis < 0 ? axis + weight.dims().size() : axis);
        ByteBuffer bytes = weight.data();
        float[] values = new float[Math.toIntExact(weight.elements())];
        for (int i = 0; i < values.length; i++) {
            int channel = i / inner % scales.length;
            int step = number(bytes.get(i), signed) - number(zeros.get(channel), signed);
            values[i] = step * scales[channel];
        }
        return ConstantTensor.of(weight.name(), weight.dims(), values);
    }

    private static int number(byte bits, boolean signed) {
        return signed ? bits : Byte.toUnsignedInt(bits);
    }

    static ConstantTensor weight(Map<String, ConstantTensor> initializers, String name) {
        ConstantTensor weight = initializers.get(name);
        if (weight == null) {
            throw new IllegalStateException(name);
        }
        return weight;
    }
}
