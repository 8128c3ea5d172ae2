package dev.narrows.train;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.WireTensor;
import dev.narrows.wire.codec.Calibrator;
import dev.narrows.wire.codec.Codecs;
import dev.narrows.wire.codec.CutCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an item's code takes once it is coded, by doing it: with the tables and contexts of the codec that is deployed. One
 * half of the items is coded with tables made from the other half, so that no item is in its own tables.
 */
final class CodedLength {

    private final String name;
    private final List<Tensor> items = new ArrayList<>(); // one each
    private boolean finite = true;

    /** @param name of the tensor that is coded */
    CodedLength(String name) {
        this.name = name;
    }

    /** @param codes (items, …) f32 whole numbers of 0 to 255; with NaN among them, as of a training that diverged, no length is finite */
    void add(Tensor codes) {
        for (float value : codes.toFloats()) {
            finite &= Float.isFinite(value);
        }
        for (int item = 0; item < codes.shape()[0]; item++) {
            items.add(codes.slice(item, item + 1));
        }
    }

    /**
     * The bits of one item's code on the mean, all framing counted; 0 if there is none.
     *
     * @throws dev.narrows.errors.InvalidException if a code held another value
     */
    double meanBits() {
        if (!finite) {
            return Double.POSITIVE_INFINITY;
        }
        if (items.isEmpty()) {
            return 0;
        }
        long bytes = 0;
        for (int half = 0; half < 2; half++) {
            CutCodec codec = codec(half);
            for (int item = half; item < items.size(); item += 2) {
                for (WireTensor part : codec.encode(Map.of(name, items.get(item)))) {
                    bytes += part.data().remaining();
                }
            }
        }
        return (double) bytes * Byte.SIZE / items.size();
    }

    /** Made from the items of the other half, or from the only one. */
    private CutCodec codec(int half) {
        long[] dims = items.get(0).shape();
        List<Long> shape = new ArrayList<>(List.of(-1L));
        for (int axis = 1; axis < dims.length; axis++) {
            shape.add(dims[axis]);
        }
        Calibrator calibrator = new Calibrator(List.of(new TensorSpec(name, DType.FLOAT32, shape)));
        for (int item = items.size() == 1 ? 0 : 1 - half; item < items.size(); item += 2) {
            calibrator.add(Map.of(name, items.get(item)));
        }
        return calibrator.build(Codecs.BOTTLENECK);
    }
}
