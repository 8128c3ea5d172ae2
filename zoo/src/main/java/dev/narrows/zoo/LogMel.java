package dev.narrows.zoo;

import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A log-mel spectrogram made inside the network: framing and DFT are one convolution with fixed kernels, then squares, mel
 * bands as a 1 × 1 convolution, and the logarithm of power + {@value #FLOOR}. The constants are named
 * {@code frontend.dft}, {@code frontend.mel}, {@code frontend.floor}. Frames are not padded: 1 + (samples − window) / hop
 * of them. A batch normalisation of each band ({@code logmel.bn}, parameters as others) learns the bands' means and
 * deviations.
 */
final class LogMel {

    /** Power at which silence ends: −60 dB of a full-scale square wave. */
    static final double FLOOR = 1e-6;

    private LogMel() {}

    /**
     * @param pcm (samples)
     * @return (mels, frames)
     */
    static Value of(NetworkBuilder builder, Value pcm, int rate, Architecture architecture) {
        int window = samples(architecture.number("window"), rate);
        int hop = samples(architecture.number("hop"), rate);
        int mels = architecture.whole("mels");
        double low = architecture.number("low");
        double high = Math.min(architecture.number("high"), rate / 2.0);
        if (low >= high) {
            throw new InvalidException("low: " + low + " Hz (expected: less than high, " + high + " Hz), rate " + rate);
        }
        MelBank bank = new MelBank(rate, window, mels, low, high);
        long samples = pcm.elements();
        if (samples < window) {
            throw new InvalidException("samples: " + samples + " (expected: a window of " + window + " at least)");
        }
        List<Long> frames = List.of((long) bank.rows(), (samples - window) / hop + 1);
        List<Long> bands = List.of((long) mels, frames.get(1));

        String dft = builder.frozen("dft", bank.dft(), List.of((long) bank.rows(), 1L, (long) window));
        String mel = builder.frozen("mel", bank.weights(), List.of((long) mels, (long) bank.rows(), 1L));
        String floor = builder.frozen("floor", new float[] {(float) FLOOR}, List.of());
        Value channel = unsqueezed(builder, "pcm.channel", pcm);
        Value spectrum = builder.node(
                "spectrum",
                "Conv",
                List.of(channel.name(), dft),
                Map.of("kernel_shape", ints(window), "strides", ints(hop)),
                frames);
        Value power = builder.node("power", "Mul", List.of(spectrum.name(), spectrum.name()), Map.of(), frames);
        Value mean = builder.node("mel", "Conv", List.of(power.name(), mel), Map.of("kernel_shape", ints(1)), bands);
        Value floored = builder.node("mel.floored", "Add", List.of(mean.name(), floor), Map.of(), bands);
        Value logarithm = builder.node("logmel", "Log", List.of(floored.name()), Map.of(), bands);
        return builder.batchNorm("logmel.bn", logarithm);
    }

    /** The same with a channel axis in front. */
    static Value unsqueezed(NetworkBuilder builder, String name, Value x) {
        List<Long> shape = new ArrayList<>(List.of(1L));
        shape.addAll(x.shape());
        return builder.node(name, "Unsqueeze", List.of(x.name(), builder.longs(name + ".axes", 1)), Map.of(), shape);
    }

    private static int samples(double millis, int rate) {
        return (int) Math.max(1, Math.round(millis * rate / 1000));
    }

    private static Attribute ints(long length) {
        return new Attribute.Ints(List.of(length));
    }
}
