package dev.narrows.train;

import dev.narrows.errors.IncompatibleException;
import dev.narrows.gradient.Torch;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What is done to values before a network takes them: {@code mean} is taken off, the rest is divided by {@code deviation},
 * channel by channel, as the network was trained.
 *
 * @param mean of each channel, or one for all; empty for 0
 * @param deviation of each channel, or one for all; empty for 1
 */
public record Scale(List<Float> mean, List<Float> deviation) {

    /** Leaves values as they are. */
    public static final Scale NONE = new Scale(List.of(), List.of());

    public Scale {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (!deviation.isEmpty() && !mean.isEmpty() && mean.size() != deviation.size()) {
            throw new IncompatibleException(
                    "mean: " + mean.size() + " channels (expected: as the deviation, " + deviation.size() + ")");
        }
        mean.forEach(value -> Range.require("mean", value, -Float.MAX_VALUE, Float.MAX_VALUE));
        deviation.forEach(value -> Range.require("deviation", value, Float.MIN_NORMAL, Float.MAX_VALUE));
    }

    /** @param values (items, channels, …) f32 */
    Tensor apply(Tensor values) {
        Tensor shifted = mean.isEmpty() ? values : values.sub(perChannel(mean, values.dim()));
        return deviation.isEmpty() ? shifted : shifted.div(perChannel(deviation, values.dim()));
    }

    /** The same in Java's memory, to the same bits. */
    dev.narrows.engine.Tensor applyHost(dev.narrows.engine.Tensor values) {
        if (mean.isEmpty() && deviation.isEmpty()) {
            return values;
        }
        float[] scaled = values.toFloats();
        long[] shape = values.shape();
        int channels = shape.length > 1 ? Math.toIntExact(shape[1]) : 1;
        int each = scaled.length / Math.toIntExact(Math.max(1, shape[0])) / channels;
        for (int i = 0; i < scaled.length; i++) {
            int channel = i / each % channels;
            float shifted = mean.isEmpty() ? scaled[i] : scaled[i] - mean.get(mean.size() == 1 ? 0 : channel);
            scaled[i] = deviation.isEmpty() ? shifted : shifted / deviation.get(deviation.size() == 1 ? 0 : channel);
        }
        return dev.narrows.engine.Tensor.of(scaled, shape);
    }

    private static Tensor perChannel(List<Float> numbers, long rank) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i);
        }
        long[] shape = new long[(int) rank];
        Arrays.fill(shape, 1);
        shape[values.length == 1 ? 0 : 1] = values.length;
        return Torch.of(dev.narrows.engine.Tensor.of(values, shape));
    }

    /**
     * @param shape of an item
     * @throws IncompatibleException if it has not as many channels
     */
    void require(long[] shape) {
        int channels = Math.max(mean.size(), deviation.size());
        if (channels > 1 && (shape.length == 0 || shape[0] != channels)) {
            throw new IncompatibleException("items: " + Arrays.toString(shape) + " (expected: of " + channels
                    + " channels, as the mean and the deviation)");
        }
    }
}
