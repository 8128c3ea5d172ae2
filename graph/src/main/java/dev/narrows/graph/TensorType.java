package dev.narrows.graph;

import java.util.List;
import java.util.Optional;

/**
 * A tensor's element type and, where its rank is known, its shape.
 *
 * @param element the type of the elements
 * @param shape its axes, or empty if not even the rank is known
 */
public record TensorType(ElementType element, Optional<List<Dim>> shape) {

    public TensorType {
        shape = shape.map(List::copyOf);
    }

    public static TensorType of(ElementType element, List<Dim> shape) {
        return new TensorType(element, Optional.of(shape));
    }
}
