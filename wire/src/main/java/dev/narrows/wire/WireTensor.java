package dev.narrows.wire;

import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor as a message carries it.
 *
 * @param name the tensor's name
 * @param datatype the protocol's name of the element type, see {@link Datatype}
 * @param shape its axes; of BYTES {@code [items]}
 * @param parameters parameters of this tensor
 * @param data elements in row-major order, little-endian; of BYTES each string behind its length as 4 little-endian
 *     bytes. Read-only, positioned at 0.
 */
public record WireTensor(String name, String datatype, List<Long> shape, Parameters parameters, ByteBuffer data) {

    public WireTensor {
        shape = List.copyOf(shape);
        for (long axis : shape) {
            if (axis < 0) {
                throw new InvalidException("axis: " + axis + " (expected: 0 or more), tensor \"" + name + "\"");
            }
        }
        data = data.slice().asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate();
    }
}
