package dev.narrows.cloud;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.wire.Datatype;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Tensors of several items taken apart, for networks that take one item at a time. */
final class Items {

    private Items() {}

    /**
     * The number of items of a cut's tensors: the length of axis 0, which must be the same for all.
     *
     * @throws InvalidException if a tensor has no axis, or they differ
     */
    static long count(List<WireTensor> tensors) {
        long items = -1;
        for (WireTensor tensor : tensors) {
            if (tensor.shape().isEmpty() || (items != -1 && tensor.shape().get(0) != items)) {
                throw new InvalidException("shape: " + tensor.shape() + " (expected: axis 0 counts "
                        + (items == -1 ? "items" : items + " items") + "), tensor \"" + tensor.name() + "\"");
            }
            items = tensor.shape().get(0);
        }
        return items;
    }

    /** One list of tensors for each item, each of shape (1, …). Shares the data. */
    static List<List<WireTensor>> split(List<WireTensor> tensors) {
        int items = (int) count(tensors);
        List<List<WireTensor>> parts = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            parts.add(new ArrayList<>());
        }
        for (WireTensor tensor : tensors) {
            List<Long> shape = new ArrayList<>(tensor.shape());
            shape.set(0, 1L);
            int at = 0;
            for (int item = 0; item < items; item++) {
                int length =
                        tensor.datatype().equals(Datatype.BYTES) ? stringLength(tensor, at) : stride(tensor, items);
                ByteBuffer data = tensor.data();
                data.position(at).limit(at + length);
                parts.get(item).add(new WireTensor(tensor.name(), tensor.datatype(), shape, tensor.parameters(), data));
                at += length;
            }
            if (at != tensor.data().limit()) {
                throw new MalformedException("data: " + tensor.data().limit() + " bytes (expected: " + at
                        + "), tensor \"" + tensor.name() + "\"");
            }
        }
        return parts;
    }

    private static int stride(WireTensor tensor, int items) {
        int bytes = tensor.data().limit();
        if (bytes % items != 0) {
            throw new MalformedException("data: " + bytes + " bytes (expected: a multiple of " + items
                    + " items), tensor \"" + tensor.name() + "\"");
        }
        return bytes / items;
    }

    /** Bytes of the string at {@code at}, those of its length included. */
    private static int stringLength(WireTensor tensor, int at) {
        ByteBuffer data = tensor.data().order(ByteOrder.LITTLE_ENDIAN);
        int rest = data.limit() - at;
        int length = rest < 4 ? -1 : data.getInt(at);
        if (length < 0 || length > rest - 4) {
            throw new MalformedException("string: " + (rest < 4 ? rest + " bytes" : length + " bytes long")
                    + " (expected: within the " + rest + " bytes left), byte " + at + ", tensor \"" + tensor.name()
                    + "\"");
        }
        return 4 + length;
    }
}
