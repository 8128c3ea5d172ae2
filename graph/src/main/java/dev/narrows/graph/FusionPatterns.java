package dev.narrows.graph;

import static dev.narrows.graph.FusionWalk.NONE;

import dev.narrows.graph.Fusions.Group;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** Fusions of several operators that compute one function together, found from one of them. */
final class FusionPatterns {

    private FusionPatterns() {}

    /** Adds the groups whose anchor is {@code step}. */
    static void match(FusionWalk walk, int step, List<Group> groups) {
        silu(walk, step, groups);
        gelu(walk, step, groups);
        fastGelu(walk, step, groups);
        layerNormalization(walk, step, groups);
        quantised(walk, step, groups);
        dynamicallyQuantised(walk, step, groups);
    }

    private static void add(String rule, List<Group> groups, int... nodes) {
        BitSet members = new BitSet();
        for (int node : nodes) {
            if (node != NONE) {
                members.set(node);
            }
        }
        groups.add(new Group(rule, NodeSet.of(members)));
    }

    /** quick_gelu_fusion.cc: x · sigmoid(x), x · sigmoid(α x). */
    private static void silu(FusionWalk walk, int step, List<Group> groups) {
        if (!walk.is(step, "Sigmoid")) {
            return;
        }
        int product = walk.onlyReader(step);
        if (!walk.is(product, "Mul") || walk.flowing(product) != 2) {
            return;
        }
        int place = walk.input(product, 0).equals(walk.output(step)) ? 1 : 0;
        String x = walk.input(product, place);
        int scale = walk.maker(step, 0);
        if (walk.input(step, 0).equals(x)) {
            add("QuickGelu", groups, step, product);
        } else if (walk.is(scale, "Mul")
                && walk.onlyReader(scale) == step
                && walk.flowingBesideConstant(scale)
                        .filter(input -> walk.input(scale, input).equals(x))
                        .isPresent()) {
            add("QuickGelu", groups, scale, step, product);
        }
    }

    /** gelu_fusion.cc, bias_gelu_fusion.cc: x · (1 + erf(x / √2)) · 0.5, the factors in any order, a bias before. */
    private static void gelu(FusionWalk walk, int step, List<Group> groups) {
        if (!walk.is(step, "Erf")) {
            return;
        }
        int scale = walk.maker(step, 0);
        int plusOne = walk.onlyReader(step);
        if (!walk.is(scale, Set.of("Div", "Mul")) || !walk.is(plusOne, "Add")) {
            return;
        }
        BitSet members = new BitSet();
        members.set(scale);
        members.set(step);
        members.set(plusOne);
        products(walk, plusOne, members);
        members.or(sharedBias(walk, scale, members));
        groups.add(new Group("Gelu", NodeSet.of(members)));
    }

    /** fast_gelu_fusion.cc: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))) in its several spellings. */
    private static void fastGelu(FusionWalk walk, int step, List<Group> groups) {
        if (!walk.is(step, "Tanh")) {
            return;
        }
        int plusOne = walk.onlyReader(step);
        int inner = walk.maker(step, 0);
        if (!walk.is(plusOne, "Add") || walk.flowing(plusOne) != 1 || !walk.is(inner, "Mul")) {
            return;
        }
        BitSet members = new BitSet();
        members.set(step);
        members.set(plusOne);
        products(walk, plusOne, members);
        // the polynomial: everything of one reader behind tanh, back to where x branches
        List<String> spellings = List.of("Mul", "Add", "Pow");
        BitSet polynomial = new BitSet();
        collect(walk, inner, Set.copyOf(spellings), polynomial, 6);
        members.or(polynomial);
        groups.add(new Group("FastGelu", NodeSet.of(members)));
    }

    private static void collect(FusionWalk walk, int node, Set<String> types, BitSet members, int depth) {
        if (depth == 0 || !walk.is(node, types) || members.get(node)) {
            return;
        }
        members.set(node);
        for (int input = 0; input < walk.node(node).inputs().size(); input++) {
            int maker = walk.maker(node, input);
            if (maker != NONE && walk.onlyReader(maker) == node) {
                collect(walk, maker, types, members, depth - 1);
            }
        }
    }

    /** Up to two multiplications that follow, each the only reader of the one before. */
    private static void products(FusionWalk walk, int from, BitSet members) {
        int last = from;
        for (int i = 0; i < 2; i++) {
            int next = walk.onlyReader(last);
            if (!walk.is(next, "Mul")) {
                return;
            }
            // 0.5 · x may be taken beforehand
            for (int input = 0; input < 2; input++) {
                int factor = walk.maker(next, input);
                if (factor != last
                        && walk.is(factor, "Mul")
                        && walk.flowing(factor) == 1
                        && walk.onlyReader(factor) == next) {
                    members.set(factor);
                }
            }
            members.set(next);
            last = next;
        }
    }

