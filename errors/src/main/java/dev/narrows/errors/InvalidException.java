package dev.narrows.errors;

/** A value that breaks a rule: a graph with a cycle, a shape that does not fit, an option out of its range. */
public final class InvalidException extends NarrowsException {

    public InvalidException(String message) {
        super(message, null);
    }

    public InvalidException(String message, Throwable cause) {
        super(message, cause);
    }
}
