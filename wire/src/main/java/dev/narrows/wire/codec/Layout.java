package dev.narrows.wire.codec;

import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * How the elements of one coded item lie: {@code outer × channels × rows × columns}, row-major. An axis 0 of length -1
 * counts items and is no part of the layout; an axis 0 of fixed length is {@code outer}. Axis 1 is the channels, the
 * last axis the columns, whatever lies between the rows.
 *
 * <p>Two neighbours of an element are known before it: the left one, at its index less 1, unless it is in column 0, and
 * the upper one, at its index less {@code columns}: one row higher in its channel or, where channels have one row only,
 * at its place in the previous channel.
 */
record Layout(int outer, int channels, int rows, int columns) {

    /** The largest number of elements of an item, so that all sizes in bytes fit an int. */
    static final int MAX_ELEMENTS = 1 << 26;

    /**
     * The layout of an item of {@code spec}.
     *
     * @throws InvalidException if an axis beyond axis 0 has any length, or the item is too large
     */
    static Layout of(TensorSpec spec) {
        List<Long> shape = spec.shape();
        int rank = shape.size();
        long elements = 1;
        long middle = 1;
        for (int axis = 0; axis < rank; axis++) {
            long length = shape.get(axis);
            if (axis == 0 && length == -1) {
                continue;
            }
            if (length < 0) {
                throw new InvalidException("axis " + axis + ": of any length (expected: a fixed length beyond axis 0), "
                        + "tensor \"" + spec.name() + "\"");
            }
            elements = length != 0 && elements > MAX_ELEMENTS / length ? MAX_ELEMENTS + 1L : elements * length;
            middle = axis >= 2 && axis < rank - 1 ? middle * length : middle;
        }
        if (elements > MAX_ELEMENTS) {
            throw new InvalidException("item: " + shape + " (expected: at most " + MAX_ELEMENTS
                    + " elements), tensor \"" + spec.name() + "\"");
        }
        int first = rank == 0 || countsItems(spec) ? 1 : shape.get(0).intValue();
        if (elements == 0 || rank <= 1) {
            return new Layout(1, 1, 1, (int) elements);
        }
        int columns = rank == 2 ? 1 : shape.get(rank - 1).intValue();
        return new Layout(first, shape.get(1).intValue(), (int) middle, columns);
    }

    /** Whether axis 0 of {@code spec} counts items. */
    static boolean countsItems(TensorSpec spec) {
        return !spec.shape().isEmpty() && spec.shape().get(0) == -1;
    }

    int elements() {
        return outer * channels * rows * columns;
    }

    /** The number of lines, each of {@code columns} elements of one channel. */
    int lines() {
        return outer * channels * rows;
    }

    /** The channel of line {@code line}. */
    int channel(int line) {
        return line / rows % channels;
    }

    /** Whether the elements of line {@code line} have an upper neighbour. */
    boolean hasUpper(int line) {
        return rows > 1 ? line % rows > 0 : line % channels > 0;
    }

    /**
     * Writes the sum of each element's two neighbours to {@code sums}, 0 to twice the largest symbol. One that is
     * missing counts as the other; {@code start} stands for both.
     */
    void neighbourSums(byte[] symbols, int start, short[] sums) {
        int at = 0;
        for (int line = 0; line < lines(); line++) {
            boolean upper = hasUpper(line);
            int end = at + columns;
            if (at < end) {
                sums[at] = (short) (2 * (upper ? symbols[at - columns] & 0xFF : start));
                at++;
            }
            for (; at < end; at++) {
                int left = symbols[at - 1] & 0xFF;
                sums[at] = (short) (left + (upper ? symbols[at - columns] & 0xFF : left));
            }
        }
    }
}