    /** An Add of a constant whose sum only the members read. */
    private static BitSet sharedBias(FusionWalk walk, int scale, BitSet members) {
        BitSet bias = new BitSet();
        for (int input = 0; input < walk.node(scale).inputs().size(); input++) {
            int maker = walk.maker(scale, input);
            if (walk.is(maker, "Add") && walk.flowing(maker) == 1) {
                boolean inside = true;
                for (int reader : walk.readers(maker)) {
                    inside &= members.get(reader);
                }
                if (inside) {
                    bias.set(maker);
                }
            }
        }
        return bias;
    }

    /**
     * layer_norm_fusion.cc: (x − mean) / √(mean((x − mean)²) + ε), then scale and bias; without the mean it is
     * SimplifiedLayerNormalization. The anchor is the Sqrt; casts between are part of it.
     */
    private static void layerNormalization(FusionWalk walk, int step, List<Group> groups) {
        if (!walk.is(step, "Sqrt")) {
            return;
        }
        int epsilon = walk.maker(step, 0);
        int variance = walk.is(epsilon, "Add") && walk.flowing(epsilon) == 1 ? flowingMaker(walk, epsilon) : NONE;
        int square = walk.is(variance, "ReduceMean") ? walk.maker(variance, 0) : NONE;
        int quotient = walk.onlyReader(step);
        if (!walk.is(square, Set.of("Pow", "Mul")) || !walk.is(quotient, Set.of("Div", "Reciprocal"))) {
            return;
        }
        BitSet members = new BitSet();
        for (int node : new int[] {step, epsilon, variance, square, quotient}) {
            members.set(node);
        }
        int deviation = walk.maker(square, 0);
        if (walk.is(deviation, "Cast")) {
            members.set(deviation);
            deviation = walk.maker(deviation, 0);
        }
        boolean centred = walk.is(deviation, "Sub");
        if (centred) {
            members.set(deviation);
            int mean = walk.maker(deviation, 1);
            if (walk.is(mean, "ReduceMean")) {
                members.set(mean);
            }
        }
        int last = quotient;
        for (String type : List.of("Mul", "Cast", "Mul", "Add")) {
            int next = walk.onlyReader(last);
            if (walk.is(next, type)) {
                members.set(next);
                last = next;
            }
        }
        groups.add(new Group(centred ? "LayerNormalization" : "SimplifiedLayerNormalization", NodeSet.of(members)));
    }

    private static int flowingMaker(FusionWalk walk, int node) {
        return walk.maker(node, walk.flows(node, 0) ? 0 : 1);
    }

    /**
     * qdq_transformer/selectors_actions: DequantizeLinear on each input that flows, the operator, QuantizeLinear on each
     * output. An operator with only DequantizeLinear before it (MatMul to float) is grouped with those.
     */
    private static void quantised(FusionWalk walk, int step, List<Group> groups) {
        if (walk.is(step, Set.of("DequantizeLinear", "QuantizeLinear"))) {
            return;
        }
        BitSet members = new BitSet();
        int count = walk.node(step).inputs().size();
        for (int input = 0; input < count; input++) {
            if (walk.flows(step, input)) {
                int maker = walk.maker(step, input);
                if (!walk.is(maker, "DequantizeLinear")) {
                    return;
                }
                members.set(maker);
            }
        }
        if (members.isEmpty()) {
            return;
        }
        members.set(step);
        int last = step;
        int activation = walk.onlyReader(step);
        if (walk.is(activation, Set.of("Relu", "Clip"))) {
            members.set(activation);
            last = activation;
        }
        boolean quantisedAfter = false;
        for (int reader : walk.readers(last)) {
            if (walk.is(reader, "QuantizeLinear")) {
                members.set(reader);
                quantisedAfter = true;
            }
        }
        if (quantisedAfter || walk.is(step, Set.of("MatMul", "Gemm"))) {
            groups.add(new Group("QDQ " + walk.node(step).opType(), NodeSet.of(members)));
        }
    }

    /** dynamic_quantize_matmul_fusion.cc. */
    private static void dynamicallyQuantised(FusionWalk walk, int step, List<Group> groups) {
        if (walk.is(step, "MatMulInteger")) {
            int quantise = walk.maker(step, 0);
            if (walk.is(quantise, "DynamicQuantizeLinear")) {
                add("DynamicQuantizeMatMul", groups, quantise, step);
            }
        }
    }
}
