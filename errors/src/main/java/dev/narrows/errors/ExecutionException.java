package dev.narrows.errors;

/** A run that failed inside the runtime. */
public final class ExecutionException extends NarrowsException {

    public ExecutionException(String message) {
        super(message, null);
    }

    public ExecutionException(String message, Throwable cause) {
        super(message, cause);
    }
}
