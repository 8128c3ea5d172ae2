package dev.narrows.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Folds batch normalisations into the convolutions before them: {@code γ (Wx + b − μ) / √(σ² + ε) + β} is a convolution
 * with weights {@code W γ / √(σ² + ε)}. The network computes the same, up to rounding, with fewer nodes.
 */
public final class BatchNormFolding {

    private static final double EPSILON = 1e-5;

    private final Network network;
    private final Predicate<Node> wanted;
    private final Map<String, List<Integer>> users;
    private final Set<String> outputs = new LinkedHashSet<>();
    private final Map<String, ConstantTensor> initializers;

    private BatchNormFolding(Network network, Predicate<Node> wanted) {
        this.network = network;
        this.wanted = wanted;
        users = network.users();
        network.outputs().forEach(output -> outputs.add(output.name()));
        initializers = new LinkedHashMap<>(network.initializers());
    }

    /**
     * The network with every batch normalisation folded that can be: float32, its parameters initializers, behind a Conv
     * or a ConvTranspose of one group with its own weights of which nobody else uses the output. Others stay. Weights that
     * nobody reads any more are left out.
     */
    public static Network fold(Network network) {
        return fold(network, norm -> true);
    }

    /** Folds only those that are {@code wanted}. */
    public static Network fold(Network network, Predicate<Node> wanted) {
        return new BatchNormFolding(network, wanted).fold();
    }

    private Network fold() {
        Map<Integer, Node> replaced = new HashMap<>(); // Conv by index
        Set<Integer> gone = new LinkedHashSet<>();
        Map<String, Integer> producers = network.producers();
        for (int i = 0; i < network.nodes().size(); i++) {
            Node norm = network.nodes().get(i);
            if (!norm.is("BatchNormalization") || norm.intAttribute("training_mode", 0) == 1 || !wanted.test(norm)) {
                continue;
            }
            Integer before = producers.get(norm.inputs().get(0));
            if (before == null) {
                continue;
            }
            Optional<Node> folded = folded(network.nodes().get(before), norm);
            if (folded.isPresent()) {
                replaced.put(before, folded.get());
                gone.add(i);
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < network.nodes().size(); i++) {
            if (!gone.contains(i)) {
                nodes.add(replaced.getOrDefault(i, network.nodes().get(i)));
            }
        }
        Set<String> read = new LinkedHashSet<>(outputs);
        nodes.forEach(node -> read.addAll(node.uses()));
        Set<String> before = network.users().keySet();
        initializers.keySet().removeIf(name -> before.contains(name) && !read.contains(name));
        Map<String, ValueInfo> inner = new LinkedHashMap<>(network.valueInfos());
        inner.keySet().retainAll(read);
        return new Network(
                network.name(),
                network.irVersion(),
                network.opsets(),
                network.inputs(),
                network.outputs(),
                nodes,
                initializers,
                inner,
                network.metadata(),
                network.extra());
    }

    /** The convolution that does both, if there is one; its weights are put among the initializers. */
    private Optional<Node> folded(Node conv, Node norm) {
        boolean transposed = conv.is("ConvTranspose") && conv.intAttribute("group", 1) == 1;
        if (!(conv.is("Conv") || transposed)
                || !onlyUser(conv, norm)
                || norm.outputs().size() != 1) {
            return Optional.empty();
        }
        Optional<float[]> weight = own(conv, 1);
        Optional<float[]> gamma = floats(norm, 1);
        Optional<float[]> beta = floats(norm, 2);
        Optional<float[]> mean = floats(norm, 3);
        Optional<float[]> variance = floats(norm, 4);
        boolean biased = conv.inputs().size() > 2 && !conv.inputs().get(2).isEmpty();
        Optional<float[]> bias = biased ? floats(conv, 2) : gamma.map(values -> new float[values.length]);
        if (weight.isEmpty()
                || bias.isEmpty()
                || gamma.isEmpty()
                || beta.isEmpty()
                || mean.isEmpty()
                || variance.isEmpty()) {
            return Optional.empty();
        }
        int channels = gamma.get().length;
        float[] scaled = weight.get().clone();
        double[] scales = new double[channels];
        float[] shifted = new float[channels];
        double epsilon = norm.attributes().containsKey("epsilon") ? norm.floatAttribute("epsilon", 0) : EPSILON;
        for (int channel = 0; channel < channels; channel++) {
            double scale = gamma.get()[channel] / Math.sqrt(variance.get()[channel] + epsilon);
            scales[channel] = scale;
            shifted[channel] =
                    (float) ((bias.get()[channel] - (double) mean.get()[channel]) * scale + beta.get()[channel]);
        }
        String weightName = conv.inputs().get(1);
        String biasName = norm.inputs().get(2); // what the sum was shifted by, as before
        ConstantTensor old = tensor(weightName).orElseThrow();
        int made = scaled.length / channels; // a channel's weights, in one piece
        // A transposed convolution's axes are (in, out, …).
        int per = transposed ? made / Math.toIntExact(old.dims().get(0)) : made;
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (scaled[i] * scales[i / per % channels]);
        }
        if (users.getOrDefault(biasName, List.of()).size() > 1) {
            return Optional.empty();
        }
        initializers.put(weightName, constant(weightName, old.dims(), scaled));
        initializers.put(biasName, constant(biasName, List.of((long) channels), shifted));
        return Optional.of(new Node(
                conv.name(),
                conv.opType(),
                conv.domain(),
                List.of(conv.inputs().get(0), weightName, biasName),
                norm.outputs(),
                conv.attributes(),
                conv.extra()));
    }

    private boolean onlyUser(Node conv, Node norm) {
        String between = conv.outputs().get(0);
        return norm.inputs().get(0).equals(between)
                && !outputs.contains(between)
                && users.getOrDefault(between, List.of()).size() == 1;
    }

    /** An input's elements, if no other node reads them. */
    private Optional<float[]> own(Node node, int input) {
        return users.getOrDefault(node.inputs().get(input), List.of()).size() == 1
                ? floats(node, input)
                : Optional.empty();
    }

    private Optional<float[]> floats(Node node, int input) {
        return tensor(node.inputs().get(input))
                .filter(tensor -> tensor.type() == ElementType.FLOAT)
                .map(tensor -> {
                    FloatBuffer data =
                            tensor.data().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
                    float[] values = new float[data.remaining()];
                    data.get(values);
                    return values;
                });
    }

    private Optional<ConstantTensor> tensor(String name) {
        return Optional.ofNullable(network.initializers().get(name));
    }

    private static ConstantTensor constant(String name, List<Long> dims, float[] values) {
        ByteBuffer data = ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new ConstantTensor(name, ElementType.FLOAT, dims, data, List.of(), "");
    }
}
