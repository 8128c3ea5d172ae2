package dev.narrows.shrink;

import dev.narrows.graph.ConstantTensor;
import dev.narrows.graph.Dim;
import dev.narrows.graph.ElementType;
import dev.narrows.graph.Network;
import dev.narrows.graph.Node;
import dev.narrows.graph.Patch;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.TensorType;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Leaves out nodes that hand on what they read: Identity and Dropout, casts to the same type, reshapes to the same shape,
 * transposes that undo each other, sums with 0 and products with 1, second activations of the same kind.
 */
final class NoOps implements Pass {

    /** They move or name elements; where the shape stays, so does everything. */
    private static final Set<String> SAME_IF_SAME_SHAPE =
            Set.of("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Tile");

    private static final Set<String> SAME_IF_ALONE = Set.of("Concat", "Sum", "Max", "Min", "Mean");

    private static final Set<String> IDEMPOTENT = Set.of("Relu", "Abs", "Sign", "Floor", "Ceil", "Round");

    /** Of which no result is below 0. */
    private static final Set<String> NOT_NEGATIVE =
            Set.of("Relu", "Sigmoid", "Softmax", "Abs", "Exp", "Sqrt", "Softplus");

    private final Predicate<Node> looked;

    NoOps() {
        this(node -> true);
    }

    /** @param looked which nodes may go */
    NoOps(Predicate<Node> looked) {
        this.looked = looked;
    }

    @Override
    public String name() {
        return "no-ops";
    }

    @Override
    public Patch patch(Network network, Shapes shapes) {
        return new Search(network, shapes, looked).patch();
    }

    private static final class Search {
        private final Network network;
        private final Shapes shapes;
        private final Predicate<Node> looked;
        private final Patch patch;
        private final Map<String, ConstantTensor> constants;
        private final boolean fixed;

        Search(Network network, Shapes shapes, Predicate<Node> looked) {
            this.network = network;
            this.shapes = shapes;
            this.looked = looked;
            patch = Patch.of(network, shapes);
            constants = network.constants();
            fixed = isFixed();
        }

        Patch patch() {
            List<Node> nodes = network.nodes();
            for (int i = 0; i < nodes.size(); i++) {
                Node node = nodes.get(i);
                if (looked.test(node) && patch.isFree(i) && isOnlyFirstOutputRead(node)) {
                    handedOn(node)
                            .ifPresent(value -> patch.redirect(node.outputs().get(0), value));
                }
            }
            return patch;
        }

        private boolean isOnlyFirstOutputRead(Node node) {
            List<String> outputs = node.outputs();
            for (int i = 1; i < outputs.size(); i++) {
                String output = outputs.get(i);
                boolean read = !patch.users(output).isEmpty()
                        || network.outputs().stream()
                                .anyMatch(info -> info.name().equals(output));
                if (read) {
                    return false;
                }
            }
            return !outputs.isEmpty() && !node.inputs().isEmpty();
        }

        /** The value that the node's first output always equals, if there is one. */
        private Optional<String> handedOn(Node node) {
            String first = node.inputs().get(0);
            if (node.is("Identity") || isDropout(node) || isCast(node) || isPad(node)) {
                return Optional.of(first);
            }
            if (node.is("Transpose")) {
                return transposed(node);
            }
            if (any(node, SAME_IF_ALONE)) {
                return node.inputs().size() == 1 ? Optional.of(first) : Optional.empty();
            }
            if (any(node, SAME_IF_SAME_SHAPE) || isForwardSlice(node)) {
                return isSameShape(first, node) ? Optional.of(first) : Optional.empty();
            }
            if (any(node, IDEMPOTENT) && isMadeBy(first, Set.of(node.opType()))) {
                return Optional.of(first);
            }
            if (node.is("Relu") && isMadeBy(first, NOT_NEGATIVE)) {
                return Optional.of(first);
            }
            if (node.is("Clip") && isUnbounded(node)) {
                return Optional.of(first);
            }
            return neutral(node);
        }

        private static boolean any(Node node, Set<String> operators) {
            return operators.stream().anyMatch(node::is);
        }

        private boolean isMadeBy(String value, Set<String> operators) {
            Integer producer = network.producers().get(value);
            return producer != null && any(network.nodes().get(producer), operators);
        }

        /** At inference; with a training mode it must be known to be off. */
        private boolean isDropout(Node node) {
            boolean plain = node.inputs().size() < 3 || node.inputs().get(2).isEmpty();
            return node.is("Dropout") && (plain || isAll(node.inputs().get(2), 0));
        }

