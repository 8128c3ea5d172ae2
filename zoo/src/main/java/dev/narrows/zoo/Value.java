package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * A tensor of a network under construction. All are float32.
 *
 * @param name its name in the network
 * @param shape its axes for one item, without the batch, which is axis 0 of the tensor: (channels, height, width),
 *     (channels, length) or (features)
 */
public record Value(String name, List<Long> shape) {

    public Value {
        shape = List.copyOf(shape);
        for (long length : shape) {
            if (length < 1) {
                throw new InvalidException(
                        "axis: " + length + " (expected: 1 or more, shape " + shape + "), tensor \"" + name + "\"");
            }
        }
    }

    /** The first axis of an item. */
    public int channels() {
        if (shape.isEmpty()) {
            throw new InvalidException("axes: none (expected: channels), tensor \"" + name + "\"");
        }
        return Math.toIntExact(shape.get(0));
    }

    /** The axes behind the channels: none, (length) or (height, width). */
    public List<Long> space() {
        return shape.subList(1, shape.size());
    }

    /** Elements of one item. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
