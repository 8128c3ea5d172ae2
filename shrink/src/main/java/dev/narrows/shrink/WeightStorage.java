package dev.narrows.shrink;

import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A network whose weights the file holds in fewer bits, and which computes as before: each weight goes through a few nodes
 * that depend on no input, so that the runtime computes them once, when it loads the network; a DequantizeLinear, which says
 * the same in one node, it would run for every item. The file gets smaller, the memory does not, and no run gets slower.
 * Biases and weights of less than 256 numbers stay as they are, weights inside subgraphs too; in formats of 8 bits and less
 * also those of depthwise convolutions, a few for each channel, whose errors nothing evens out: of 150 photographs MobileNetV2 answered
 * 125 rightly, with all weights in 4 bits 30, with these in float32 109, and its file grew from 2.24 to 2.41 MB.
 */
public final class WeightStorage {

    /** How a weight is held, and brought back. */
    private interface Form {

        /** The value that holds the weight in float32 again, made by the chain's nodes. */
        String restored(WeightMatrix matrix, NodeChain made);
    }

    private WeightStorage() {}

    /**
     * The network with its weights in a format of floating-point numbers.
     *
     * @param wanted the nodes whose weights are; what others read stays in float32
     * @throws UnsupportedException if there is none, or the opset has no such numbers
     */
    public static Network floats(Network network, Shapes shapes, NumberFormat format, Predicate<Node> wanted) {
        long irVersion = network.irVersion();
        Form form;
        Predicate<Node> chosen = wanted;
        switch (format) {
            case FLOAT16 -> form = (matrix, made) -> NarrowWeights.restored(matrix, made, ElementType.FLOAT16);
            case BFLOAT16 -> {
                if (network.opset() < NarrowWeights.FIRST_BFLOAT16_OPSET) {
                    throw new UnsupportedException("opset: " + network.opset() + " (expected: "
                            + NarrowWeights.FIRST_BFLOAT16_OPSET
                            + " or newer, whose Cast takes BFLOAT16; FLOAT16 every opset has), network \""
                            + network.name() + "\"");
                }
                form = (matrix, made) -> NarrowWeights.restored(matrix, made, ElementType.BFLOAT16);
            }
            case FLOAT8_E4M3, FLOAT8_E5M2 -> {
                Float8 own = format == NumberFormat.FLOAT8_E4M3 ? Float8.E4M3 : Float8.E5M2;
                form = (matrix, made) -> NarrowWeights.restored(matrix, made, own);
                chosen = wanted.and(node -> !isDepthwise(network, node));
                irVersion = Math.max(irVersion, network.opset() >= Float8.FIRST_OPSET ? Float8.IR_VERSION : 0);
            }
            default -> throw new IllegalArgumentException(format.toString());
        }
        return Imports.irVersion(stored(network, shapes, form, WeightMatrix.of(network, chosen)), irVersion);
    }

    /**
     * The network with its weights on grids of a few levels. Matrix products of a row or a few with a large matrix are done
     * by the runtime's kernel for such weights (com.microsoft's MatMulNBits), which reads less memory than one for float32.
     *
     * @param wanted the nodes whose weights are; what others read stays in float32
     * @param rounding of layers that have a curvature; other weights are rounded to the nearest
     * @param curvatures of the network
     * @throws UnsupportedException if there is none
     */
    public static Network blocks(
            Network network,
            Shapes shapes,
            BlockOptions options,
            Predicate<Node> wanted,
            Rounding rounding,
            Curvatures curvatures) {
        return blocks(network, shapes, options, wanted, BlockRounding.of(network, rounding, curvatures));
    }

    /** The same, each weight rounded to the nearest level. */
    public static Network blocks(Network network, Shapes shapes, BlockOptions options, Predicate<Node> wanted) {
        return blocks(network, shapes, options, wanted, BlockRounding.NEAREST);
    }

    private static Network blocks(
            Network network, Shapes shapes, BlockOptions options, Predicate<Node> wanted, BlockRounding rounding) {
        Optional<Network> products = BlockProducts.replaced(network, shapes, options, rounding, wanted);
        Network rest = products.orElse(network);
        Map<String, WeightMatrix> weights = WeightMatrix.of(rest, wanted.and(node -> !isDepthwise(network, node)));
        if (weights.isEmpty() && products.isPresent()) {
            return rest;
        }
        Network stored = stored(
                rest,
                shapes,
                (matrix, made) -> BlockWeights.restored(BlockCodes.of(matrix, options, rounding), matrix, made),
                weights);
        return Imports.irVersion(stored, BlockWeights.irVersion(options, network));
    }

    private static boolean isDepthwise(Network network, Node node) {
        return node.is("Conv")
                && node.intAttribute("group", 1) > 1
                && Optional.ofNullable(network.initializers().get(node.inputs().get(1)))
                        .filter(tensor ->
                                tensor.dims().size() > 1 && tensor.dims().get(1) == 1)
                        .isPresent();
    }

    private static Network stored(Network network, Shapes shapes, Form form, Map<String, WeightMatrix> weights) {
        if (weights.isEmpty()) {
            throw new UnsupportedException(
                    "weights: none that can be stored in fewer bits (expected: float32 weights of "
                            + "256 numbers or more that the file holds), network \"" + network.name() + "\"");
        }
        Patch patch = Patch.of(network, shapes);
        Map<List<Float>, String> tables = new HashMap<>();
        Map<Integer, List<Node>> before = new HashMap<>(); // nodes that restore what a node reads
        weights.forEach((name, matrix) -> {
            NodeChain made = new NodeChain(patch, name, tables);
            String restored = form.restored(matrix, made);
            if (!patch.redirect(name, restored)) {
                throw new IllegalStateException(name);
            }
            before.computeIfAbsent(patch.users(name).get(0), index -> new ArrayList<>())
                    .addAll(made.nodes());
        });
        before.forEach((index, nodes) -> {
            nodes.add(network.nodes().get(index));
            patch.replace(index, nodes.toArray(Node[]::new));
        });
        Network stored = patch.apply();
        Validator.check(stored);
        return stored;
    }
}
