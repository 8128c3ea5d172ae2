package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.UnsupportedException;
import dev.narrows.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One node being run: what a {@link Kernel} reads and where it puts its outputs. One thread. */
final class Call {

    private final Node node;
    private final long opset;
    private final boolean training;
    private final List<Optional<Tensor>> inputs;
    private final List<Optional<Tensor>> carriers;
    private final List<Tensor> outputs = new ArrayList<>();
    private final Map<Integer, Tensor> outputCarriers = new HashMap<>();

    /** @param carriers of the inputs, in their order; empty for most */
    Call(Node node, long opset, boolean training, List<Optional<Tensor>> inputs, List<Optional<Tensor>> carriers) {
        this.node = node;
        this.opset = opset;
        this.training = training;
        this.inputs = inputs;
        this.carriers = carriers;
    }

    Node node() {
        return node;
    }

    /** The version of ONNX's own operators. */
    long opset() {
        return opset;
    }

    /** Whether dropout drops and batch normalisation uses the batch. */
    boolean training() {
        return training;
    }

    int inputs() {
        return inputs.size();
    }

    /** Whether the optional input {@code i} is given. */
    boolean has(int i) {
        return i < inputs.size() && inputs.get(i).isPresent();
    }

    Tensor input(int i) {
        if (!has(i)) {
            throw new InvalidException("input " + i + ": missing (expected: given), " + place());
        }
        return inputs.get(i).orElseThrow();
    }

    /** Input {@code i} as floats with a gradient, if it is of integers that were computed from floats by quantising. */
    Optional<Tensor> carrier(int i) {
        return carriers.get(i);
    }

    /** The optional input {@code i} as libtorch's functions take it. */
    TensorOptional optional(int i) {
        return has(i) ? new TensorOptional(input(i)) : new TensorOptional();
    }

    /** The values of an integer input, such as a shape. */
    long[] longs(int i) {
        return Torch.longs(input(i));
    }

    /** The value of a scalar input. */
    double number(int i) {
        Tensor value = input(i);
        if (value.numel() != 1) {
            throw new InvalidException("input " + i + ": " + value.numel() + " elements (expected: 1), " + place());
        }
        return value.to(torch.ScalarType.Double).item_double();
    }

    long integer(String attribute, long otherwise) {
        return node.intAttribute(attribute, otherwise);
    }

    double real(String attribute, double otherwise) {
        return node.attributes().containsKey(attribute) ? node.floatAttribute(attribute, 0f) : otherwise;
    }

    String text(String attribute, String otherwise) {
        return node.textAttribute(attribute, otherwise);
    }

    /** A list of integers; {@code otherwise} where it is absent. */
    long[] integers(String attribute, long... otherwise) {
        return node.intsAttribute(attribute)
                .map(list -> list.stream().mapToLong(Long::longValue).toArray())
                .orElse(otherwise);
    }

    boolean hasAttribute(String attribute) {
        return node.attributes().containsKey(attribute);
    }

    /** An axis of {@code tensor}, counted from its front. */
    int axis(Tensor tensor, long axis) {
        long rank = tensor.dim();
        if (axis < -rank || axis >= Math.max(rank, 1)) {
            throw new InvalidException("axis: " + axis + " (expected: of " + rank + " axes), " + place());
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** How many outputs the node names. */
    int wanted() {
        return node.outputs().size();
    }

    /** The next output. */
    void output(Tensor tensor) {
        outputs.add(tensor);
    }

    /** The next output, of integers, by the float tensor that has their values and carries their gradient. */
    void output(Tensor carrier, ScalarType integers) {
        outputCarriers.put(outputs.size(), carrier);
        outputs.add(carrier.detach().to(integers));
    }

    /** The carriers of those outputs that have one, by the output's place. */
    Map<Integer, Tensor> outputCarriers() {
        return outputCarriers;
    }

    List<Tensor> outputs() {
        return outputs;
    }

    /** What to throw for a use of the operator that is not covered. */
    UnsupportedException unsupported(String what) {
        return new UnsupportedException(what + ", " + place());
    }

    /** Where an error happened. */
    String place() {
        return place(node, opset);
    }

    static String place(Node node, long opset) {
        return "node \"" + node.label() + "\" (" + node.opType() + ", opset " + opset + ")";
    }
}
