package dev.narrows.shrink;

import dev.narrows.engine.Tensor;
import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Shapes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which nodes of a network can compute in float16. All others stay in float32:
 *
 * <ul>
 *   <li>operators that are not known to take float16 in every opset from 7 on, those of other domains, and those with
 *       subgraphs, whose types are kept unread;
 *   <li>norms, sums over axes, powers, roots, exponents, logarithms, and what is computed from squares alone: numbers below
 *       2⁻¹⁴ lose digits, below 2⁻²⁵ they become 0, and squares get there soon;
 *   <li>what depends on no floating-point number of an input: lengths, positions, masks, which have to be exact beyond 2048;
 *   <li>what reads a constant that float16 has not: beyond ±65,504, or (as epsilons are) nowhere as large as its normal
 *       numbers;
 *   <li>what reads or makes a value that came within a factor of 4 of ±65,504 on the sample items, or was never as large as
 *       2⁻¹⁴.
 * </ul>
 */
final class Float16Plan {

    private static final double MOST = 65_504;
    private static final double ROOM = 4;
    private static final double LEAST_NORMAL = 0x1p-14;

    /** Operators that take float16 in whatever opset from 7 on they are of, and whose results are no statistics. */
    private static final Set<String> OPERATORS = Set.of(
            "Abs",
            "Add",
            "AveragePool",
            "Clip",
            "Concat",
            "Conv",
            "ConvTranspose",
            "DepthToSpace",
            "Div",
            "Dropout",
            "Elu",
            "Erf",
            "Expand",
            "Flatten",
            "GRU",
            "Gather",
            "Gelu",
            "Gemm",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LSTM",
            "LeakyRelu",
            "LogSoftmax",
            "MatMul",
            "Max",
            "MaxPool",
            "Min",
            "Mish",
            "Mul",
            "Neg",
            "PRelu",
            "Pad",
            "RNN",
            "Relu",
            "Reshape",
            "Resize",
            "Selu",
            "Sigmoid",
            "Slice",
            "Softmax",
            "Softplus",
            "Softsign",
            "SpaceToDepth",
            "Split",
            "Squeeze",
            "Sub",
            "Sum",
            "Tanh",
            "Tile",
            "Transpose",
            "Unsqueeze",
            "Upsample",
            "Where");

    private static final Set<String> POWERS = Set.of("Pow", "Exp", "ReduceSumSquare");

    /** Of what these are given they make no larger and no smaller order of numbers. */
    private static final Set<String> LINEAR = Set.of(
            "Add",
            "AveragePool",
            "Concat",
            "Conv",
            "Flatten",
            "Gemm",
            "GlobalAveragePool",
            "MatMul",
            "Max",
            "Mul",
            "ReduceMean",
            "ReduceSum",
            "Reshape",
            "Slice",
            "Split",
            "Squeeze",
            "Sum",
            "Transpose",
            "Unsqueeze");

    private final Shapes shapes;
    private final Map<String, Float> largest;
    private final Map<String, ConstantTensor> held;
    private final Set<String> constants;
    private final Set<String> exact = new HashSet<>(); // that depend on no floating-point number of an input
    private final Set<String> powers = new HashSet<>(); // computed from squares alone
    private final Set<Integer> half = new HashSet<>();

    private Float16Plan(Network network, Shapes shapes, Map<String, Float> largest) {
        this.shapes = shapes;
        this.largest = largest;
        held = network.constants();
        constants = network.constantNames();
    }

    /**
     * The nodes, by index.
     *
     * @param items that values are seen on
     */
    static Set<Integer> of(Network network, Shapes shapes, List<Map<String, Tensor>> items, Predicate<Node> wanted) {
        Map<String, Float> largest = Magnitudes.of(network, shapes, items);
        Float16Plan plan = new Float16Plan(network, shapes, largest);
        for (int index = 0; index < network.nodes().size(); index++) {
            Node node = network.nodes().get(index);
            if (plan.visit(node) && wanted.test(node)) {
                plan.half.add(index);
            }
        }
        return plan.half;
    }

    /** Inputs that stay in float32, whatever the node computes in. */
    static boolean staysFloat32(Node node, int input) {
        return (node.is("Resize") && input > 0)
                || (node.is("Upsample") && input == 1)
                || (node.is("Dropout") && input > 0);
    }

    private boolean visit(Node node) {
        List<String> data = node.uses().stream() // what subgraphs read, too
                .filter(input -> isFloat(input) && !constants.contains(input))
                .toList();
        boolean looksUp = node.is("Gather");
        if (looksUp ? exact.containsAll(data) && !data.isEmpty() : exact.containsAll(data)) {
            exact.addAll(node.outputs());
            return false;
        }
        boolean squares = node.isOnnx()
                && (POWERS.contains(node.opType())
                        || (node.is("Mul")
                                && node.inputs().get(0).equals(node.inputs().get(1))));
        boolean onlyPowers = !data.isEmpty() && powers.containsAll(data);
        if (squares || (onlyPowers && node.isOnnx() && LINEAR.contains(node.opType()))) {
            powers.addAll(node.outputs());
        }
        return node.isOnnx()
                && OPERATORS.contains(node.opType())
                && node.subgraphs().isEmpty()
                && !squares
                && !onlyPowers
                && fits(node);
    }

    private boolean isFloat(String value) {
        return shapes.of(value)
                .filter(shape -> shape.element() == ElementType.FLOAT)
                .isPresent();
    }

    private boolean fits(Node node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            String input = node.inputs().get(i);
            if (!input.isEmpty() && !staysFloat32(node, i) && !fits(input)) {
                return false;
            }
        }
        return node.outputs().stream().allMatch(output -> output.isEmpty() || fits(output));
    }

    private boolean fits(String value) {
        ConstantTensor constant = held.get(value);
        if (constant != null && constant.type() == ElementType.FLOAT) {
            return fits(constant);
        }
        Float seen = largest.get(value);
        return seen == null
                ? shapes.of(value).isPresent() // of a type that is left alone, or computed from constants
                : seen == 0 || (seen >= LEAST_NORMAL && seen * ROOM <= MOST);
    }

    /** A number that is alone must not lose digits; of weights small ones may, next to large ones. */
    private static boolean fits(ConstantTensor constant) {
        double most = 0;
        for (float value : constant.floats()) {
            most = Math.max(most, Math.abs(value)); // NaN stays
        }
        return most == 0 || (most >= LEAST_NORMAL && most <= MOST);
    }
}
