package dev.narrows.wire.bundle;

import dev.narrows.engine.Session;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.wire.bundle.Manifest.Cut;
import java.util.List;

/** Whether a loaded exit takes what its cut has, and gives logits. */
public final class ExitFit {

    private ExitFit() {}

    /**
     * Checks an exit: each of its inputs is a tensor of the cut, by name, type and shape (the cut's items on axis 0
     * included), and its only output is floating-point, (items, classes), with two classes or more, and as many as there
     * are labels.
     *
     * @param labels how many classes the bundle names; 0 if it names none
     * @throws IncompatibleException if it does not fit
     */
    public static void check(Session exit, Cut cut, int labels) {
        String place = ", exit at cut \"" + cut.name() + "\"";
        for (TensorSpec input : exit.inputs()) {
            if (cut.tensors().stream().noneMatch(tensor -> takes(input, tensor))) {
                throw new IncompatibleException(
                        "input: " + input + " (expected: one of the cut's tensors " + cut.tensors() + ")" + place);
            }
        }
        List<TensorSpec> outputs = exit.outputs();
        if (outputs.size() != 1 || !isLogits(outputs.get(0), labels)) {
            throw new IncompatibleException("outputs: " + outputs + " (expected: one of logits, (items, "
                    + (labels == 0 ? "classes" : labels) + "))" + place);
        }
    }

    private static boolean takes(TensorSpec input, TensorSpec tensor) {
        if (!input.name().equals(tensor.name())
                || input.dtype() != tensor.dtype()
                || input.shape().size() != tensor.shape().size()) {
            return false;
        }
        for (int axis = 0; axis < tensor.shape().size(); axis++) {
            long taken = input.shape().get(axis);
            if (taken != -1 && taken != tensor.shape().get(axis)) {
                return false;
            }
        }
        return true;
    }

    /** A network may leave lengths open; what an exit really gives is looked at when it has run. */
    private static boolean isLogits(TensorSpec output, int labels) {
        if (!output.dtype().isFloat()) {
            return false;
        }
        if (output.shape().isEmpty()) {
            return true; // the runtime does not know the rank
        }
        long classes = output.shape().get(output.shape().size() - 1);
        return output.shape().size() == 2 && (classes == -1 || (classes >= 2 && (labels == 0 || classes == labels)));
    }
}
