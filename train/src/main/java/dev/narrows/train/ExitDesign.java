package dev.narrows.train;

import java.util.List;

/**
 * What an exit is made of. At maps: convolutions (3 taps an axis, stride 2), each with a ReLU, if there are any, the mean of
 * each channel, a matrix product to the classes. At features: the matrix product alone.
 *
 * @param channels of each convolution; none leaves them out
 */
public record ExitDesign(List<Integer> channels) {

    public static final ExitDesign DEFAULT = ExitDesign.of(32);

    public ExitDesign {
        channels.forEach(each -> Range.atLeast("channels", each, 1));
        channels = List.copyOf(channels);
    }

    /** Convolutions of so many channels, one behind the other. */
    public static ExitDesign of(Integer... channels) {
        return new ExitDesign(List.of(channels));
    }
}
