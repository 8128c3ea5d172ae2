package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor whose values the file holds: an initializer, or a tensor in an attribute.
 *
 * @param name its name; may be empty in attributes
 * @param type the type of its elements
 * @param dims its axes; none for a scalar
 * @param data elements in row-major order, little-endian, packed as ONNX's raw_data; read-only; empty for strings
 * @param strings the elements of a string tensor as bytes in ISO-8859-1 (ONNX strings are bytes); empty for others
 * @param doc the documentation string
 */
public record ConstantTensor(
        String name, ElementType type, List<Long> dims, ByteBuffer data, List<String> strings, String doc) {

    /** The most axes of a tensor: more than any library takes, few enough to be printed. */
    static final int MAX_RANK = 64;

    public ConstantTensor {
        dims = List.copyOf(dims);
        strings = List.copyOf(strings);
        data = data.slice().asReadOnlyBuffer();
        boolean text = type == ElementType.STRING;
        long actual = text ? strings.size() : data.remaining();
        long expected = text ? elements(dims, name) : sizeBytes(type, dims, name);
        if (type == ElementType.UNDEFINED) {
            throw new InvalidException("element type: undefined (expected: a type), tensor \"" + name + "\"");
        }
        if (actual != expected) {
            throw new InvalidException("data: " + actual + (text ? " strings" : " bytes") + " (expected: " + expected
                    + " for " + type + dims + "), tensor \"" + name + "\"");
        }
        if (text ? data.hasRemaining() : !strings.isEmpty()) {
            throw new InvalidException(
                    "data: both strings and numbers (expected: " + type + "), tensor \"" + name + "\"");
        }
    }

    /** The product of the axes. */
    static long elements(List<Long> dims, String name) {
        if (dims.size() > MAX_RANK) {
            throw new InvalidException(
                    "axes: " + dims.size() + " (expected: at most " + MAX_RANK + "), tensor \"" + name + "\"");
        }
        long elements = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new InvalidException("axis: " + dim + " (expected: 0 or more), tensor \"" + name + "\"");
            }
            try {
                elements = Math.multiplyExact(elements, dim);
            } catch (ArithmeticException e) {
                throw new InvalidException("shape: " + dims + " is too large, tensor \"" + name + "\"", e);
            }
        }
        return elements;
    }

    /** Bytes that a tensor of this type and shape takes. */
    static long sizeBytes(ElementType type, List<Long> dims, String name) {
        long elements = elements(dims, name);
        try {
            return type.sizeBytes(elements);
        } catch (ArithmeticException e) {
            throw new InvalidException("shape: " + dims + " is too large, tensor \"" + name + "\"", e);
        }
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    public long elements() {
        return elements(dims, name);
    }

    /** A list of INT64, such as lengths or axes. */
    public static ConstantTensor of(String name, List<Long> values) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.size(), Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(data::putLong);
        return new ConstantTensor(name, ElementType.INT64, List.of((long) values.size()), data.flip(), List.of(), "");
    }

    /** A float32 tensor. */
    public static ConstantTensor of(String name, List<Long> dims, float... values) {
        ByteBuffer data = ByteBuffer.allocateDirect(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new ConstantTensor(name, ElementType.FLOAT, dims, data, List.of(), "");
    }

    /**
     * A copy of the elements of a float32 tensor.
     *
     * @throws IllegalStateException if it is of another type
     */
    public float[] floats() {
        if (type != ElementType.FLOAT) {
            throw new IllegalStateException("element type: " + type + " (expected: FLOAT), tensor \"" + name + "\"");
        }
        float[] values = new float[data.remaining() / Float.BYTES];
        data().asFloatBuffer().get(values);
        return values;
    }

    /**
     * The elements of a tensor of floats of any width, in float32; wider ones are rounded.
     *
     * @throws IllegalStateException if they are no floats
     */
    public float[] toFloats() {
        if (type == ElementType.FLOAT) {
            return floats();
        }
        if (!type.isFloat()) {
            throw new IllegalStateException("element type: " + type + " (expected: floats), tensor \"" + name + "\"");
        }
        float[] values = new float[Math.toIntExact(elements())];
        ByteBuffer elements = data();
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case FLOAT16 -> Widening.toFloat(elements.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(elements.getShort() << Short.SIZE);
                default -> (float) elements.getDouble();
            };
        }
        return values;
    }

    /**
     * The same tensor, of finite floats.
     *
     * @throws InvalidException if one is NaN or infinite: such weights cannot be compared, and have no grid
     */
    public ConstantTensor requireFinite() {
        for (float value : toFloats()) {
            if (!Float.isFinite(value)) {
                throw new InvalidException("weight: " + value + " (expected: finite numbers), tensor \"" + name + "\"");
            }
        }
        return this;
    }

    public ConstantTensor withName(String newName) {
        return new ConstantTensor(newName, type, dims, data, strings, doc);
    }
}
