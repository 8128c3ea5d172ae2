package dev.narrows.wire.weights;

import dev.narrows.errors.MalformedException;

/** Codes a tensor of few different values: the values, then for each element whether it has the commonest, and else which. */
final class PaletteCode {

    private final WeightLayout layout;
    private final int size;
    private final byte[] symbols;
    private final CommonFlags flags;
    private final PaletteIndices indices;

    private PaletteCode(WeightLayout layout, int size, byte[] symbols) {
        this.layout = layout;
        this.size = size;
        this.symbols = symbols;
        flags = new CommonFlags(layout, symbols);
        indices = new PaletteIndices(layout, Math.max(1, size - 1));
    }

    static byte[] encode(WeightLayout layout, Palette palette) {
        BinaryEncoder out = new BinaryEncoder();
        BytePlanes values = new BytePlanes(layout.width(), 0);
        for (int i = 0; i < palette.size(); i++) {
            values.code(out, palette.value(i));
        }
        new PaletteCode(layout, palette.size(), palette.symbols()).code(out);
        return out.finish();
    }

    /** The elements' bytes. */
    static byte[] decode(BinaryDecoder in, WeightLayout layout, int size) {
        BytePlanes planes = new BytePlanes(layout.width(), 0);
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = planes.code(in, 0);
        }
        byte[] symbols = new byte[layout.elements()];
        new PaletteCode(layout, size, symbols).code(in);
        byte[] bytes = new byte[layout.bytes()];
        Elements elements = new Elements(bytes, layout.width());
        for (int i = 0; i < symbols.length; i++) {
            elements.set(i, values[symbols[i] & 0xFF]);
        }
        return bytes;
    }

    /** Codes all symbols; those of a decoder are filled in. */
    private void code(BinaryCoder coder) {
        int at = 0;
        for (int row = 0; row < layout.rows(); row++) {
            int last = 0;
            for (int column = 0; column < layout.columns(); column++) {
                for (int place = 0; place < layout.places(); place++, at++) {
                    int symbol = symbols[at] & 0xFF;
                    if (flags.code(coder, symbol == 0 ? 0 : 1, row, column, place) == 1) {
                        last = indices.code(coder, symbol - 1, row, column, place, last);
                        if (last >= size - 1) {
                            throw new MalformedException("value: number " + (last + 1) + " (expected: below " + size
                                    + "), element " + at + ", byte " + coder.at());
                        }
                        symbols[at] = (byte) (last + 1);
                    }
                }
            }
        }
    }
}
