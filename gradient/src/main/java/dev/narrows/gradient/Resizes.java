package dev.narrows.gradient;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Resize and its ancestor Upsample: nearest, linear and cubic, axis by axis. */
final class Resizes {

    private Resizes() {}

    static void addTo(Map<String, Kernel> kernels) {
        kernels.put("Resize", Resizes::resize);
        kernels.put("Upsample", Resizes::resize);
    }

    private static void resize(Call call) {
        Tensor x = call.input(0);
        if (call.integer("antialias", 0) != 0) {
            throw call.unsupported("antialias: 1 (expected: 0)");
        }
        Tensor y = x;
        Resampling.Axis[] axes = axes(call);
        for (int i = 0; i < axes.length; i++) {
            if (axes[i].scale() != 1 || axes[i].from() != axes[i].to()) {
                y = resampling(call, axes[i]).apply(y, i);
            }
        }
        call.output(y);
    }

    private static Resampling resampling(Call call, Resampling.Axis axis) {
        String transformation =
                call.opset() < 11 ? "asymmetric" : call.text("coordinate_transformation_mode", "half_pixel");
        LongToDoubleFunction coordinates = x -> Resampling.coordinate(call, transformation, axis, x);
        String mode = call.text("mode", "nearest");
        return switch (mode) {
            case "nearest" -> Resampling.nearest(axis, coordinates, rounding(call, axis));
            case "linear" -> Resampling.linear(axis, coordinates);
            case "cubic" ->
                Resampling.cubic(
                        axis, coordinates, call.real("cubic_coeff_a", -0.75), call.integer("exclude_outside", 0) == 1);
            default -> throw call.unsupported("mode: " + mode + " (expected: nearest, linear or cubic)");
        };
    }

    private static DoubleUnaryOperator rounding(Call call, Resampling.Axis axis) {
        if (call.opset() < 11) {
            return axis.scale() < 1 ? Math::ceil : Math::floor; // as ONNX Runtime has it
        }
        String mode = call.text("nearest_mode", "round_prefer_floor");
        return switch (mode) {
            case "round_prefer_floor" -> place -> Math.ceil(place - 0.5);
            case "round_prefer_ceil" -> place -> Math.floor(place + 0.5);
            case "floor" -> Math::floor;
            case "ceil" -> Math::ceil;
            default -> throw call.unsupported("nearest_mode: " + mode + " (expected: one of ONNX's)");
        };
    }

    /** Each axis of the input. */
    private static Resampling.Axis[] axes(Call call) {
        long[] shape = call.input(0).shape();
        long[] chosen = chosen(call, shape.length);
        Resampling.Axis[] axes = new Resampling.Axis[shape.length];
        Arrays.setAll(axes, i -> new Resampling.Axis(1, shape[i], shape[i]));
        if (call.opset() >= 11 && given(call, 3)) {
            long[] sizes = call.longs(3);
            check(call, "sizes", sizes.length, chosen.length);
            float[] scales = new float[sizes.length];
            for (int i = 0; i < sizes.length; i++) {
                scales[i] = (float) sizes[i] / shape[(int) chosen[i]];
            }
            String policy = call.text("keep_aspect_ratio_policy", "stretch");
            for (int i = 0; i < sizes.length; i++) {
                int axis = (int) chosen[i];
                if (policy.equals("stretch")) {
                    axes[axis] = new Resampling.Axis(scales[i], shape[axis], sizes[i]);
                } else {
                    float scale = extreme(scales, policy.equals("not_larger"));
                    axes[axis] = new Resampling.Axis(scale, shape[axis], Math.round(scale * shape[axis]));
                }
            }
        } else {
            float[] scales = scales(call);
            check(call, "scales", scales.length, chosen.length);
            for (int i = 0; i < scales.length; i++) {
                int axis = (int) chosen[i];
                axes[axis] = new Resampling.Axis(scales[i], shape[axis], (long) (scales[i] * shape[axis]));
            }
        }
        return axes;
    }

    private static long[] chosen(Call call, int rank) {
        long[] all = new long[rank];
        Arrays.setAll(all, i -> i);
        long[] chosen = call.integers("axes", all);
        Arrays.setAll(chosen, i -> call.axis(call.input(0), chosen[i]));
        return chosen;
    }

    private static float extreme(float[] scales, boolean least) {
        float extreme = scales[0];
        for (float scale : scales) {
            extreme = least ? Math.min(extreme, scale) : Math.max(extreme, scale);
        }
        return extreme;
    }

    private static float[] scales(Call call) {
        int input = call.opset() < 11 ? 1 : 2;
        if (given(call, input)) {
            return Torch.toHost(call.input(input).to(ScalarType.Float)).toFloats();
        }
        if (call.node().attributes().get("scales") instanceof Attribute.Floats floats) {
            float[] scales = new float[floats.values().size()];
            for (int i = 0; i < scales.length; i++) {
                scales[i] = floats.values().get(i);
            }
            return scales;
        }
        throw new InvalidException("scales: missing (expected: scales or sizes), " + call.place());
    }

    /** Sizes and scales that are not meant are absent or empty. */
    private static boolean given(Call call, int input) {
        return call.has(input) && call.input(input).numel() > 0;
    }

    private static void check(Call call, String name, int count, int axes) {
        if (count != axes) {
            throw new InvalidException(name + ": " + count + " (expected: " + axes + "), " + call.place());
        }
    }
}
