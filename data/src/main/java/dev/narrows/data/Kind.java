package dev.narrows.data;

/** What the values of an item are, for those who disturb, show or code them. */
public sealed interface Kind {

    /** (channels, height, width) in [0, 1]; 1 channel is grey, 3 are red, green and blue. */
    record Image() implements Kind {}

    /**
     * (samples) in [-1, 1].
     *
     * @param rate samples a second
     */
    record Sound(int rate) implements Kind {}

    /** Windows of measured series: (channels, steps), in the units of the file. */
    record Series() implements Kind {}

    /** Anything else. */
    record Values() implements Kind {}
}
