package dev.narrows.engine;

import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * What a tensor of a network looks like: its name, its type, and its shape with {@code -1} for an axis of any length.
 *
 * @param name the tensor's name in the network
 * @param dtype the type of its elements
 * @param shape its axes; {@code -1} is any length
 */
public record TensorSpec(String name, DType dtype, List<Long> shape) {

    public TensorSpec {
        shape = List.copyOf(shape);
        for (long axis : shape) {
            if (axis < -1) {
                throw new InvalidException("axis: " + axis + " (expected: -1 or more), tensor \"" + name + "\"");
            }
        }
    }

    /** Whether a tensor of this type and shape may stand for this spec. */
    public boolean accepts(DType otherType, long... otherShape) {
        if (otherType != dtype || otherShape.length != shape.size()) {
            return false;
        }
        for (int axis = 0; axis < otherShape.length; axis++) {
            if (shape.get(axis) != -1 && shape.get(axis) != otherShape[axis]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name + " " + dtype + shape;
    }
}
