package dev.narrows.graph;

import com.google.protobuf.ByteString;

/** A part of a file that is carried as its bytes, unread: what this package has no words for is not lost. */
public final class Encoded {

    public static final Encoded NONE = new Encoded(ByteString.EMPTY);

    private final ByteString bytes;

    Encoded(ByteString bytes) {
        this.bytes = bytes;
    }

    ByteString bytes() {
        return bytes;
    }

    public boolean isEmpty() {
        return bytes.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Encoded encoded && encoded.bytes.equals(bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return bytes.size() + " bytes";
    }
}
