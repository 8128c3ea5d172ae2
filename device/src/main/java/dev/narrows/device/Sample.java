package dev.narrows.device;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * An item to measure with: seeded noise in [-0.5, 0.5) where the network takes float32, zeros elsewhere. Noise and not
 * zeros, because a quantised code of zeros is nearly free.
 */
final class Sample {

    private static final long SEED = 1;

    private Sample() {}

    /** One item for these inputs; an axis of any length is 1 long. */
    static Map<String, Tensor> of(List<TensorSpec> inputs) {
        Random random = new Random(SEED);
        Map<String, Tensor> item = new LinkedHashMap<>();
        for (TensorSpec spec : inputs) {
            long[] shape = new long[spec.shape().size()];
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = Math.max(1, spec.shape().get(axis)); // -1 and 0 as well
            }
            item.put(
                    spec.name(),
                    spec.dtype() == DType.FLOAT32 ? noise(random, shape) : Tensor.zeros(spec.dtype(), shape));
        }
        return item;
    }

    private static Tensor noise(Random random, long[] shape) {
        long elements = 1;
        for (long axis : shape) {
            elements *= axis;
        }
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(4 * elements)).order(ByteOrder.nativeOrder());
        for (int at = 0; at < bytes.limit(); at += 4) {
            bytes.putFloat(at, random.nextFloat() - 0.5f);
        }
        return Tensor.of(DType.FLOAT32, bytes, shape);
    }
}
