package dev.narrows.cloud;

/** A request refused for a reason that only a server has: an unknown model, a deadline, a limit, a checksum. */
final class RefusedException extends RuntimeException {

    private final Fault fault;

    RefusedException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    RefusedException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
