package dev.narrows.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The type and the shape for one item of every value of a network, as the runtime found them.
 *
 * @param types by value name; values that are no tensors are absent
 */
public record Shapes(Map<String, Shape> types) {

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
    }

    public Optional<Shape> of(String value) {
        return Optional.ofNullable(types.get(value));
    }
}
