package dev.narrows.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The type and the shape for one item of every value of a network, as the runtime found them.
 *
 * @param types by value name; values that are no tensors are absent
 * @param unsteady values whose shape is not that of {@code types} for every item and batch: it depends on the item's
 *     data, or grows with the batch elsewhere than by counting items in axis 0. No cut goes through them.
 */
public record Shapes(Map<String, Shape> types, Set<String> unsteady) {

    /**
     * One value's type.
     *
     * @param element the type of its elements
     * @param dims its axes for a batch of one item
     * @param batchAxis whether axis 0 counts items (grows with the batch)
     */
    public record Shape(ElementType element, List<Long> dims, boolean batchAxis) {

        public Shape {
            dims = List.copyOf(dims);
        }

        public long elements() {
            long elements = 1;
            for (long dim : dims) {
                elements = Math.multiplyExact(elements, dim);
            }
            return elements;
        }

        public long sizeBytes() {
            return element.sizeBytes(elements());
        }
    }

    public Shapes {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        unsteady = Set.copyOf(unsteady);
    }

    /** Shapes that all hold for every item and batch. */
    public Shapes(Map<String, Shape> types) {
        this(types, Set.of());
    }

    public Optional<Shape> of(String value) {
        return Optional.ofNullable(types.get(value));
    }

    /** The type of {@code value} if it is a tensor and holds for every item and batch. */
    public Optional<Shape> steady(String value) {
        return unsteady.contains(value) ? Optional.empty() : of(value);
    }
}
