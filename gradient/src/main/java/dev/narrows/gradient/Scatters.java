package dev.narrows.gradient;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A tensor with some of its elements replaced, or combined with new ones. */
final class Scatters {

    private Scatters() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Scatter", Scatters::scatterElements); // its name before opset 11
        kernels.put("ScatterElements", Scatters::scatterElements);
        kernels.put("ScatterND", Scatters::scatterNd);
    }

    private static void scatterElements(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(x, call.integer("axis", 0));
        Tensor indices = Gathers.fromFront(call, call.input(1), x.size(axis));
        call.output(scattered(call, x, axis, indices, call.input(2)));
    }

    private static void scatterNd(Call call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1); // (axes..., indexed axes of x)
        long[] shape = x.shape();
        int indexed = (int) indices.size(indices.dim() - 1);
        Tensor rows = Gathers.rows(call, indices, shape, 0).reshape(-1, 1);
        long slice = Axes.product(shape, indexed, shape.length);
        Tensor flat = x.reshape(Axes.product(shape, 0, indexed), slice);
        Tensor updates = call.input(2).reshape(rows.size(0), slice);
        call.output(scattered(call, flat, 0, rows.expand(rows.size(0), slice), updates)
                .reshape(shape));
    }

    private static Tensor scattered(Call call, Tensor data, int axis, Tensor indices, Tensor changes) {
        Tensor x = MixedPrecision.raise(data, changes);
        Tensor updates = MixedPrecision.raise(changes, data);
        String reduction = call.text("reduction", "none");
        return switch (reduction) {
            case "none" -> x.scatter(axis, indices, updates);
            case "add" -> x.scatter_add(axis, indices, updates);
            case "mul" -> x.scatter_reduce(axis, indices, updates, "prod", true);
            case "max" -> x.scatter_reduce(axis, indices, updates, "amax", true);
            case "min" -> x.scatter_reduce(axis, indices, updates, "amin", true);
            default -> throw call.unsupported("reduction: " + reduction + " (expected: none, add, mul, max or min)");
        };
    }
}