        private boolean isCast(Node node) {
            Optional<Shapes.Shape> before = shapes.of(node.inputs().get(0));
            return node.is("Cast")
                    && before.isPresent()
                    && node.intAttribute("to", 0) == before.get().element().number();
        }

        private boolean isPad(Node node) {
            if (!node.is("Pad")) {
                return false;
            }
            Optional<List<Long>> pads = node.intsAttribute("pads");
            return pads.isPresent()
                    ? pads.get().stream().allMatch(pad -> pad == 0)
                    : node.inputs().size() > 1 && isAll(node.inputs().get(1), 0);
        }

        private static boolean isForwardSlice(Node node) {
            return node.is("Slice") && node.inputs().size() < 5; // no steps, so none that is negative
        }

        private boolean isSameShape(String value, Node node) {
            Optional<Shapes.Shape> before = shapes.steady(value);
            return fixed
                    && before.isPresent()
                    && before.equals(shapes.steady(node.outputs().get(0)));
        }

        private Optional<String> transposed(Node node) {
            Optional<List<Long>> own = node.intsAttribute("perm");
            if (own.isEmpty()) {
                return Optional.empty();
            }
            List<Long> still =
                    IntStream.range(0, own.get().size()).asLongStream().boxed().toList();
            String first = node.inputs().get(0);
            if (own.get().equals(still)) {
                return Optional.of(first);
            }
            Integer producer = network.producers().get(first);
            Node before = producer == null ? null : network.nodes().get(producer);
            if (before == null || !before.is("Transpose")) {
                return Optional.empty();
            }
            return before.intsAttribute("perm")
                    .filter(other -> own.get().stream()
                            .map(axis -> other.get(axis.intValue()))
                            .toList()
                            .equals(still))
                    .map(other -> before.inputs().get(0));
        }

        private boolean isUnbounded(Node node) {
            boolean attributes =
                    node.attributes().containsKey("min") || node.attributes().containsKey("max");
            boolean inputs = node.inputs().stream().skip(1).anyMatch(input -> !input.isEmpty());
            return !attributes && !inputs;
        }

        /** What a sum with 0, a product with 1 or a power of 1 equals. */
        private Optional<String> neutral(Node node) {
            boolean sum = node.is("Add") || node.is("Sub");
            boolean product = node.is("Mul") || node.is("Div") || node.is("Pow");
            if (!sum && !product) {
                return Optional.empty();
            }
            boolean commutes = node.is("Add") || node.is("Mul");
            for (int constant = 1; constant >= (commutes ? 0 : 1); constant--) {
                String other = node.inputs().get(1 - constant);
                if (isAll(node.inputs().get(constant), sum ? 0 : 1)
                        && isNotWidened(other, node.inputs().get(constant))) {
                    return Optional.of(other);
                }
            }
            return Optional.empty();
        }

        /** Whether broadcasting against the constant leaves a value's shape, whatever it is. */
        private boolean isNotWidened(String value, String constant) {
            Optional<Shapes.Shape> shape = shapes.of(value);
            ConstantTensor held = constants.get(constant);
            return shape.isPresent()
                    && held != null
                    && shape.get().element() == held.type()
                    && held.dims().size() <= shape.get().dims().size()
                    && held.dims().stream().allMatch(dim -> dim == 1);
        }

        /** Whether a constant holds this number and nothing else. */
        private boolean isAll(String value, int number) {
            ConstantTensor held = constants.get(value);
            if (held == null || held.elements() == 0) {
                return false;
            }
            ByteBuffer data = held.data();
            while (data.hasRemaining()) {
                double element;
                if (held.type() == ElementType.FLOAT) {
                    element = data.getFloat();
                } else if (held.type() == ElementType.DOUBLE) {
                    element = data.getDouble();
                } else if (held.type() == ElementType.INT64) {
                    element = data.getLong();
                } else if (held.type() == ElementType.INT32) {
                    element = data.getInt();
                } else if (held.type() == ElementType.BOOL) {
                    element = data.get();
                } else {
                    return false;
                }
                if (element != number) {
                    return false;
                }
            }
            return true;
        }

        /** Whether all inputs' lengths are known or counted as items, so that shapes hold for whatever is run. */
        private boolean isFixed() {
            return network.inputs().stream().allMatch(this::isFixed);
        }

        private boolean isFixed(ValueInfo input) {
            List<Dim> dims = input.type().flatMap(TensorType::shape).orElse(List.of(new Dim.Unknown()));
            boolean counted =
                    shapes.of(input.name()).filter(Shapes.Shape::batchAxis).isPresent();
            return dims.stream().skip(counted ? 1 : 0).allMatch(dim -> dim instanceof Dim.Known);
        }
    }
}
