package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;

/**
 * How weights are put on grids of a few levels.
 *
 * @param bits 4 or 2
 * @param group how many weights of a row share a scale: 16, 32, 64, 128 or 256, what the runtime's kernels take
 * @param symmetric whether 0 is the same level in all groups; otherwise each group says which
 */
public record BlockOptions(int bits, int group, boolean symmetric) {

    public static final int DEFAULT_GROUP = 32;

    public BlockOptions {
        if (bits != 4 && bits != 2) {
            throw new InvalidException("bits: " + bits + " (expected: 4 or 2)");
        }
        if (group < 16 || group > 256 || Integer.bitCount(group) != 1) {
            throw new InvalidException("group: " + group + " (expected: 16, 32, 64, 128 or 256)");
        }
    }

    /**
     * How many weights share a scale in rows of so many columns: as many groups as {@link #group} makes, of nearly the same
     * length, each of whole bytes. A row of 144 in groups of 128 becomes two of 72.
     */
    int evenGroup(int columns) {
        int groups = (columns + group - 1) / group;
        int each = 8 / bits;
        return ((columns + groups - 1) / groups + each - 1) / each * each;
    }

    /** The highest level; the lowest is 0. */
    int highest() {
        return (1 << bits) - 1;
    }

    /** The level that is 0 in all groups, if they are symmetric. */
    int middle() {
        return 1 << (bits - 1);
    }
}
