package dev.narrows.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.server.RequestTimeoutException;
import dev.narrows.errors.ExecutionException;
import dev.narrows.errors.IncompatibleException;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnavailableException;
import dev.narrows.errors.UnsupportedException;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultTest {

    @Test
    void table_all_isAsRecorded() {
        assertThat(Arrays.stream(Fault.values()).map(fault -> fault + " " + fault.httpCode() + " " + fault.grpcCode()))
                .containsExactly(
                        "MALFORMED 400 INVALID_ARGUMENT",
                        "CHECKSUM 400 DATA_LOSS",
                        "INVALID 400 INVALID_ARGUMENT",
                        "UNSUPPORTED 501 UNIMPLEMENTED",
                        "INCOMPATIBLE 409 FAILED_PRECONDITION",
                        "UNAVAILABLE 503 UNAVAILABLE",
                        "UNKNOWN_MODEL 404 NOT_FOUND",
                        "TOO_LARGE 413 RESOURCE_EXHAUSTED",
                        "DEADLINE 504 DEADLINE_EXCEEDED",
                        "EXECUTION 500 INTERNAL");
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new MalformedException("m"), Fault.MALFORMED),
                Arguments.of(new InvalidException("m"), Fault.INVALID),
                Arguments.of(new UnsupportedException("m"), Fault.UNSUPPORTED),
                Arguments.of(new IncompatibleException("m"), Fault.INCOMPATIBLE),
                Arguments.of(new UnavailableException("m"), Fault.UNAVAILABLE),
                Arguments.of(new ExecutionException("m"), Fault.EXECUTION),
                Arguments.of(new RefusedException(Fault.CHECKSUM, "m"), Fault.CHECKSUM),
                Arguments.of(new InvalidProtocolBufferException("m"), Fault.MALFORMED),
                Arguments.of(ContentTooLargeException.get(), Fault.TOO_LARGE),
                Arguments.of(RequestTimeoutException.get(), Fault.DEADLINE),
                Arguments.of(new IllegalStateException("m"), Fault.EXECUTION),
                Arguments.of(new OutOfMemoryError("m"), Fault.EXECUTION));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void of_error_isItsFaultBehindCompletionExceptionsToo(Throwable error, Fault fault) {
        assertThat(Fault.of(error)).isEqualTo(fault);
        assertThat(Fault.of(new CompletionException(new CompletionException(error))))
                .isEqualTo(fault);
        assertThat(Fault.status(new CompletionException(error)).getCode()).isEqualTo(fault.grpcCode());
    }

    @Test
    void message_unforeseenError_tellsItsKindOnly() {
        assertThat(Fault.message(new IllegalStateException("/secret/path")))
                .isEqualTo("request: failed with IllegalStateException");
        assertThat(Fault.message(new CompletionException(new InvalidException("shape: 3 (expected: 4)"))))
                .isEqualTo("shape: 3 (expected: 4)");
    }
}
