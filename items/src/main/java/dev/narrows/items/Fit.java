package dev.narrows.items;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Gives a tensor from a file the rank and the dtype of a network's input, where nothing but 1s and widths differ. */
final class Fit {

    private static final int MAX_RANK_DIFFERENCE = 2;

    private Fit() {}

    static Tensor to(TensorSpec input, Tensor tensor, Path file) {
        Tensor shaped = reshape(input, tensor, file);
        if (shaped.dtype() == input.dtype()) {
            return shaped;
        }
        Tensor converted = shaped.to(input.dtype());
        // Any number may become a floating-point one; an integer input takes only what it can hold.
        if (!input.dtype().isFloat() && !same(shaped, converted)) {
            throw new InvalidException("dtype: " + tensor.dtype() + " with values that " + input.dtype()
                    + " cannot hold (expected: " + input + "), file \"" + file + "\"");
        }
        return converted;
    }

    private static boolean same(Tensor original, Tensor converted) {
        if (original.dtype() == DType.FLOAT64) {
            return original.sameBits(converted.to(DType.FLOAT64));
        }
        return original.dtype().isFloat()
                ? Arrays.equals(original.toFloats(), converted.toFloats())
                : Arrays.equals(original.toLongs(), converted.toLongs());
    }

    private static Tensor reshape(TensorSpec input, Tensor tensor, Path file) {
        long[] shape = tensor.shape();
        if (Math.abs(input.shape().size() - shape.length) <= MAX_RANK_DIFFERENCE) {
            Optional<long[]> fitting = fitting(input, shape);
            if (fitting.isPresent()) {
                return tensor.reshape(fitting.get());
            }
        }
        throw new InvalidException("shape: " + Arrays.toString(shape) + " (expected: " + input.shape()
                + ", -1 is any length, input \"" + input.name() + "\"), file \"" + file + "\"");
    }

    /** The shape itself, or the first that axes of length 1 set into it (from the left) or left out make fit. */
    private static Optional<long[]> fitting(TensorSpec input, long... shape) {
        int missing = input.shape().size() - shape.length;
        if (missing == 0) {
            return input.accepts(input.dtype(), shape) ? Optional.of(shape) : Optional.empty();
        }
        for (int axis = 0; axis <= shape.length; axis++) {
            if (missing > 0) {
                Optional<long[]> found = fitting(input, with(shape, axis));
                if (found.isPresent()) {
                    return found;
                }
            } else if (axis < shape.length && shape[shape.length - 1 - axis] == 1) {
                Optional<long[]> found = fitting(input, without(shape, shape.length - 1 - axis));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static long[] with(long[] shape, int axis) {
        long[] longer = Arrays.copyOf(shape, shape.length + 1);
        System.arraycopy(shape, axis, longer, axis + 1, shape.length - axis);
        longer[axis] = 1;
        return longer;
    }

    private static long[] without(long[] shape, int axis) {
        long[] shorter = Arrays.copyOf(shape, shape.length - 1);
        System.arraycopy(shape, axis + 1, shorter, axis, shorter.length - axis);
        return shorter;
    }
}
