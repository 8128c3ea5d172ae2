package dev.narrows.errors;

import org.jspecify.annotations.Nullable;

/**
 * The root of the errors that Narrows throws. Its subclasses name the stage that failed; the message says what, its
 * value, what was expected, and where.
 */
public abstract sealed class NarrowsException extends RuntimeException
        permits MalformedException,
                InvalidException,
                UnsupportedException,
                IncompatibleException,
                UnavailableException,
                ExecutionException {

    NarrowsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
