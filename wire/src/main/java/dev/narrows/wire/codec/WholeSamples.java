package dev.narrows.wire.codec;

import dev.narrows.engine.Tensor;
import dev.narrows.engine.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a calibrator keeps of one tensor as long as it holds whole numbers of 0 to 255: items to count symbols in. */
final class WholeSamples {

    /** Elements kept, a byte each. */
    private static final int MOST_ELEMENTS = 1 << 24;

    private final TensorSpec spec;
    private final Layout layout;
    private List<byte[]> kept = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();
    private int largest;
    private long seen;
    private int stride = 1;

    WholeSamples(TensorSpec spec) {
        this.spec = spec;
        layout = Layout.of(spec);
    }

    TensorSpec spec() {
        return spec;
    }

    /** Takes in the items of {@code value}, until one is no whole number. */
    void add(Tensor value) {
        if (refusal.isPresent()) {
            return;
        }
        float[] values = Fit.require(value, spec).toFloats();
        byte[] symbols = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            symbols[i] = (byte) (int) values[i];
            if ((symbols[i] & 0xFF) != values[i]) {
                refusal = Optional.of("value: " + values[i] + " (expected: a whole number, 0 to 255), element " + i
                        + ", tensor \"" + spec.name() + "\"");
                kept = List.of();
                return;
            }
            largest = Math.max(largest, symbols[i] & 0xFF);
        }
        int size = layout.elements();
        for (int from = 0; from < symbols.length; from += size) {
            if (seen++ % stride == 0) {
                keep(Arrays.copyOfRange(symbols, from, from + size));
            }
        }
    }

    private void keep(byte[] item) {
        kept.add(item);
        if (kept.size() > 2 && (long) kept.size() * layout.elements() > MOST_ELEMENTS) {
            List<byte[]> everySecond = new ArrayList<>();
            for (int i = 0; i < kept.size(); i += 2) {
                everySecond.add(kept.get(i));
            }
            kept = everySecond;
            stride *= 2;
        }
    }

    /** Why there is no codec for this tensor: the first value that is no whole number, and where it came. */
    Optional<String> refusal() {
        return refusal;
    }

    /** The codec, with bits enough for the largest number that came. Only without a {@link #refusal}. */
    BottleneckCodec codec() {
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(largest));
        return new BottleneckCodec(spec, ModelFitter.fitFinely(layout, bits, kept));
    }
}
