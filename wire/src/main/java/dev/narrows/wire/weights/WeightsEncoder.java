package dev.narrows.wire.weights;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Tries the kinds of code that suit a tensor, and takes the shortest. */
final class WeightsEncoder {

    private static final int FEW = 1 << 12; // elements of a tensor on which everything is tried
    private static final int SPARSE = 8; // one in so many elements is 0 at least

    private final WeightLayout layout;
    private final byte[] bytes;
    private byte[] shortest;

    WeightsEncoder(WeightLayout layout, byte[] bytes) {
        this.layout = layout;
        this.bytes = bytes;
        shortest = code(WeightsCode.Kind.STORED, bytes);
    }

    byte[] shortest() {
        if (bytes.length == 0) {
            return shortest;
        }
        take(code(WeightsCode.Kind.DEFLATED, Deflate.deflated(bytes)));
        Elements elements = new Elements(bytes, layout.width());
        Optional<Palette> palette = Palette.of(elements);
        if (palette.isPresent()) {
            take(code(
                    WeightsCode.Kind.PALETTE,
                    PaletteCode.encode(layout, palette.get()),
                    palette.get().size() - 1));
        }
        if (!palette.isPresent() || layout.elements() <= FEW) {
            int noise = PlanesCode.noise(elements);
            take(code(WeightsCode.Kind.PLANES, PlanesCode.encode(elements, noise), noise));
            if (zeros(elements) > layout.elements() / SPARSE) {
                take(code(WeightsCode.Kind.SPARSE, SparseCode.encode(layout, noise, bytes), noise));
            }
        }
        return shortest;
    }

    private void take(byte[] code) {
        shortest = code.length < shortest.length ? code : shortest;
    }

    private byte[] code(WeightsCode.Kind kind, byte[] body, int... parameters) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(kind.number());
        out.write(layout.width());
        integer(out, layout.rows());
        integer(out, layout.columns());
        integer(out, layout.places());
        for (int parameter : parameters) {
            out.write(parameter);
        }
        out.write(body, 0, body.length);
        return out.toByteArray();
    }

    /** As {@link CodeReader#integer} reads it. */
    private static void integer(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private static int zeros(Elements elements) {
        int zeros = 0;
        for (int i = 0; i < elements.count(); i++) {
            zeros += elements.get(i) == 0 ? 1 : 0;
        }
        return zeros;
    }
}
