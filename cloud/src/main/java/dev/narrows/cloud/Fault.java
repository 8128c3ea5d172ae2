package dev.narrows.cloud;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import io.grpc.Status;
import java.util.concurrent.CompletionException;

/** Why a request gets no answer, with its gRPC status and HTTP code: the one table of both transports. */
enum Fault {
    /** Bytes that are not what they claim to be. */
    MALFORMED(400, Status.Code.INVALID_ARGUMENT),
    /** A message that is not the one its checksum was taken of. */
    CHECKSUM(400, Status.Code.DATA_LOSS),
    /** A value that breaks a rule. */
    INVALID(400, Status.Code.INVALID_ARGUMENT),
    /** Something valid that this server cannot do. */
    UNSUPPORTED(501, Status.Code.UNIMPLEMENTED),
    /** A code of another bundle, a cut or codec that the bundle has not. */
    INCOMPATIBLE(409, Status.Code.FAILED_PRECONDITION),
    /** A model that is not ready, a queue that is full, a server that drains. */
    UNAVAILABLE(503, Status.Code.UNAVAILABLE),
    /** A model that this server does not have. */
    UNKNOWN_MODEL(404, Status.Code.NOT_FOUND),
    /** More bytes than this server takes in one request. */
    TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED),
    /** A request whose sender has stopped waiting, or that took too long to arrive. */
    DEADLINE(504, Status.Code.DEADLINE_EXCEEDED),
    /** A run that failed. */
    EXECUTION(500, Status.Code.INTERNAL);

    private final int httpCode;
    private final Status.Code grpcCode;

    Fault(int httpCode, Status.Code grpcCode) {
        this.httpCode = httpCode;
        this.grpcCode = grpcCode;
    }

    int httpCode() {
        return httpCode;
    }

    Status.Code grpcCode() {
        return grpcCode;
    }

    /** The status of a call that failed with {@code error}. */
    static Status status(Throwable error) {
        return Status.fromCode(of(error).grpcCode).withDescription(message(error));
    }

    /**
     * The status of a call that failed before it reached a service.
     *
     * @param status what the gRPC library makes of it: INTERNAL of a message that does not parse
     */
    static Status status(Status status, Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidProtocolBufferException) {
                return status(cause);
            }
        }
        return status.getCode() == Status.Code.UNKNOWN ? status(error) : status;
    }

    /** The fault that {@code error} stands for; what nothing here foresaw is a failed run. */
    static Fault of(Throwable error) {
        Throwable cause = unwrapped(error);
        if (cause instanceof RefusedException refused) {
            return refused.fault();
        }
        if (cause instanceof NarrowsException stage) {
            return of(stage);
        }
        if (cause instanceof InvalidProtocolBufferException) {
            return MALFORMED;
        }
        if (cause instanceof ContentTooLargeException
                || (cause instanceof HttpStatusException http
                        && http.httpStatus().code() == TOO_LARGE.httpCode)) {
            return TOO_LARGE;
        }
        if (cause instanceof ShuttingDownException) {
            return UNAVAILABLE;
        }
        return cause instanceof RequestTimeoutException ? DEADLINE : EXECUTION;
    }

    private static Fault of(NarrowsException stage) {
        if (stage instanceof MalformedException) {
            return MALFORMED;
        }
        if (stage instanceof InvalidException) {
            return INVALID;
        }
        if (stage instanceof UnsupportedException) {
            return UNSUPPORTED;
        }
        if (stage instanceof IncompatibleException) {
            return INCOMPATIBLE;
        }
        if (stage instanceof UnavailableException) {
            return UNAVAILABLE;
        }
        assert stage instanceof ExecutionException : stage;
        return EXECUTION;
    }

    /** What the sender is told. Of a failure that nothing foresaw only its kind: its text may name the server's files. */
    static String message(Throwable error) {
        Throwable cause = unwrapped(error);
        String text = cause.getMessage();
        if (text != null && (cause instanceof RefusedException || cause instanceof NarrowsException)) {
            return text;
        }
        return switch (of(cause)) {
            case MALFORMED -> "message: not one of the protocol";
            case TOO_LARGE -> "body: larger than this server takes";
            case UNAVAILABLE -> "server: closing (expected: open)";
            case DEADLINE -> "request: not complete in time";
            default -> "request: failed with " + cause.getClass().getSimpleName();
        };
    }

    private static Throwable unwrapped(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? unwrapped(cause) : error;
    }
}
