package dev.narrows.errors;

/** Something valid that Narrows cannot do: an operator, an opset, a data type, a datatype of the protocol. */
public final class UnsupportedException extends NarrowsException {

    public UnsupportedException(String message) {
        super(message, null);
    }

    public UnsupportedException(String message, Throwable cause) {
        super(message, cause);
    }
}
