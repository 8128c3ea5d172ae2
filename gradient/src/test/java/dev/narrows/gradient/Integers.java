package dev.narrows.gradient;

import dev.narrows.engine.DType;
import dev.narrows.engine.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Integer and bool tensors for checks. */
final class Integers {

    /** The integer types that ONNX Runtime's kernels of most operators take. */
    static final List<DType> TYPES = List.of(DType.INT64, DType.INT32);

    private Integers() {}

    /** (values) i64. */
    static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    /** () i64. */
    static Tensor scalar(long value) {
        return Tensor.of(new long[] {value});
    }

    /** Values of {@code least} to {@code most}, the same for the same seed: (shape) i64. */
    static Tensor between(long seed, long least, long most, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] values = new long[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Arrays.setAll(values, i -> random.nextLong(least, most + 1));
        return Tensor.of(values, shape);
    }

    /** (shape) bool. */
    static Tensor bools(long seed, long... shape) {
        return between(seed, 0, 1, shape).to(DType.BOOL);
    }
}
