package dev.narrows.errors;

/** Bytes that are not what they claim to be: a truncated file, a wrong checksum, JSON that does not parse. */
public final class MalformedException extends NarrowsException {

    public MalformedException(String message) {
        super(message, null);
    }

    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}
