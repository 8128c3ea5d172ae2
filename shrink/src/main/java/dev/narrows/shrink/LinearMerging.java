package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one linear node of two in a row, where that saves multiply-accumulates: Gemm and MatMul with a matrix, and a
 * convolution of one group followed by one with a kernel of 1. {@code W₂ (W₁ x + b₁) + b₂} has the weights
 * {@code W₂ W₁} and the bias {@code W₂ b₁ + b₂}.
 */
final class LinearMerging implements Pass {

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Patch patch(Network network, Shapes shapes) {
        Patch patch = Patch.of(network, shapes);
        for (int i = 0; i < network.nodes().size(); i++) {
            merge(patch, shapes, i);
        }
        return patch;
    }

    private static void merge(Patch patch, Shapes shapes, int index) {
        Node second = patch.network().nodes().get(index);
        Optional<Integer> before =
                second.inputs().isEmpty() || !patch.isOnlyRead(second.inputs().get(0))
                        ? Optional.empty()
                        : patch.producer(second.inputs().get(0));
        if (!patch.isFree(index) || before.isEmpty()) {
            return;
        }
        Node first = patch.network().nodes().get(before.get());
        Optional<LinearNode> inner = LinearNode.of(patch, shapes, first);
        Optional<LinearNode> outer = LinearNode.of(patch, shapes, second);
        if (inner.isPresent() && outer.isPresent()) {
            merged(patch, shapes, inner.get(), outer.get()).ifPresent(both -> patch.merge(before.get(), index, both));
        }
    }

    private static Optional<Node> merged(Patch patch, Shapes shapes, LinearNode first, LinearNode second) {
        boolean own = patch.users(first.weight().name()).size() == 1
                && patch.users(second.weight().name()).size() == 1
                && !first.weight().name().equals(second.weight().name());
        if (!own) {
            return Optional.empty();
        }
        if (first.node().is("Conv") && second.node().is("Conv")) {
            return convolutions(patch, shapes, first, second);
        }
        return isMatrix(first) && isMatrix(second) ? matrices(patch, first, second) : Optional.empty();
    }

    private static boolean isMatrix(LinearNode linear) {
        Node node = linear.node();
        return node.is("MatMul") || (node.is("Gemm") && node.intAttribute("transA", 0) == 0);
    }

