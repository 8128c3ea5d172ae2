package dev.narrows.cli;

/** Options that make no sense, alone or together: exit code 2. */
final class WrongUseException extends RuntimeException {

    WrongUseException(String message) {
        super(message);
    }
}
