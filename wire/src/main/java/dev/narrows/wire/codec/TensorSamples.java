package dev.narrows.wire.codec;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a calibrator keeps of one tensor: the range of each channel, and items to count symbols in. */
final class TensorSamples {

    /** Elements kept, 64 MiB of them. */
    private static final int MOST_ELEMENTS = 1 << 24;

    /**
     * With a range for the whole tensor the median channel may lose this many times its resolution, two bits; beyond
     * that each channel has its own. In between one range is better: the same step everywhere has the least squared
     * error for its bits.
     */
    private static final double WIDER = 4;

    /** A channel's own range needs so many values to come from. */
    private static final long ENOUGH_VALUES = 256;

    /**
     * Ranges cover all that was seen: with entropy coding a symbol that hardly ever comes costs next to nothing. But two
     * bits have only three symbols beside zero, and where rare values set the range they are all that is not zero: if a
     * share of the ranges (in 20ths) has this many times less squared error, the best share is taken.
     *
     * <p>At MobileNetV2's features.13 (CodecSizes): q2 with all of the range changes 48 answers of 48, with the best
     * share 6. At q4 it does not pay: the full range changes 3 in 2,382 bytes an item, the best share none in 7,002,
     * where q6 changes none in 6,646.
     */
    private static final double WORTH_CLIPPING = 2.5;

    private static final int CLIPPING_BITS = 2;

    private static final int SHARES = 20;

    private final TensorSpec spec;
    private final Layout layout;
    private final float[] min;
    private final float[] max;
    private List<float[]> kept = new ArrayList<>();
    private long seen;
    private int stride = 1;

    TensorSamples(TensorSpec spec) {
        this.spec = spec;
        layout = Layout.of(spec);
        min = new float[layout.channels()];
        max = new float[layout.channels()];
        Arrays.fill(min, Float.POSITIVE_INFINITY);
        Arrays.fill(max, Float.NEGATIVE_INFINITY);
    }

    TensorSpec spec() {
        return spec;
    }

    /** Takes in the items of {@code value}; whether there were any. */
    boolean add(Tensor value) {
        float[] values = Fit.require(value, spec).toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(values[i]) <= Affine.MAX_VALUE)) {
                throw new InvalidException("value: " + values[i] + " (expected: at most " + Affine.MAX_VALUE
                        + " in magnitude), element " + i + ", tensor \"" + spec.name() + "\"");
            }
        }
        int size = layout.elements();
        for (int from = 0; from < values.length; from += size) {
            widen(values, from);
            if (seen++ % stride == 0) {
                keep(Arrays.copyOfRange(values, from, from + size));
            }
        }
        return values.length > 0;
    }

    private void widen(float[] values, int from) {
        int plane = layout.rows() * layout.columns();
        for (int i = 0; i < layout.elements(); i++) {
            int channel = i / plane % layout.channels();
            min[channel] = Math.min(min[channel], values[from + i]);
            max[channel] = Math.max(max[channel], values[from + i]);
        }
    }

    private void keep(float[] item) {
        kept.add(item);
        if (kept.size() > 2 && (long) kept.size() * layout.elements() > MOST_ELEMENTS) {
            List<float[]> everySecond = new ArrayList<>();
            for (int i = 0; i < kept.size(); i += 2) {
                everySecond.add(kept.get(i));
            }
            kept = everySecond;
            stride *= 2;
        }
    }

    QuantisedCodec codec(int bits) {
        Affine affine = bits <= CLIPPING_BITS ? leastError(bits) : affine(bits, 1);
        List<byte[]> symbols = new ArrayList<>();
        for (float[] item : kept) {
            symbols.add(affine.quantise(item, 0));
        }
        return new QuantisedCodec(spec, affine, ModelFitter.fit(layout, bits, symbols));
    }

    private Affine leastError(int bits) {
        Affine full = affine(bits, 1);
        Affine best = full;
        double least = squaredError(full);
        double worth = least / WORTH_CLIPPING;
        for (int share = SHARES - 1; share > 0; share--) {
            Affine narrower = affine(bits, share / (float) SHARES);
            double error = squaredError(narrower);
            if (error < least) {
                best = narrower;
                least = error;
            }
        }
        return least < worth ? best : full;
    }

    private double squaredError(Affine affine) {
        double sum = 0;
        float[] back = new float[layout.elements()];
        for (float[] item : kept) {
            affine.dequantise(affine.quantise(item, 0), back, 0);
            for (int i = 0; i < back.length; i++) {
                double error = (double) item[i] - back[i];
                sum += error * error;
            }
        }
        return sum;
    }

    /** The quantisation that covers {@code share} of the ranges. */
    private Affine affine(int bits, float share) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        double[] widths = new double[min.length];
        int wide = 0;
        for (int channel = 0; channel < min.length; channel++) {
            least = Math.min(least, min[channel]);
            most = Math.max(most, max[channel]);
            double width = (double) max[channel] - min[channel];
            if (width > 0) {
                widths[wide++] = width;
            }
        }
        Arrays.sort(widths, 0, wide);
        double median = wide == 0 ? 0 : widths[wide / 2];
        long valuesOfChannel = seen * layout.elements() / layout.channels();
        double whole = (double) most - least;
        if (whole > WIDER * median && valuesOfChannel >= ENOUGH_VALUES) {
            return Affine.spanning(layout, bits, scaled(min, share), scaled(max, share));
        }
        return Affine.spanning(layout, bits, new float[] {least * share}, new float[] {most * share});
    }

    private static float[] scaled(float[] values, float share) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = values[i] * share;
        }
        return scaled;
    }
}
