package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Optional;

/** A node's list of axes, which ONNX made an input of what used to be an attribute; and numbers of axes. */
final class Axes {

    private Axes() {}

    /** The list as the node has it: its input {@code i} from opset {@code since} on, before that its attribute. */
    static Optional<long[]> given(Call call, String attribute, int i, long since) {
        if (call.opset() >= since) {
            return call.has(i) ? Optional.of(call.longs(i)) : Optional.empty();
        }
        return call.hasAttribute(attribute) ? Optional.of(call.integers(attribute)) : Optional.empty();
    }

    /** The axes counted from the front, in ascending order and each once, as those of a tensor of {@code rank} axes. */
    static long[] ascending(Call call, long[] axes, long rank) {
        long[] counted = Arrays.stream(axes)
                .map(axis -> fromFront(call, axis, rank))
                .sorted()
                .distinct()
                .toArray();
        if (counted.length != axes.length) {
            throw new InvalidException(
                    "axes: " + Arrays.toString(axes) + " (expected: each axis once), " + call.place());
        }
        return counted;
    }

    static long fromFront(Call call, long axis, long rank) {
        if (axis < -rank || axis >= rank) {
            throw new InvalidException("axis: " + axis + " (expected: of " + rank + " axes), " + call.place());
        }
        return axis < 0 ? axis + rank : axis;
    }

    /** 0 to {@code rank} − 1. */
    static long[] all(long rank) {
        long[] axes = new long[(int) rank];
        Arrays.setAll(axes, axis -> axis);
        return axes;
    }

    /** The shape with another length of one axis. */
    static long[] with(long[] shape, int axis, long length) {
        long[] changed = shape.clone();
        changed[axis] = length;
        return changed;
    }

    /** The product of the lengths of axes {@code from} (inclusive) to {@code to} (exclusive). */
    static long product(long[] shape, int from, int to) {
        return Arrays.stream(shape, from, to).reduce(1, (a, b) -> a * b);
    }
}
