package dev.narrows.device;

import dev.narrows.errors.InvalidException;
import java.time.Duration;
import java.util.List;

/**
 * Where items are handed over, and what the other ways were thought to cost.
 *
 * @param cut the chosen cut; {@code output} is all on the device, {@code input} all in the cloud
 * @param codec the chosen codec
 * @param options all that was weighed, fastest on average first; empty as long as nothing could be measured
 */
public record Plan(String cut, String codec, List<Option> options) {

    public Plan {
        options = List.copyOf(options);
    }

    /** The chosen option with its predicted times, or an InvalidException if nothing was measured yet. */
    public Option chosen() {
        for (Option option : options) {
            if (option.cut().equals(cut) && option.codec().equals(codec)) {
                return option;
            }
        }
        throw new InvalidException("plan: no prediction for cut \"" + cut + "\", codec \"" + codec
                + "\" (expected: a cloud that was reached and measured)");
    }

    /**
     * One way to answer one item, with its predicted times if no exit answers it.
     *
     * @param cut where it is handed over
     * @param codec how
     * @param codeBytes the mean size of the code
     * @param device the segments before the cut, on the device
     * @param encode coding the cut's tensors
     * @param up the request on its way, beyond half the round trip
     * @param roundTrip of the link when idle
     * @param server the segments behind the cut, in the cloud
     * @param down the answer on its way, beyond half the round trip
     * @param exits the exits tried before the hand-over, on the device
     * @param mean the predicted mean latency of all items, those that an exit answers included; {@code total()} if no exit
     *     is tried
     */
    public record Option(
            String cut,
            String codec,
            long codeBytes,
            Duration device,
            Duration encode,
            Duration up,
            Duration roundTrip,
            Duration server,
            Duration down,
            Duration exits,
            Duration mean) {

        /** The predicted latency of an item that no exit answers. */
        public Duration total() {
            return device.plus(exits)
                    .plus(encode)
                    .plus(up)
                    .plus(roundTrip)
                    .plus(server)
                    .plus(down);
        }

        Option withMean(Duration newMean) {
            return new Option(cut, codec, codeBytes, device, encode, up, roundTrip, server, down, exits, newMean);
        }
    }
}
