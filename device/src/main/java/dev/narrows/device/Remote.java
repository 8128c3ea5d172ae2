package dev.narrows.device;

import dev.narrows.errors.NarrowsException;
import dev.narrows.wire.InferRequest;
import dev.narrows.wire.InferResponse;
import dev.narrows.wire.ModelMetadata;
import dev.narrows.wire.Parameters;
import java.util.concurrent.CompletableFuture;

/** A server, as messages reach it. */
interface Remote extends AutoCloseable {

    /** One infer call under way. */
    interface Exchange {
        /** How it ends; never completed exceptionally. A cancelled call ends in a failure. */
        CompletableFuture<Reply> reply();

        void cancel();

        /** HTTP bodies and headers given to the link so far. */
        long wireBytesUp();

        /** HTTP bodies and headers that came back so far. */
        long wireBytesDown();
    }

    /** How an infer call ended. */
    sealed interface Reply {}

    /** An answer, not yet checked. */
    record Answer(InferResponse response) implements Reply {
        /** What the server says it spent decoding and running; 0 if it says nothing. */
        long serverNanos() {
            return 1_000
                    * response.parameters().integer(Parameters.SERVER_MICROS).orElse(0);
        }
    }

    /** No answer. */
    record Failure(Reason reason, NarrowsException error) implements Reply {
        Why why() {
            return new Why(reason, String.valueOf(error.getMessage()));
        }
    }

    /** Sends an item's code; does not block. */
    Exchange infer(InferRequest request, long timeoutNanos);

    /** What the server says of a model; blocks. */
    ModelMetadata metadata(String model, long timeoutNanos);

    /**
     * Sends and receives that many bytes and returns the nanoseconds it took; blocks.
     *
     * @throws dev.narrows.errors.UnsupportedException if the server has no such endpoint
     */
    long probe(int bytesUp, int bytesDown, long timeoutNanos);

    /** Drops all connections: after a black-out a fresh one is ready sooner than an old one recovers. */
    void reconnect();

    /** Cancels all calls and stops the threads. */
    @Override
    void close();
}
