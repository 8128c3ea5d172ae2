package dev.narrows.plan;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.Shapes;
import dev.narrows.graph.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Made-up items that fit a network's inputs: floats uniform in [-1, 1), bytes over their whole range, other integers and
 * bools 0 or 1 (safe as indices). The same seed gives the same items.
 */
public final class RandomItems {

    private RandomItems() {}

    /** Items of one each for the inputs of a network. */
    public static List<Map<String, Tensor>> of(Network network, Shapes shapes, int count, long seed) {
        return of(network, shapes, count, seed, Map.of());
    }

    /**
     * Items of one each for the inputs of a network.
     *
     * @param fixed tensors that every item has instead of random ones, by input
     */
    public static List<Map<String, Tensor>> of(
            Network network, Shapes shapes, int count, long seed, Map<String, Tensor> fixed) {
        List<TensorSpec> specs = new ArrayList<>();
        for (ValueInfo input : network.inputs()) {
            Shapes.Shape shape = shapes.of(input.name())
                    .orElseThrow(() ->
                            new InvalidException("shape: unknown (expected: one), input \"" + input.name() + "\""));
            specs.add(new TensorSpec(input.name(), Elements.dtype(shape.element()), shape.dims()));
        }
        List<Map<String, Tensor>> items = new ArrayList<>();
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            Map<String, Tensor> item = new LinkedHashMap<>(item(specs, seeds.nextLong()));
            fixed.forEach((name, tensor) -> item.replace(name, tensor));
            items.add(item);
        }
        return items;
    }

    /** One random tensor for each spec, all of whose lengths must be known. */
    public static Map<String, Tensor> item(List<TensorSpec> specs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Tensor> item = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            if (spec.shape().contains(-1L)) {
                throw new InvalidException(
                        "shape: " + spec.shape() + " (expected: known lengths), input \"" + spec.name() + "\"");
            }
            item.put(spec.name(), tensor(spec, random.split()));
        }
        return item;
    }

    private static Tensor tensor(TensorSpec spec, SplittableRandom random) {
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        long elements = 1;
        for (long length : shape) {
            elements = Math.multiplyExact(elements, length);
        }
        int size = Math.toIntExact(elements);
        DType dtype = spec.dtype();
        if (dtype.isFloat()) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) (random.nextInt(1 << 24) * 0x1p-23 - 1); // exact in float32
            }
            Tensor floats = Tensor.of(values, shape);
            return dtype == DType.FLOAT32 ? floats : floats.to(dtype);
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(size, dtype.bytes()))
                .order(ByteOrder.nativeOrder());
        for (int i = 0; i < size; i++) {
            switch (dtype) {
                case INT8, UINT8 -> bytes.put((byte) random.nextInt(256));
                case INT16 -> bytes.putShort((short) random.nextInt(2));
                case INT32 -> bytes.putInt(random.nextInt(2));
                case INT64 -> bytes.putLong(random.nextInt(2));
                default -> bytes.put((byte) random.nextInt(2));
            }
        }
        return Tensor.of(dtype, bytes.flip(), shape);
    }
}
