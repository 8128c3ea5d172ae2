package dev.narrows.gradient;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Sums, means, extremes, products and norms over axes. Integers stay of their type, as ONNX has it. */
final class Reductions {

    /** A function over axes that leaves them in the result, 1 long. */
    @FunctionalInterface
    private interface Reduction {
        Tensor over(Tensor x, long[] axes);
    }

    private Reductions() {}

    static void addTo(Map<String, Kernel> kernels) {
        add(kernels, "ReduceSum", 13, Reductions::sum);
        add(kernels, "ReduceMean", 18, Reductions::mean);
        add(kernels, "ReduceMax", 18, (x, axes) -> x.amax(axes, true));
        add(kernels, "ReduceMin", 18, (x, axes) -> x.amin(axes, true));
        add(kernels, "ReduceProd", 18, Reductions::product);
        add(kernels, "ReduceL1", 18, (x, axes) -> sum(x.abs(), axes));
        add(kernels, "ReduceL2", 18, (x, axes) -> real(x, wide -> norm(wide, axes)));
        add(kernels, "ReduceSumSquare", 18, (x, axes) -> sum(x.mul(x), axes));
        add(
                kernels,
                "ReduceLogSum",
                18,
                (x, axes) -> real(x, wide -> sum(wide, axes).log()));
        add(kernels, "ReduceLogSumExp", 18, (x, axes) -> real(x, wide -> torch.logsumexp(wide, axes, true)));
    }

    /** Registers a reduction whose axes are an input from opset {@code since} on, an attribute before that. */
    private static void add(Map<String, Kernel> kernels, String name, long since, Reduction reduction) {
        kernels.put(name, call -> {
            Tensor x = call.input(0);
            long[] given = Axes.given(call, "axes", 1, since).orElse(new long[0]);
            if (given.length == 0 && call.integer("noop_with_empty_axes", 0) != 0) {
                // The function of every element alone, as over an axis 1 long.
                long added = x.dim();
                call.output(
                        reduction.over(x.unsqueeze(added), new long[] {added}).squeeze(added));
                return;
            }
            long[] axes = given.length == 0 ? Axes.all(x.dim()) : Axes.ascending(call, given, x.dim());
            Tensor kept = reduction.over(x, axes);
            call.output(call.integer("keepdims", 1) != 0 ? kept : kept.reshape(without(axes, x.shape())));
        });
    }

    private static long[] without(long[] axes, long[] shape) {
        return LongStream.range(0, shape.length)
                .filter(axis -> Arrays.binarySearch(axes, axis) < 0)
                .map(axis -> shape[(int) axis])
                .toArray();
    }

    private static Tensor sum(Tensor x, long[] axes) {
        return x.sum(axes, true, new ScalarTypeOptional(x.scalar_type()));
    }

    /** Of integers the quotient without its fraction. */
    private static Tensor mean(Tensor x, long[] axes) {
        if (x.is_floating_point()) {
            return x.mean(axes, true, new ScalarTypeOptional());
        }
        long count = Arrays.stream(axes).map(x::size).reduce(1, (a, b) -> a * b);
        try (BytePointer rounding = new BytePointer("trunc")) {
            return sum(x, axes).div(new Scalar(count), new StringViewOptional(rounding));
        }
    }

    private static Tensor product(Tensor x, long[] axes) {
        Tensor product = x;
        for (long axis : axes) {
            product = product.prod(axis, true, new ScalarTypeOptional(x.scalar_type()));
        }
        return product;
    }

    /** libtorch's own norm: its gradient at 0 is 0, where that of a square root is not a number. */
    private static Tensor norm(Tensor x, long[] axes) {
        return torch.linalg_vector_norm(x, new Scalar(2.0), axes, true, new ScalarTypeOptional());
    }

    /** Integers by way of float64 and back. */
    private static Tensor real(Tensor x, UnaryOperator<Tensor> function) {
        return x.is_floating_point()
                ? function.apply(x)
                : function.apply(x.to(ScalarType.Double)).to(x.scalar_type());
    }
}
