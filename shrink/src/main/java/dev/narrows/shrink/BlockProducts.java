package dev.narrows.shrink;

import dev.narrows.graph.Attribute;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Encoded;
import dev.narrows.graph.LinearNode;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.Validator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Matrix products whose weights stay at a few levels while they run: com.microsoft's MatMulNBits, with sums of bytes (its
 * accuracy level 4: each group of the input is rounded to 8 bits).
 *
 * <p>Where it pays, as measured on an x86 processor with VNNI and one thread: one row with 512 × 512 weights of 4 bits took
 * 0.5 to 0.7 times as long as in float32, with 2048 × 2048 0.24 times; of 2 bits 0.6 to 0.8 and 0.35 times. 16 rows took 1.03 and 1.7
 * times as long, 64 rows 1.1 and 2.0 times. With sums of floats 4 bits gained nothing below 2048 × 2048 and 2 bits took 25 times
 * as long, as they do in groups of 16 with sums of bytes.
 */
final class BlockProducts {

    private static final long MOST_ROWS = 4;
    private static final long LEAST_WEIGHTS = 1 << 16;
    private static final int LEAST_GROUP_OF_2_BITS = 32;
    private static final long SUMS_OF_BYTES = 4;

    private BlockProducts() {}

    /** The network with such products where they pay; empty if nowhere. */
    static Optional<Network> replaced(
            Network network, Shapes shapes, BlockOptions options, BlockRounding rounding, Predicate<Node> wanted) {
        if (options.bits() == 2 && options.group() < LEAST_GROUP_OF_2_BITS) {
            return Optional.empty();
        }
        Patch patch = Patch.of(network, shapes);
        Map<String, WeightMatrix> weights = WeightMatrix.of(network, wanted);
        for (int index = 0; index < network.nodes().size(); index++) {
            Node node = network.nodes().get(index);
            WeightMatrix matrix =
                    node.inputs().size() > 1 ? weights.get(node.inputs().get(1)) : null;
            Optional<LinearNode> layer =
                    wanted.test(node) ? QuantizationPlan.layer(patch, shapes, node) : Optional.empty();
            if (matrix != null && layer.isPresent() && pays(patch, shapes, node, matrix)) {
                patch.replace(
                        index, nodes(patch, layer.get(), BlockCodes.ofFullGroups(matrix, options, rounding), matrix));
            }
        }
        if (patch.changes() == 0) {
            return Optional.empty();
        }
        Network replaced = Imports.microsoft(patch.apply());
        Validator.check(replaced);
        return Optional.of(replaced);
    }

    private static boolean pays(Patch patch, Shapes shapes, Node node, WeightMatrix matrix) {
        long rows = shapes.of(node.inputs().get(0))
                .map(shape -> shape.elements() / matrix.columns())
                .orElse(Long.MAX_VALUE);
        return !node.is("Conv")
                && patch.isOnlyRead(matrix.tensor().name())
                && matrix.tensor().elements() >= LEAST_WEIGHTS
                && rows <= MOST_ROWS;
    }

    private static Node[] nodes(Patch patch, LinearNode layer, BlockCodes codes, WeightMatrix matrix) {
        Node node = layer.node();
        NodeChain made = new NodeChain(patch, matrix.tensor().name());
        BlockOptions options = codes.options();
        long rows = codes.rows();
        long groups = codes.groups();
        long groupBytes = (long) options.group() * options.bits() / 8;
        List<String> inputs = new ArrayList<>();
        inputs.add(node.inputs().get(0));
        inputs.add(made.hold("levels", ElementType.UINT8, List.of(rows, groups, groupBytes), codes.packedLevels()));
        inputs.add(BlockWeights.scales(codes, List.of(rows * groups), made));
        if (!options.symmetric()) {
            ByteBuffer zeros = codes.packedZeros();
            inputs.add(made.hold("zeros", ElementType.UINT8, List.of((long) zeros.remaining()), zeros));
        }
        String output = node.outputs().get(0);
        boolean biased = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        String product = biased ? patch.freshName(output + ".product") : output;
        Map<String, Attribute> attributes = Map.of(
                "K", new Attribute.IntValue(matrix.columns()),
                "N", new Attribute.IntValue(rows),
                "bits", new Attribute.IntValue(options.bits()),
                "block_size", new Attribute.IntValue(options.group()),
                "accuracy_level", new Attribute.IntValue(SUMS_OF_BYTES));
        List<Node> nodes = new ArrayList<>(made.nodes());
        nodes.add(new Node(
                node.name(), "MatMulNBits", Imports.MICROSOFT, inputs, List.of(product), attributes, Encoded.NONE));
        if (biased) {
            nodes.add(Node.of("", "Add", List.of(product, node.inputs().get(2)), List.of(output), Map.of()));
        }
        return nodes.toArray(Node[]::new);
    }
}
