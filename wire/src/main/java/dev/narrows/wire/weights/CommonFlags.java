package dev.narrows.wire.weights;

/*
 * Pruning leaves some filters, some input channels and some places of a kernel fuller than others, and full kernels beside
 * full ones. So a flag's contexts are: none; its row; its column; its column and place, in all rows so far; its six nearest
 * neighbours that are known; and how many of its own kernel were other, by place. Cf. the neighbours of DeepCABAC
 * (S. Wiedemann et al., 2020), which has one of these contexts at a time.
 */

/** Codes for each element whether it has the tensor's commonest value: with pruned weights, whether it is 0. */
final class CommonFlags {

    private static final int NEIGHBOURS = 6;
    private static final int MOST_PLACES = 64; // that are told apart
    private static final int COUNTS = 8;
    private static final int MOST = 1 << 20; // rows, columns and places in a row that are told apart
    private static final int AGES =
            6; // how many rows have been seen, as powers of 4: contexts of columns fill with them

    private final WeightLayout layout;
    private final byte[] others; // by element: 0 if it has the commonest value
    private final MixedBit flags;
    private int inKernel; // others so far in the present kernel

    /** @param others by element, filled in order by whoever codes: 0 if an element has the commonest value */
    CommonFlags(WeightLayout layout, byte[] others) {
        this.layout = layout;
        this.others = others;
        int places = Math.min(MOST_PLACES, layout.places());
        int inRow = layout.columns() * layout.places();
        flags = new MixedBit(
                new int[] {
                    1,
                    Math.min(MOST, layout.rows()),
                    Math.min(MOST, layout.columns()),
                    Math.min(MOST, inRow),
                    1 << NEIGHBOURS,
                    COUNTS * places
                },
                AGES);
    }

    /**
     * Codes the flag of an element, the one behind the last.
     *
     * @return 0 if it has the commonest value, else 1
     */
    int code(BinaryCoder coder, int bit, int row, int column, int place) {
        int inRow = column * layout.places() + place;
        if (place == 0) {
            inKernel = 0;
        }
        flags.context(1, row % MOST);
        flags.context(2, column % MOST);
        flags.context(3, inRow % MOST);
        flags.context(4, neighbours(row, column, place));
        flags.context(
                5,
                Math.min(COUNTS - 1, inKernel) * Math.min(MOST_PLACES, layout.places())
                        + Math.min(MOST_PLACES - 1, place));
        int flag = flags.code(coder, bit, age(row));
        inKernel += flag;
        return flag;
    }

    private int neighbours(int row, int column, int place) {
        int rowLength = layout.columns() * layout.places();
        int inRow = column * layout.places() + place;
        int at = row * rowLength + inRow;
        int found = inRow > 0 ? other(at - 1) : 0;
        found |= (inRow > 1 ? other(at - 2) : 0) << 1;
        found |= (row > 0 ? other(at - rowLength) : 0) << 2;
        found |= (row > 1 ? other(at - 2 * rowLength) : 0) << 3;
        found |= (column > 0 ? other(at - layout.places()) : 0) << 4;
        return found | ((row > 0 && inRow + 1 < rowLength ? other(at - rowLength + 1) : 0) << 5);
    }

    private int other(int at) {
        return others[at] == 0 ? 0 : 1;
    }

    private static int age(int seen) {
        return Math.min(AGES - 1, (Integer.SIZE - Integer.numberOfLeadingZeros(seen) + 1) / 2);
    }
}
