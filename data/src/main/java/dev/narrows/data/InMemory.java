package dev.narrows.data;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.InvalidException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Items that are in memory as one tensor, in the type that their file has: a byte a pixel where the file has bytes.
 * Converted to float32 when they are asked for.
 */
public final class InMemory implements Dataset {

    /** u8 as a share of 255. */
    private static final float[] LEVELS = new float[256];

    static {
        for (int value = 0; value < LEVELS.length; value++) {
            LEVELS[value] = value / 255f;
        }
    }

    private final Kind kind;
    private final Tensor items;
    private final int length;
    private final List<Labels> labels;
    private final List<String> groups;
    private final ByteBuffer bytes;
    private final FloatBuffer floats;

    /**
     * Items in a tensor.
     *
     * @param items (items, …) of any type. u8 of images are divided by 255, so that they lie in [0, 1]; anything else
     *     counts as it stands
     * @param labels by task, each for all items; may be empty
     * @param groups of each item, or empty if nothing is known
     * @throws InvalidException if labels or groups are not as many as the items
     */
    public static InMemory of(Kind kind, Tensor items, List<Labels> labels, List<String> groups) {
        return new InMemory(kind, items, labels, groups);
    }

    private InMemory(Kind kind, Tensor items, List<Labels> labels, List<String> groups) {
        if (items.rank() < 1) {
            throw new InvalidException("items: " + items + " (expected: axis 0 counts them)");
        }
        long size = items.dim(0);
        for (Labels task : labels) {
            requireCount("labels of task \"" + task.task() + "\"", task.of().length, size);
        }
        if (!groups.isEmpty()) {
            requireCount("groups", groups.size(), size);
        }
        this.kind = kind;
        this.items = items;
        this.length = size == 0 ? 0 : Math.toIntExact(items.elements() / size);
        this.labels = List.copyOf(labels);
        this.groups = List.copyOf(groups);
        this.bytes = items.bytes();
        this.floats = bytes.asFloatBuffer();
    }

    private static void requireCount(String what, long count, long size) {
        if (count != size) {
            throw new InvalidException(what + ": " + count + " (expected: " + size + ", one for each item)");
        }
    }

    @Override
    public int size() {
        return (int) items.dim(0);
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public long[] shape() {
        return Arrays.copyOfRange(items.shape(), 1, items.rank());
    }

    @Override
    public float[] values(int index) {
        float[] values = new float[length];
        values(index, values);
        return values;
    }

    @Override
    public void values(int index, float[] into) {
        Objects.checkIndex(index, size());
        if (items.dtype() == DType.FLOAT32) {
            floats.get(index * length, into, 0, length);
        } else if (items.dtype() == DType.UINT8 && kind instanceof Kind.Image) {
            int from = index * length;
            for (int i = 0; i < length; i++) {
                into[i] = LEVELS[bytes.get(from + i) & 0xFF];
            }
        } else {
            System.arraycopy(items.slice(index, index + 1L).toFloats(), 0, into, 0, length);
        }
    }

    @Override
    public List<Labels> labels() {
        return labels;
    }

    @Override
    public Optional<String> group(int index) {
        return groups.isEmpty() ? Optional.empty() : Optional.of(groups.get(index));
    }
}
