package dev.narrows.device;

import java.time.Duration;

/**
 * Where the time of one prediction went. Of a batch that ran as one, these are the batch's times; of
 * those of its items that an exit answered, the times until then.
 *
 * @param device spent in segments and exits on the device, before the cut and after it
 * @param encode spent coding the cut's tensors
 * @param cloudWait from sending until the cloud's answer, or until the device stopped waiting for it: link and server
 * @param server of {@code cloudWait}, what the server says it spent decoding and running; zero if it answered nothing
 * @param total from the call of {@code predict} to the answer, waiting for the device's processor included
 */
public record Timings(Duration device, Duration encode, Duration cloudWait, Duration server, Duration total) {

    static Timings ofNanos(long device, long encode, long cloudWait, long server, long total) {
        return new Timings(
                Duration.ofNanos(device),
                Duration.ofNanos(encode),
                Duration.ofNanos(cloudWait),
                Duration.ofNanos(server),
                Duration.ofNanos(total));
    }
}
