package dev.narrows.benchmarks;

import dev.narrows.wire.InferResponse;
import java.util.Optional;

/**
 * What came back on a connection.
 *
 * @param status the HTTP code or {@code grpc N}; {@code closed} if the server closed the connection without a response,
 *     {@code silent} if it did neither in time
 * @param error the error's text
 * @param answer the inference, where it was one
 */
record Reply(String status, String error, Optional<InferResponse> answer) {

    static final String CLOSED = "closed";
    static final String SILENT = "silent";

    static Reply of(String status) {
        return new Reply(status, "", Optional.empty());
    }

    static Reply error(String status, String error) {
        return new Reply(status, error, Optional.empty());
    }

    static Reply answer(String status, InferResponse answer) {
        return new Reply(status, "", Optional.of(answer));
    }
}
