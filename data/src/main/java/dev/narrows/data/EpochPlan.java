package dev.narrows.data;

import dev.narrows.augment.Augmentation;
import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Which items one epoch's batches have, and how each is made. A batch depends on its number alone; thread-safe. */
final class EpochPlan {

    private final Dataset data;
    private final BatchOptions options;
    private final int epoch;
    private final int @Nullable [] order;
    private final long[] shape;
    private final int length;

    EpochPlan(Dataset data, BatchOptions options, int epoch) {
        this.data = data;
        this.options = options;
        this.epoch = epoch;
        this.shape = data.shape();
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (elements * options.size() > Integer.MAX_VALUE / Float.BYTES) {
            throw new InvalidException("batch: " + options.size() + " items of " + elements
                    + " values (expected: less than 2^31 bytes together)");
        }
        this.length = (int) elements;
        this.order = options.shuffle() ? Seeds.order(data.size(), options.seed(), epoch) : null;
    }

    int batches() {
        return options.batches(data.size());
    }

    /** An array that {@link #batch} uses again and again; one a thread. */
    float[] scratch() {
        return new float[length];
    }

    /**
     * Decodes a batch.
     *
     * @param stopped asked before each item; nobody wants the batch once it says so, and what is given is unfinished
     */
    Batch batch(int number, float[] scratch, BooleanSupplier stopped) {
        int from = number * options.size();
        int count = Math.min(options.size(), data.size() - from);
        int[] indices = new int[count];
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(count * length * Float.BYTES).order(ByteOrder.nativeOrder());
        FloatBuffer values = bytes.asFloatBuffer();
        for (int i = 0; i < count && !stopped.getAsBoolean(); i++) {
            indices[i] = order == null ? from + i : order[from + i];
            values.put(item(indices[i], number, scratch));
        }
        long[] stacked = new long[shape.length + 1];
        stacked[0] = count;
        System.arraycopy(shape, 0, stacked, 1, shape.length);
        List<int[]> labels = data.labels().stream()
                .map(task -> Arrays.stream(indices).map(item -> task.of()[item]).toArray())
                .toList();
        return new Batch(indices, Tensor.of(DType.FLOAT32, bytes, stacked), labels);
    }

    private float[] item(int index, int number, float[] scratch) {
        try {
            data.values(index, scratch);
            Augmentation augmentation = options.augmentation();
            float[] values = augmentation == Augmentation.NONE
                    ? scratch
                    : augmentation.apply(scratch, shape.clone(), Seeds.item(options.seed(), epoch, index));
            if (values.length != length) {
                throw new InvalidException("values: " + values.length + " (expected: " + length + ", those of shape "
                        + Arrays.toString(shape) + ")");
            }
            return values;
        } catch (RuntimeException e) {
            String what = e instanceof NarrowsException ? e.getMessage() : e.toString();
            throw new ExecutionException(what + ", item " + index + ", batch " + number + " of epoch " + epoch, e);
        }
    }
}
