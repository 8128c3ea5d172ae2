package dev.narrows.wire.codec;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.wire.WireTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** Tensors like those of networks, from a seed. */
final class CodecSamples {

    static final TensorSpec MAP = new TensorSpec("map", DType.FLOAT32, List.of(-1L, 5L, 6L, 7L));

    private static final Map<String, TensorCodec> CODECS = new ConcurrentHashMap<>();

    private CodecSamples() {}

    /** (items, channels, rows, columns) f32: smooth in space, mostly zero after a ReLU; channel 0 is all zero. */
    static float[] afterReLU(int items, int channels, int rows, int columns, Random random) {
        float[] values = new float[items * channels * rows * columns];
        for (int plane = 0, at = 0; plane < items * channels; plane++) {
            for (int i = 0; i < rows * columns; i++, at++) {
                double before = i == 0 ? 0 : values[at - 1];
                double next = 0.7 * before + random.nextGaussian() * 0.5 - 0.1 * (plane % channels);
                values[at] = plane % channels == 0 ? 0 : (float) Math.max(0, next);
            }
        }
        return values;
    }

    static Tensor map(int items, long seed) {
        return Tensor.of(afterReLU(items, 5, 6, 7, new Random(seed)), items, 5, 6, 7);
    }

    /** The codec of that name calibrated on 16 maps. */
    static TensorCodec codec(String name) {
        return CODECS.computeIfAbsent(name, any -> calibrated(any, MAP, map(16, 7)));
    }

    static TensorCodec calibrated(String name, TensorSpec spec, Tensor items) {
        Calibrator calibrator = new Calibrator(List.of(spec));
        calibrator.add(Map.of(spec.name(), items));
        return calibrator.build(name).tensors().get(0);
    }

    /** The tensor of that name, which is there. */
    static Tensor named(String name, Map<String, Tensor> values) {
        return Objects.requireNonNull(values.get(name), name);
    }

    static byte[] bytes(WireTensor tensor) {
        byte[] bytes = new byte[tensor.data().limit()];
        tensor.data().get(bytes);
        return bytes;
    }

    static WireTensor with(WireTensor tensor, byte[] bytes) {
        return new WireTensor(
                tensor.name(), tensor.datatype(), tensor.shape(), tensor.parameters(), ByteBuffer.wrap(bytes));
    }
}
