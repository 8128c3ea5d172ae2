package dev.narrows.errors;

/** A link, a server or a model that is not there now; trying again later may help. */
public final class UnavailableException extends NarrowsException {

    public UnavailableException(String message) {
        super(message, null);
    }

    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
