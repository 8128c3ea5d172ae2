package dev.narrows.gradient;

import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * New positions along one axis: each output element is a weighted sum of few input elements, its taps. Coordinates are
 * computed in float32, in ONNX Runtime's order of operations, because nearest neighbours hang on their last bit.
 */
final class Resampling {

    /** How an axis is resized: the factor that ONNX calls scale, and the lengths before and after. */
    record Axis(float scale, long from, long to) {}

    private final long[][] places; // by tap, by output element
    private final double[][] weights;

    private Resampling(int taps, long to) {
        places = new long[taps][(int) to];
        weights = new double[taps][(int) to];
    }

    /** Where the element {@code x} of the output lies in the input, by ONNX's coordinate_transformation_mode. */
    static float coordinate(Call call, String mode, Axis axis, long x) {
        float scale = axis.scale();
        if (scale == 1) {
            return x;
        }
        return switch (mode) {
            case "asymmetric" -> x / scale;
            case "half_pixel" -> (x + 0.5f) / scale - 0.5f;
            case "pytorch_half_pixel" -> axis.to() > 1 ? (x + 0.5f) / scale - 0.5f : 0;
            case "tf_half_pixel_for_nn" -> (x + 0.5f) / scale;
            case "align_corners" -> axis.to() == 1 ? 0 : x * (float) (axis.from() - 1) / (axis.to() - 1);
            case "half_pixel_symmetric" -> {
                float adjustment = axis.to() / (scale * axis.from());
                float offset = axis.from() / 2f * (1 - adjustment);
                yield (float) (offset + (x + 0.5) / scale - 0.5);
            }
            default ->
                throw call.unsupported("coordinate_transformation_mode: " + mode
                        + " (expected: asymmetric, half_pixel, pytorch_half_pixel, half_pixel_symmetric, "
                        + "tf_half_pixel_for_nn or align_corners)");
        };
    }

    /** The one element that {@code rounding} picks from a coordinate. */
    static Resampling nearest(Axis axis, LongToDoubleFunction coordinates, DoubleUnaryOperator rounding) {
        Resampling made = new Resampling(1, axis.to());
        for (int x = 0; x < axis.to(); x++) {
            long place = (long) rounding.applyAsDouble(coordinates.applyAsDouble(x));
            made.places[0][x] = Math.min(Math.max(place, 0), axis.from() - 1);
            made.weights[0][x] = 1;
        }
        return made;
    }

    /** Between the two neighbours of a coordinate that is kept within the input. */
    static Resampling linear(Axis axis, LongToDoubleFunction coordinates) {
        Resampling made = new Resampling(2, axis.to());
        for (int x = 0; x < axis.to(); x++) {
            double place = Math.min(Math.max(coordinates.applyAsDouble(x), 0), axis.from() - 1.0);
            made.places[0][x] = (long) place;
            made.places[1][x] = Math.min((long) place + 1, axis.from() - 1);
            made.weights[0][x] = 1 - (place - (long) place);
            made.weights[1][x] = place - (long) place;
        }
        return made;
    }

    /** Cubic convolution (Keys 1981) over four neighbours, those outside repeated from the edge or left out. */
    static Resampling cubic(Axis axis, LongToDoubleFunction coordinates, double a, boolean excludeOutside) {
        Resampling made = new Resampling(4, axis.to());
        for (int x = 0; x < axis.to(); x++) {
            double place = coordinates.applyAsDouble(x);
            double sum = 0;
            for (int tap = 0; tap < 4; tap++) {
                double at = Math.floor(place) + tap - 1;
                boolean outside = at < 0 || at >= axis.from();
                double weight = excludeOutside && outside ? 0 : keys(Math.abs(place - at), a);
                made.places[tap][x] = (long) Math.min(Math.max(at, 0), axis.from() - 1.0);
                made.weights[tap][x] = weight;
                sum += weight;
            }
            for (int tap = 0; excludeOutside && tap < 4; tap++) {
                made.weights[tap][x] /= sum;
            }
        }
        return made;
    }

    private static double keys(double distance, double a) {
        if (distance <= 1) {
            return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
        }
        return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
    }

    /** The tensor resampled along one axis. */
    Tensor apply(Tensor x, int axis) {
        if (places.length == 1) {
            return x.index_select(axis, Torch.of(places[0]));
        }
        long[] along = Window.filled((int) x.dim(), 1);
        along[axis] = places[0].length;
        Tensor y = weighted(x, axis, 0, along);
        for (int tap = 1; tap < places.length; tap++) {
            y = y.add(weighted(x, axis, tap, along));
        }
        return y;
    }

    private Tensor weighted(Tensor x, int axis, int tap, long[] along) {
        Tensor weight = Torch.of(dev.narrows.engine.Tensor.of(weights[tap], along));
        return x.index_select(axis, Torch.of(places[tap])).mul(weight.to(x.scalar_type()));
    }
}
