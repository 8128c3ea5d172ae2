package dev.narrows.wire.weights;

import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * How a tensor of weights lies in memory: rows of columns of places, each element {@code width} bytes. Rows are axis 0 (a
 * convolution's filters), columns axis 1 (its input channels), places all that is behind them (its kernel).
 *
 * @param width bytes of an element, 1 to 8
 */
public record WeightLayout(int width, int rows, int columns, int places) {

    static final int MOST_WIDE = 8;

    public WeightLayout {
        long elements = rows < 0 || columns < 0 || places < 0 ? -1 : elements(rows, columns, places);
        if (width < 1 || width > MOST_WIDE || elements < 0 || elements * width > Integer.MAX_VALUE) {
            throw new InvalidException("weights: " + rows + " × " + columns + " × " + places + " elements of " + width
                    + " bytes (expected: 1 to " + MOST_WIDE + " bytes each, below 2 GiB in all)");
        }
    }

    /** The product, or -1 if it is beyond 31 bits. */
    private static long elements(long rows, long columns, long places) {
        long first = rows * columns; // below 2⁶²
        boolean large = first > Integer.MAX_VALUE || first * places > Integer.MAX_VALUE;
        return large ? -1 : first * places;
    }

    /**
     * The layout of a tensor.
     *
     * @param dims its axes; with fewer than two it is one row
     */
    public static WeightLayout of(int width, List<Long> dims) {
        if (dims.size() < 2) {
            return new WeightLayout(width, 1, dims.isEmpty() ? 1 : Math.toIntExact(dims.get(0)), 1);
        }
        long places = dims.stream().skip(2).reduce(1L, Math::multiplyExact);
        return new WeightLayout(
                width, Math.toIntExact(dims.get(0)), Math.toIntExact(dims.get(1)), Math.toIntExact(places));
    }

    int elements() {
        return rows * columns * places;
    }

    int bytes() {
        return elements() * width;
    }
}
