package dev.narrows.cloud;

import dev.narrows.engine.SessionOptions;
import dev.narrows.errors.InvalidException;
import java.time.Duration;

/**
 * How a server serves.
 *
 * @param host the address to listen on; empty is every address of the machine
 * @param port the port; 0 is any free one
 * @param session how the models' sessions run
 * @param maxRequestBytes of a request's body
 * @param maxDecodedBytes of one request's tensors after decoding
 * @param maxRuns requests worked on at once
 * @param maxQueued requests that wait for that; one more is refused
 * @param requestTimeout how long a request may take to arrive and be answered
 * @param drainTime how long closing waits for requests under way
 * @param warmUpRequests sent over each transport before the server says that it is ready, most of them to the first model
 */
public record CloudOptions(
        String host,
        int port,
        SessionOptions session,
        int maxRequestBytes,
        long maxDecodedBytes,
        int maxRuns,
        int maxQueued,
        Duration requestTimeout,
        Duration drainTime,
        int warmUpRequests) {

    /** Every address, port 8700, 64 MiB a request, a run for each processor. */
    public static final CloudOptions DEFAULT = new CloudOptions(
            "",
            8700,
            SessionOptions.DEFAULT,
            64 << 20,
            256L << 20,
            Runtime.getRuntime().availableProcessors(),
            128,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            200);

    public CloudOptions {
        if (port < 0 || port > 65535) {
            throw new InvalidException("port: " + port + " (expected: 0 to 65535)");
        }
        atLeast("max request bytes", maxRequestBytes, 1);
        atLeast("max decoded bytes", maxDecodedBytes, 1);
        atLeast("max runs", maxRuns, 1);
        atLeast("max queued", maxQueued, 1);
        atLeast("request timeout in ms", requestTimeout.toMillis(), 1);
        atLeast("drain time in ms", drainTime.toMillis(), 0);
        atLeast("warm-up requests", warmUpRequests, 0);
    }

    private static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new InvalidException(what + ": " + value + " (expected: " + least + " or more)");
        }
    }
}
