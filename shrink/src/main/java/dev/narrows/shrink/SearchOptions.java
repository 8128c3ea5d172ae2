package dev.narrows.shrink;

import dev.narrows.errors.InvalidException;
import java.util.List;

/**
 * What a {@link Search} tries.
 *
 * @param shares of a set's channels that are taken out of it alone, to see what that costs and saves; between 0 and 1
 * @param multiple of which numbers of channels are to stay, where there are as many: kernels compute so many at once
 * @param criterion of which channels go
 * @param points networks with fewer and fewer channels, and at most as many with fewer and fewer blocks
 * @param epochs that each of them is taught
 * @param finishEpochs that the best of them are taught in the end
 * @param int8 ways in which layers may become bytes: for each network the one with the least noise is taken
 * @param measureSeconds that the latency of each network is measured
 * @param seed of all chance
 */
public record SearchOptions(
        List<Double> shares,
        int multiple,
        FilterCriterion criterion,
        int points,
        int epochs,
        int finishEpochs,
        Int8Tuning.Choices int8,
        double measureSeconds,
        long seed) {

    public static final SearchOptions DEFAULT =
            new SearchOptions(List.of(0.25, 0.5, 0.75), 8, FilterCriterion.L1, 6, 0, 0, Int8Tuning.Choices.ALL, 1, 0);

    public SearchOptions {
        shares = shares.stream().sorted().distinct().toList();
        for (double share : shares) {
            if (!(share > 0 && share < 1)) {
                throw new InvalidException("share: " + share + " (expected: between 0 and 1)");
            }
        }
        atLeast("multiple", multiple, 1);
        atLeast("points", points, 0);
        atLeast("epochs", epochs, 0);
        atLeast("epochs in the end", finishEpochs, 0);
    }

    private static void atLeast(String what, int value, int least) {
        if (value < least) {
            throw new InvalidException(what + ": " + value + " (expected: " + least + " or more)");
        }
    }

    /** How many channels of a set stay at each share, from many to few, none of them all. */
    List<Integer> kept(int channels) {
        return shares.stream()
                .map(share -> channels < multiple
                        ? (int) Math.max(1, Math.round(channels * (1 - share)))
                        : (int) Math.max(multiple, multiple * Math.round(channels * (1 - share) / multiple)))
                .filter(kept -> kept < channels)
                .distinct()
                .toList();
    }

    /** What of it decides which network a recipe makes, as text. */
    public String text() {
        return "multiple " + multiple + ", criterion " + criterion + ", int8 " + int8 + ", seed " + seed;
    }
}
