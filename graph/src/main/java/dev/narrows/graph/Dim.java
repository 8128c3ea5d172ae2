package dev.narrows.graph;

/** One axis of a shape: a known length, a length with a name, or an unknown one. */
public sealed interface Dim {

    /** A known length, 0 or more. */
    record Known(long length) implements Dim {}

    /** A length that has the same value wherever the name stands. */
    record Symbol(String name) implements Dim {}

    /** A length of which nothing is known. */
    record Unknown() implements Dim {}

    static Dim of(long length) {
        return length < 0 ? new Unknown() : new Known(length);
    }

    /** The length, or -1 where it is not known. */
    default long lengthOrMinusOne() {
        return this instanceof Known known ? known.length() : -1;
    }
}
