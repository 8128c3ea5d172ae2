package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Tensors joined, parted, sliced and repeated along their axes. */
final class Parts {

    private Parts() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Concat", Parts::concat);
        kernels.put("Split", Parts::split);
        kernels.put("Slice", Parts::slice);
        kernels.put("Expand", Parts::expand);
        kernels.put("Tile", call -> call.output(call.input(0).repeat(call.longs(1))));
    }

    private static void concat(Call call) {
        Tensor[] parts = new Tensor[call.inputs()];
        Arrays.setAll(parts, call::input);
        call.output(torch.cat(new TensorVector(parts), call.axis(parts[0], call.integer("axis", 1))));
    }

    /** Without lengths, as many parts as outputs; a length that does not divide makes the last one shorter. */
    private static void split(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.integer("axis", 0));
        long length = x.size(axis);
        long[] parts = Axes.given(call, "split", 1, 13).orElseGet(() -> {
            long[] even = new long[(int) call.integer("num_outputs", call.wanted())];
            long each = (length + even.length - 1) / even.length;
            Arrays.setAll(even, i -> Math.max(0, Math.min(each, length - i * each)));
            return even;
        });
        if (Arrays.stream(parts).sum() != length || parts.length < call.wanted()) {
            throw new InvalidException("split: " + Arrays.toString(parts) + " (expected: " + call.wanted()
                    + " lengths, together " + length + "), " + call.place());
        }
        long from = 0;
        for (long part : parts) {
            call.output(x.narrow(axis, from, part));
            from += part;
        }
    }

    private static void slice(Call call) {
        boolean inputs = call.opset() >= 10;
        Tensor x = call.input(0);
        long[] starts = inputs ? call.longs(1) : call.integers("starts");
        long[] ends = inputs ? call.longs(2) : call.integers("ends");
        long[] axes = Axes.given(call, "axes", 3, 10).orElse(Axes.all(starts.length));
        long[] steps = inputs && call.has(4) ? call.longs(4) : Window.filled(starts.length, 1);
        if (ends.length != starts.length || axes.length != starts.length || steps.length != starts.length) {
            throw new InvalidException("starts, ends, axes, steps: " + starts.length + ", " + ends.length + ", "
                    + axes.length + ", " + steps.length + " elements (expected: as many of each), " + call.place());
        }
        for (int i = 0; i < starts.length; i++) {
            x = sliced(call, x, call.axis(x, axes[i]), starts[i], ends[i], steps[i]);
        }
        call.output(x);
    }

    private static Tensor sliced(Call call, Tensor x, int axis, long start, long end, long step) {
        if (step == 0) {
            throw new InvalidException("step: 0 (expected: another), " + call.place());
        }
        long length = x.size(axis);
        long from = start < 0 ? start + length : start;
        long to = end < 0 ? end + length : end;
        if (step > 0) {
            from = Math.max(0, Math.min(from, length));
            to = Math.max(from, Math.min(to, length));
            return torch.slice(x, axis, new LongOptional(from), new LongOptional(to), step);
        }
        from = Math.min(Math.max(from, 0), length - 1); // as ONNX has it: a start before the first is the first
        to = Math.max(-1, Math.min(to, from));
        // libtorch has no negative steps: the elements from `to` (exclusive) to `from`, reversed
        Tensor reversed = x.narrow(axis, to + 1, from - to).flip(axis);
        return torch.slice(
                reversed,
                axis,
                new LongOptional(0),
                new LongOptional(from - to),
                step == Long.MIN_VALUE ? Long.MAX_VALUE : -step);
    }

    /** To the shape that the tensor and the wanted shape broadcast to; either may have more axes. */
    private static void expand(Call call) {
        Tensor x = call.input(0);
        long[] from = x.shape();
        long[] wanted = call.longs(1);
        long[] to = new long[Math.max(from.length, wanted.length)];
        for (int i = 1; i <= to.length; i++) {
            long own = i <= from.length ? from[from.length - i] : 1;
            long other = i <= wanted.length ? wanted[wanted.length - i] : 1;
            to[to.length - i] = own == 1 ? other : own;
            if (own != 1 && other != 1 && own != other) {
                throw new InvalidException("shape: " + Arrays.toString(wanted) + " (expected: such that "
                        + Arrays.toString(from) + " broadcasts), " + call.place());
            }
        }
        call.output(x.expand(to));
    }
}
