package dev.narrows.wire.weights;

/*
 * A binary tree over the indices, the highest bit first. A node's contexts: none but itself; its place in the kernel; its
 * row and its column, as layers' filters and channels differ in scale, most of all behind a folded batch normalisation; and
 * the index before it in its row.
 */

/** Codes which of a palette's values an element has. */
final class PaletteIndices {

    private static final int MOST = 1 << 12; // rows, columns and places that are told apart
    private static final int LAST_BITS = 3; // of the index before it
    private static final int DEPTHS = 8;

    private final int bits;
    private final MixedBit mixed;

    /** @param count of indices, 1 to 256 */
    PaletteIndices(WeightLayout layout, int count) {
        bits = Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
        int nodes = 1 << bits;
        mixed = new MixedBit(
                new int[] {
                    nodes,
                    nodes * Math.min(MOST, layout.places()),
                    nodes * Math.min(MOST, layout.rows()),
                    nodes * Math.min(MOST, layout.columns()),
                    nodes << LAST_BITS
                },
                DEPTHS);
    }

    /**
     * Codes an index.
     *
     * @param last the index before it
     * @return the index; a decoder's may be beyond the palette
     */
    int code(BinaryCoder coder, int index, int row, int column, int place, int last) {
        int node = 1;
        int before = last >> Math.max(0, bits - LAST_BITS);
        for (int depth = 0; depth < bits; depth++) {
            mixed.context(0, node);
            mixed.context(1, ((place % MOST) << bits) | node);
            mixed.context(2, ((row % MOST) << bits) | node);
            mixed.context(3, ((column % MOST) << bits) | node);
            mixed.context(4, (before << bits) | node);
            node = (node << 1) | mixed.code(coder, (index >> (bits - 1 - depth)) & 1, depth);
        }
        return node - (1 << bits);
    }
}
