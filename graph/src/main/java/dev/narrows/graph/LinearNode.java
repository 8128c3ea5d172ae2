package dev.narrows.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node whose output is linear in its first input, by float32 weights that the file holds: Conv, ConvTranspose of one
 * group, Gemm, and MatMul with a matrix.
 */
public final class LinearNode {

    private final Node node;
    private final ConstantTensor weight;
    private final Optional<ConstantTensor> bias;
    private final int rank;
    private final int channels;

    private LinearNode(Node node, ConstantTensor weight, Optional<ConstantTensor> bias, int rank, int channels) {
        this.node = node;
        this.weight = weight;
        this.bias = bias;
        this.rank = rank;
        this.channels = channels;
    }

    /**
     * The node as a linear one.
     *
     * @param shapes tell how many axes a MatMul's input has; without them it is none of these
     */
    public static Optional<LinearNode> of(Patch patch, Shapes shapes, Node node) {
        Optional<ConstantTensor> weight =
                patch.weight(node, 1).filter(tensor -> tensor.type() == ElementType.FLOAT && tensor.elements() > 0);
        boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        Optional<ConstantTensor> bias =
                biased ? patch.weight(node, 2).filter(tensor -> tensor.type() == ElementType.FLOAT) : Optional.empty();
        if (weight.isEmpty() || (biased && bias.isEmpty())) {
            return Optional.empty();
        }
        List<Long> dims = weight.get().dims();
        int rank;
        long channels;
        if (node.is("Conv")) {
            rank = dims.size();
            channels = dims.get(0);
        } else if (node.is("ConvTranspose") && node.intAttribute("group", 1) == 1) {
            rank = dims.size();
            channels = dims.get(1);
        } else if (node.is("Gemm") && dims.size() == 2) {
            rank = 2;
            channels = dims.get(node.intAttribute("transB", 0) == 1 ? 0 : 1);
        } else if (node.is("MatMul") && dims.size() == 2) {
            Optional<Shapes.Shape> input = shapes.of(node.inputs().get(0));
            if (input.isEmpty()) {
                return Optional.empty();
            }
            rank = input.get().dims().size();
            channels = dims.get(1);
        } else {
            return Optional.empty();
        }
        boolean plain = bias.isEmpty() || isOneEach(bias.get(), channels);
        return rank < 2 || !plain
                ? Optional.empty()
                : Optional.of(new LinearNode(node, weight.get(), bias, rank, Math.toIntExact(channels)));
    }

    /** Whether a Gemm's addend is a bias: one number a channel, or one for all. */
    private static boolean isOneEach(ConstantTensor bias, long channels) {
        List<Long> dims = bias.dims();
        return dims.size() <= 2
                && (dims.size() < 2 || dims.get(0) == 1)
                && (bias.elements() == channels || bias.elements() == 1);
    }

    public Node node() {
        return node;
    }

    public ConstantTensor weight() {
        return weight;
    }

    /** The axes of its output. */
    public int rank() {
        return rank;
    }

    /** The axis of its output that counts channels. */
    public int axis() {
        return node.is("MatMul") ? rank - 1 : 1;
    }

    /** The channels of its output. */
    public int channels() {
        return channels;
    }

    /** What it adds to each channel, a Gemm's factor included. */
    public double[] bias() {
        double[] values = new double[channels];
        double factor = node.is("Gemm") ? node.floatAttribute("beta", 1) : 1;
        bias.map(ConstantTensor::floats).ifPresent(held -> {
            for (int channel = 0; channel < channels; channel++) {
                values[channel] = factor * held[held.length == 1 ? 0 : channel];
            }
        });
        return values;
    }

    /** The channel that a weight belongs to, by its index in the tensor. */
    public int channelOf(int index) {
        int all = Math.toIntExact(weight.elements());
        if (node.is("Conv")) {
            return index / (all / channels);
        }
        if (node.is("ConvTranspose")) { // (in, out, …)
            int kernel = all / channels / Math.toIntExact(weight.dims().get(0));
            return index / kernel % channels;
        }
        return node.is("Gemm") && node.intAttribute("transB", 0) == 1 ? index / (all / channels) : index % channels;
    }

    /**
     * The node that does in one what this one and {@code after} do. Its weights are put into the patch under the name that
     * they have.
     *
     * @param output the value that it makes
     * @param biasName what its bias is called, if no other node knows that name
     * @return empty if others read the weights too, or a MatMul would need a bias that it cannot have
     */
    Optional<Node> followedBy(Patch patch, PerChannel after, String output, String biasName) {
        if (patch.users(weight.name()).size() > 1) {
            return Optional.empty();
        }
        float[] weights = weight.floats();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (weights[i] * after.scale()[channelOf(i)] + 0.0); // no -0: pruned weights stay alike
        }
        double[] old = bias();
        float[] sums = new float[channels];
        boolean any = bias.isPresent();
        for (int channel = 0; channel < channels; channel++) {
            sums[channel] = (float) (old[channel] * after.scale()[channel] + after.shift()[channel]);
            any |= sums[channel] != 0;
        }
        boolean gemm = node.is("MatMul") && any;
        if (gemm && rank != 2) {
            return Optional.empty();
        }
        List<String> inputs = new ArrayList<>(List.of(node.inputs().get(0), weight.name()));
        patch.put(ConstantTensor.of(weight.name(), weight.dims(), weights));
        if (any) {
            String name = patch.users(biasName).size() > 1 ? patch.freshName(biasName) : biasName;
            patch.put(ConstantTensor.of(name, List.of((long) channels), sums));
            inputs.add(name);
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove("beta");
        return Optional.of(new Node(
                node.name(),
                gemm ? "Gemm" : node.opType(),
                node.domain(),
                inputs,
                List.of(output),
                attributes,
                node.extra()));
    }
}
