package dev.narrows.graph;

import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
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

    public ConstantTensor {
        dims = List.copyOf(dims);
        strings = List.copyOf(strings);
        data = data.slice().asReadOnlyBuffer();
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
        long expected = type == ElementType.STRING ? strings.size() : data.remaining();
        long actual = type == ElementType.STRING ? elements : type.sizeBytes(elements);
        if (expected != actual) {
            throw new InvalidException("data: " + expected + " (expected: " + actual
                    + (type == ElementType.STRING ? " strings" : " bytes") + " for " + type + dims + "), tensor \""
                    + name
                    + "\"");
        }
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    public long elements() {
        long elements = 1;
        for (long dim : dims) {
            elements *= dim;
        }
        return elements;
    }

    public ConstantTensor withName(String newName) {
        return new ConstantTensor(newName, type, dims, data, strings, doc);
    }
}
