package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Pad: elements added around a tensor, or taken off where the number is negative. */
final class Pads {

    private Pads() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Pad", Pads::pad);
    }

    private static void pad(Call call) {
        Tensor x = call.input(0);
        int rank = (int) x.dim();
        long[] given = call.opset() < 11 ? call.integers("pads") : call.longs(1);
        long[] axes = call.has(3) ? call.longs(3) : Axes.all(rank);
        if (given.length != 2 * axes.length) {
            throw new InvalidException(
                    "pads: " + given.length + " (expected: 2 for each of " + axes.length + " axes), " + call.place());
        }
        long[] begins = new long[rank];
        long[] ends = new long[rank];
        for (int i = 0; i < axes.length; i++) {
            int axis = call.axis(x, axes[i]);
            begins[axis] = given[i];
            ends[axis] = given[i + axes.length];
        }
        String mode = call.text("mode", "constant");
        call.output(mode.equals("constant") ? constant(call, x, begins, ends) : mirrored(call, x, begins, ends, mode));
    }

    private static Tensor constant(Call call, Tensor x, long[] begins, long[] ends) {
        int rank = begins.length;
        long[] pads = new long[2 * rank]; // libtorch counts from the last axis
        for (int axis = 0; axis < rank; axis++) {
            pads[2 * (rank - 1 - axis)] = begins[axis];
            pads[2 * (rank - 1 - axis) + 1] = ends[axis];
        }
        Scalar value = call.has(2) ? call.input(2).detach().item() : new Scalar(call.real("value", 0));
        return torch.constant_pad_nd(x, pads, value);
    }

    /** Each new element is a copy of one within; which one is said by its place along each axis. */
    private static Tensor mirrored(Call call, Tensor x, long[] begins, long[] ends, String mode) {
        Tensor y = x;
        for (int axis = 0; axis < begins.length; axis++) {
            long length = x.size(axis);
            // What is taken off is gone before the rest is mirrored.
            long first = Math.max(0, -begins[axis]);
            long left = length - first - Math.max(0, -ends[axis]);
            long[] places = new long[(int) (length + begins[axis] + ends[axis])];
            if (left <= 0 && places.length > 0) {
                throw new InvalidException("pads: of axis " + axis + " leave " + left
                        + " elements (expected: 1 or more), " + call.place());
            }
            long begin = Math.max(0, begins[axis]);
            Arrays.setAll(places, i -> first + source(call, i - begin, left, mode));
            if (begins[axis] != 0 || ends[axis] != 0) {
                y = y.index_select(axis, Torch.of(places));
            }
        }
        return y;
    }

    /** Which of {@code length} elements is at place {@code i}, that may lie before or beyond them. */
    private static long source(Call call, long i, long length, String mode) {
        long turn = Math.max(1, 2 * (length - 1)); // there and back
        return switch (mode) {
            case "edge" -> Math.max(0, Math.min(i, length - 1));
            case "wrap" -> Math.floorMod(i, length);
            case "reflect" -> Math.min(Math.floorMod(i, turn), turn - Math.floorMod(i, turn));
            default -> throw call.unsupported("mode: " + mode + " (expected: constant, edge, reflect or wrap)");
        };
    }
}
