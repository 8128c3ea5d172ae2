package dev.narrows.data;

import java.util.List;
import java.util.Optional;

/** Items of one shape with their labels, by place. Thread-safe: several threads decode items at once. */
public interface Dataset {

    int size();

    /** What the values are. */
    Kind kind();

    /** The shape of one item, without a batch axis. */
    long[] shape();

    /**
     * The values of one item, row-major, in a new array; images (channels, height, width) in [0, 1], sound (samples) in
     * [-1, 1]; several modalities one behind the other, see {@link Kind.Several}.
     *
     * @param index 0 to {@link #size} less 1
     * @throws dev.narrows.errors.NarrowsException if the item's file cannot be read or does not fit
     */
    float[] values(int index);

    /**
     * The values of one item into an array that the caller uses again; in memory this makes no garbage.
     *
     * @param into of as many elements as {@link #shape} needs
     */
    default void values(int index, float[] into) {
        System.arraycopy(values(index), 0, into, 0, into.length);
    }

    /** The labels by task; the first is the one that is meant where none is named. Empty if there are none. */
    List<Labels> labels();

    /** What belongs together and must not be split, such as a speaker's name; empty if nothing is known. */
    Optional<String> group(int index);
}