    private static Optional<Node> matrices(Patch patch, LinearNode first, LinearNode second) {
        double[][] w1 = matrix(first); // (in, between)
        double[][] w2 = matrix(second); // (between, out)
        int in = w1.length;
        int between = w2.length;
        int out = second.channels();
        boolean saves = (long) in * out < (long) in * between + (long) between * out;
        double[] bias = shifted(w2, first.bias(), second.bias());
        boolean biased = hasBias(first) || hasBias(second);
        boolean gemm = first.rank() == 2
                && (biased || first.node().is("Gemm") || second.node().is("Gemm"));
        if (!saves || (biased && !gemm)) {
            return Optional.empty();
        }
        float[] product = new float[in * out];
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                double sum = 0;
                for (int b = 0; b < between; b++) {
                    sum += w1[i][b] * w2[b][o];
                }
                product[i * out + o] = (float) sum;
            }
        }
        String weight = second.weight().name();
        patch.put(ConstantTensor.of(weight, List.of((long) in, (long) out), product));
        List<String> inputs = new ArrayList<>(List.of(first.node().inputs().get(0), weight));
        if (gemm) { // before opset 11 a Gemm had to have a bias
            inputs.add(put(patch, weight, bias));
        }
        return Optional.of(new Node(
                second.node().name(),
                gemm ? "Gemm" : "MatMul",
                second.node().domain(),
                inputs,
                second.node().outputs(),
                Map.of(),
                second.node().extra()));
    }

    private static Optional<Node> convolutions(Patch patch, Shapes shapes, LinearNode first, LinearNode second) {
        Node one = first.node();
        Node two = second.node();
        boolean pointwise = second.weight().dims().stream().skip(2).allMatch(length -> length == 1)
                && two.intsAttribute("pads").orElse(List.of()).stream().allMatch(pad -> pad == 0);
        boolean explicit = one.textAttribute("auto_pad", "NOTSET").equals("NOTSET");
        boolean dense = one.intAttribute("group", 1) == 1 && two.intAttribute("group", 1) == 1;
        Optional<Shapes.Shape> between = shapes.of(one.outputs().get(0));
        Optional<Shapes.Shape> end = shapes.of(two.outputs().get(0));
        if (!pointwise || !explicit || !dense || between.isEmpty() || end.isEmpty()) {
            return Optional.empty();
        }
        int middle = first.channels();
        int out = second.channels();
        int each = Math.toIntExact(first.weight().elements() / middle); // weights of a channel
        long places = end.get().elements() / out;
        long before = between.get().elements() * each + places * middle * out;
        if (places * out * each >= before) {
            return Optional.empty();
        }
        float[] w1 = first.weight().floats();
        float[] w2 = second.weight().floats();
        float[] product = new float[out * each];
        double[][] map = new double[middle][out];
        for (int o = 0; o < out; o++) {
            for (int k = 0; k < each; k++) {
                double sum = 0;
                for (int m = 0; m < middle; m++) {
                    sum += (double) w2[o * middle + m] * w1[m * each + k];
                }
                product[o * each + k] = (float) sum;
            }
            for (int m = 0; m < middle; m++) {
                map[m][o] = w2[o * middle + m];
            }
        }
        List<Long> dims = new ArrayList<>(first.weight().dims());
        dims.set(0, (long) out);
        String weight = second.weight().name();
        patch.put(ConstantTensor.of(weight, dims, product));
        List<String> inputs = new ArrayList<>(List.of(one.inputs().get(0), weight));
        if (hasBias(first) || hasBias(second)) {
            inputs.add(put(patch, weight, shifted(map, first.bias(), second.bias())));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(one.attributes());
        attributes.put("strides", strides(one, two, dims.size() - 2));
        return Optional.of(new Node(two.name(), "Conv", two.domain(), inputs, two.outputs(), attributes, two.extra()));
    }

    private static Attribute strides(Node one, Node two, int axes) {
        List<Long> none = Collections.nCopies(axes, 1L);
        List<Long> first = one.intsAttribute("strides").orElse(none);
        List<Long> second = two.intsAttribute("strides").orElse(none);
        List<Long> both = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            both.add(first.get(axis) * second.get(axis));
        }
        return new Attribute.Ints(both);
    }

    private static boolean hasBias(LinearNode linear) {
        List<String> inputs = linear.node().inputs();
        return inputs.size() > 2 && !inputs.get(2).isEmpty();
    }

    /** (between, out) · b₁ + b₂. */
    private static double[] shifted(double[][] map, double[] first, double[] second) {
        double[] bias = second.clone();
        for (int o = 0; o < bias.length; o++) {
            for (int b = 0; b < first.length; b++) {
                bias[o] += map[b][o] * first[b];
            }
        }
        return bias;
    }

    private static String put(Patch patch, String weight, double[] bias) {
        float[] values = new float[bias.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) bias[i];
        }
        String name = patch.freshName(weight + ".bias");
        patch.put(ConstantTensor.of(name, List.of((long) values.length), values));
        return name;
    }

    /** The weights as (in, out), a Gemm's factor included. */
    private static double[][] matrix(LinearNode linear) {
        float[] held = linear.weight().floats();
        boolean gemm = linear.node().is("Gemm");
        boolean transposed = gemm && linear.node().intAttribute("transB", 0) == 1;
        double factor = gemm ? linear.node().floatAttribute("alpha", 1) : 1;
        int out = linear.channels();
        int in = held.length / out;
        double[][] matrix = new double[in][out];
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                matrix[i][o] = factor * held[transposed ? o * in + i : i * out + o];
            }
        }
        return matrix;
    }
}
