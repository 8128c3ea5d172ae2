package dev.narrows.shrink;

import dev.narrows.graph.ElementType;
import java.util.Locale;

/** What the bytes of activations are like. */
public enum ActivationGrid {
    /** Unsigned, with a zero point: the ends of the grid do the work of a Relu or Clip before it. */
    UNSIGNED(ElementType.UINT8),
    /**
     * Signed and symmetric, the zero point 0: for processors and accelerators whose products know no zero points. What a
     * Relu makes has half of the steps.
     */
    SIGNED(ElementType.INT8);

    private final ElementType type;

    ActivationGrid(ElementType type) {
        this.type = type;
    }

    ElementType type() {
        return type;
    }

    /** The range of a value that was seen. */
    Range range(Histogram seen, CalibrationMethod method) {
        return this == UNSIGNED
                ? method.range(seen)
                : method.range(seen.mirrored()).symmetric();
    }

    Range.Grid grid(Range range) {
        return this == UNSIGNED ? range.unsigned() : range.signed();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
