package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** The same elements under another shape or order of axes, and a tensor's shape as a tensor. */
final class Shapes {

    private Shapes() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Identity", call -> call.output(call.input(0)));
        kernels.put("Shape", Shapes::shape);
        kernels.put(
                "Size",
                call -> call.output(Torch.of(new long[] {call.input(0).numel()}).squeeze(0)));
        kernels.put("Reshape", Shapes::reshape);
        kernels.put("Flatten", Shapes::flatten);
        kernels.put("Squeeze", Shapes::squeeze);
        kernels.put("Unsqueeze", Shapes::unsqueeze);
        kernels.put("Transpose", Shapes::transpose);
    }

    /** Axes start (inclusive) to end (exclusive), both cut to the axes that there are. */
    private static void shape(Call call) {
        long[] shape = call.input(0).shape();
        long start = cut(call.integer("start", 0), shape.length);
        long end = cut(call.integer("end", shape.length), shape.length);
        call.output(Torch.of(Arrays.copyOfRange(shape, (int) start, (int) Math.max(start, end))));
    }

    private static long cut(long axis, long rank) {
        return Math.max(0, Math.min(axis < 0 ? axis + rank : axis, rank));
    }

    private static void reshape(Call call) {
        Tensor x = call.input(0);
        long[] from = x.shape();
        long[] to = call.longs(1);
        boolean copies = call.integer("allowzero", 0) == 0;
        for (int axis = 0; axis < to.length; axis++) {
            if (to[axis] == 0 && copies) {
                if (axis >= from.length) {
                    throw new InvalidException("shape: " + Arrays.toString(to) + " (expected: 0 only at the "
                            + from.length + " axes of the input), " + call.place());
                }
                to[axis] = from[axis];
            }
        }
        call.output(x.reshape(to));
    }

    private static void flatten(Call call) {
        Tensor x = call.input(0);
        long[] shape = x.shape();
        long axis = call.integer("axis", 1);
        int from = (int) (axis < 0 ? axis + shape.length : axis);
        if (from < 0 || from > shape.length) {
            throw new InvalidException(
                    "axis: " + axis + " (expected: -" + shape.length + " to " + shape.length + "), " + call.place());
        }
        call.output(x.reshape(Axes.product(shape, 0, from), Axes.product(shape, from, shape.length)));
    }

    private static void squeeze(Call call) {
        Tensor x = call.input(0);
        long[] shape = x.shape();
        long[] axes = Axes.given(call, "axes", 1, 13)
                .filter(given -> given.length > 0)
                .map(given -> Axes.ascending(call, given, shape.length))
                .orElseGet(() -> LongStream.range(0, shape.length)
                        .filter(axis -> shape[(int) axis] == 1)
                        .toArray());
        long[] kept = new long[shape.length - axes.length];
        int next = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (Arrays.binarySearch(axes, axis) < 0) {
                kept[next++] = shape[axis];
            } else if (shape[axis] != 1) {
                throw new InvalidException(
                        "axis " + axis + ": " + shape[axis] + " long (expected: 1), " + call.place());
            }
        }
        call.output(x.reshape(kept));
    }

    private static void unsqueeze(Call call) {
        Tensor x = call.input(0);
        long[] shape = x.shape();
        long[] given = Axes.given(call, "axes", 1, 13)
                .orElseThrow(() -> new InvalidException("axes: missing (expected: given), " + call.place()));
        long[] axes = Axes.ascending(call, given, (long) shape.length + given.length); // of the output
        long[] to = new long[shape.length + axes.length];
        int next = 0;
        for (int axis = 0; axis < to.length; axis++) {
            to[axis] = Arrays.binarySearch(axes, axis) < 0 ? shape[next++] : 1;
        }
        call.output(x.reshape(to));
    }

    /** Without a permutation the axes are reversed. */
    private static void transpose(Call call) {
        Tensor x = call.input(0);
        long rank = x.dim();
        long[] reversed =
                Arrays.stream(Axes.all(rank)).map(axis -> rank - 1 - axis).toArray();
        call.output(x.permute(call.integers("perm", reversed)));
    }
}
