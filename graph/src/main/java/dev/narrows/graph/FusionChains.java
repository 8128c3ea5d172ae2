package dev.narrows.graph;

import dev.narrows.graph.Fusions.Group;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** Fusions of an operator with those that follow it one after another, each the only reader of the one before. */
final class FusionChains {

    /** The rule of what is fused into a convolution. */
    static final String CONVOLUTION = "Conv";

    /** What else an operator that is fused reads. */
    private enum Others {
        /** Constants only. */
        CONSTANT,
        /** A second value that flows, as the residual of an addition does. */
        FLOWING,
        ANY
    }

    /** A step of a chain that may be there or not; a repeated one any number of times. */
    private record Stage(Set<String> types, Others others, boolean repeated) {}

    private record Chain(String rule, Set<String> roots, List<Stage> stages) {}

    private static Stage stage(Others others, String... types) {
        return new Stage(Set.of(types), others, false);
    }

    private static final List<Chain> CHAINS = List.of(
            // conv_bn_fusion.cc, conv_mul_fusion.cc, conv_add_fusion.cc (constants folded into weights and bias);
            // conv_add_act_fusion.cc and nchwc_transformer.cc (residual added into the accumulators);
            // conv_activation_fusion.cc
            new Chain(
                    CONVOLUTION,
                    Set.of("Conv"),
                    List.of(
                            new Stage(Set.of("BatchNormalization", "Mul", "Add"), Others.CONSTANT, true),
                            stage(Others.FLOWING, "Add", "Sum"),
                            stage(Others.CONSTANT, "Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid"))),
            // nchwc_transformer.cc: a normalisation of its own becomes a depthwise convolution, activation included
            new Chain(
                    "BatchNormalization",
                    Set.of("BatchNormalization"),
                    List.of(stage(Others.CONSTANT, "Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid"))),
            // gemm_sum_fusion.cc, gemm_activation_fusion.cc
            new Chain("Gemm", Set.of("Gemm"), List.of(stage(Others.ANY, "Sum"), gemmActivation())),
            // matmul_bn_fusion.cc, matmul_scale_fusion.cc, matmul_add_fusion.cc (to Gemm, or with a reshape around it)
            new Chain(
                    "MatMul",
                    Set.of("MatMul"),
                    List.of(
                            stage(Others.CONSTANT, "BatchNormalization", "Mul", "Div"),
                            stage(Others.CONSTANT, "Add"),
                            gemmActivation())),
            // matmul_scale_fusion.cc, on the side of the operands
            new Chain("MatMul scale", Set.of("Mul", "Div"), List.of(stage(Others.ANY, "MatMul"))),
            // pad_fusion.cc
            new Chain("Pad", Set.of("Pad"), List.of(stage(Others.ANY, "Conv", "MaxPool", "AveragePool"))),
            // matmul_transpose_fusion.cc, gemm_transpose_fusion.cc, transpose_optimizer.cc
            new Chain("Transpose", Set.of("Transpose"), List.of(stage(Others.ANY, "MatMul", "Gemm", "Transpose"))),
            new Chain("Gemm transpose", Set.of("Gemm"), List.of(stage(Others.ANY, "Transpose"))),
            // relu_clip_fusion.cc
            new Chain("Relu Clip", Set.of("Relu"), List.of(stage(Others.CONSTANT, "Clip"))),
            // qdq_transformer/relu_quantizelinear.cc, clip_quantizelinear.cc
            new Chain(
                    "quantised activation", Set.of("Relu", "Clip"), List.of(stage(Others.CONSTANT, "QuantizeLinear"))),
            // skip_layer_norm_fusion.cc
            new Chain(
                    "SkipLayerNormalization",
                    Set.of("Add"),
                    List.of(
                            stage(Others.CONSTANT, "Add"),
                            stage(Others.CONSTANT, "LayerNormalization", "SimplifiedLayerNormalization"))),
            // matmul_integer_to_float.cc, dynamic_quantize_matmul_fusion.cc
            new Chain(
                    "MatMulIntegerToFloat",
                    Set.of("MatMulInteger"),
                    List.of(stage(Others.CONSTANT, "Cast"), stage(Others.ANY, "Mul"), stage(Others.CONSTANT, "Add"))));

    private static Stage gemmActivation() {
        return stage(
                Others.CONSTANT,
                "Relu",
                "LeakyRelu",
                "Sigmoid",
                "Tanh",
                "HardSigmoid",
                "Elu",
                "Selu",
                "Softplus",
                "Softsign",
                "ThresholdedRelu");
    }

    private FusionChains() {}

    /** Adds the groups that start with {@code root}. */
    static void match(FusionWalk walk, int root, List<Group> groups) {
        for (Chain chain : CHAINS) {
            if (!walk.is(root, chain.roots()) || (chain.rule().equals("MatMul scale") && walk.flowing(root) != 1)) {
                continue;
            }
            List<String> residual = new ArrayList<>();
            BitSet members = follow(walk, root, chain.stages(), residual);
            if (chain.rule().equals("SkipLayerNormalization")
                    && !walk.is(members.length() - 1, "LayerNormalization")
                    && !walk.is(members.length() - 1, "SimplifiedLayerNormalization")) {
                continue;
            }
            if (members.cardinality() > 1) {
                groups.add(new Group(
                        chain.rule(), NodeSet.of(members), residual.stream().findFirst()));
            }
        }
    }

    private static BitSet follow(FusionWalk walk, int root, List<Stage> stages, List<String> residual) {
        BitSet members = new BitSet();
        members.set(root);
        int last = root;
        for (Stage stage : stages) {
            boolean again = true;
            while (again) {
                BitSet passed = new BitSet();
                int next = walk.onlyReader(last, passed);
                again = false;
                if (walk.is(next, stage.types()) && fits(stage.others(), walk.flowing(next))) {
                    if (stage.others() == Others.FLOWING) {
                        int first = walk.maker(next, 0);
                        boolean own = first >= 0 && (members.get(first) || passed.get(first));
                        residual.add(walk.input(next, own ? 1 : 0));
                    }
                    members.set(next);
                    members.or(passed);
                    last = next;
                    again = stage.repeated();
                }
            }
        }
        return members;
    }

    private static boolean fits(Others others, int flowing) {
        return switch (others) {
            case CONSTANT -> flowing == 1;
            case FLOWING -> flowing == 2;
            case ANY -> true;
        };
    }
}
