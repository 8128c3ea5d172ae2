package dev.narrows.wire.weights;

/** Codes a tensor of many different values and many zeros: for each element whether it is 0, and else its bytes. */
final class SparseCode {

    private SparseCode() {}

    static byte[] encode(WeightLayout layout, int noise, byte[] bytes) {
        BinaryEncoder out = new BinaryEncoder();
        code(out, layout, noise, bytes);
        return out.finish();
    }

    /** The elements' bytes. */
    static byte[] decode(BinaryDecoder in, WeightLayout layout, int noise) {
        byte[] bytes = new byte[layout.bytes()];
        code(in, layout, noise, bytes);
        return bytes;
    }

    /** Codes all elements; those of a decoder, 0 at first, are filled in. */
    private static void code(BinaryCoder coder, WeightLayout layout, int noise, byte[] bytes) {
        Elements elements = new Elements(bytes, layout.width());
        byte[] others = new byte[layout.elements()];
        CommonFlags flags = new CommonFlags(layout, others);
        BytePlanes planes = new BytePlanes(layout.width(), noise);
        int at = 0;
        for (int row = 0; row < layout.rows(); row++) {
            for (int column = 0; column < layout.columns(); column++) {
                for (int place = 0; place < layout.places(); place++, at++) {
                    long element = elements.get(at);
                    if (flags.code(coder, element == 0 ? 0 : 1, row, column, place) == 1) {
                        others[at] = 1;
                        elements.set(at, planes.code(coder, element));
                    }
                }
            }
        }
    }
}
