package dev.narrows.errors;

/** Two sound parts that do not fit each other: a code and a server's bundle, a cut and a network. */
public final class IncompatibleException extends NarrowsException {

    public IncompatibleException(String message) {
        super(message, null);
    }

    public IncompatibleException(String message, Throwable cause) {
        super(message, cause);
    }
}
