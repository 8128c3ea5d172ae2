package dev.narrows.data;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.List;

/**
 * One of the things that an item consists of, such as the image beside the sound, and where its values are among the
 * item's.
 *
 * @param name of it, and of the network's input that takes it
 * @param kind of its values
 * @param shape of it, without a batch axis
 * @param from the place of its first value
 */
public record Modality(String name, Kind kind, List<Long> shape, int from) {

    public Modality {
        shape = List.copyOf(shape);
        if (name.isEmpty() || kind instanceof Kind.Several || from < 0) {
            throw new InvalidException("modality: \"" + name + "\", " + kind + " from " + from
                    + " (expected: a name, one kind, from 0 or more)");
        }
        elements(name, shape);
    }

    private static int elements(String name, List<Long> shape) {
        long elements = 1;
        for (long length : shape) {
            elements = length < 0 || elements > Integer.MAX_VALUE ? Long.MAX_VALUE : elements * length;
        }
        if (elements > Integer.MAX_VALUE) {
            throw new InvalidException(
                    "shape: " + shape + " (expected: less than 2^31 values), modality \"" + name + "\"");
        }
        return (int) elements;
    }

    /** How many values it has. */
    public int length() {
        return elements(name, shape);
    }

    /** The shape as tensors have it. */
    public long[] dims() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Its values, row-major, in a new array. */
    public float[] of(float[] item) {
        return Arrays.copyOfRange(item, from, from + length());
    }

    /**
     * Puts values of it into an item.
     *
     * @throws InvalidException if they are not as many as it has
     */
    void put(float[] values, float[] item) {
        if (values.length != length()) {
            throw new InvalidException("values: " + values.length + " (expected: " + length() + ", those of shape "
                    + shape + "), modality \"" + name + "\"");
        }
        System.arraycopy(values, 0, item, from, values.length);
    }

    /** The item with other values of it, in a new array. */
    public float[] with(float[] values, float[] item) {
        float[] changed = item.clone();
        put(values, changed);
        return changed;
    }
}
