package dev.narrows.augment;

import dev.narrows.errors.InvalidException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Corruptions at every severity, the same items for every network: what chance decides depends on the seed, the
 * corruption's name, the severity and the item's place, and on nothing else. Thread-safe.
 *
 * @param corruptions of the items' medium
 */
public record CorruptionSuite(List<Corruption> corruptions, long seed) {

    public CorruptionSuite {
        corruptions = List.copyOf(corruptions);
        if (corruptions.stream().map(Corruption::name).distinct().count() < corruptions.size()) {
            throw new InvalidException("corruptions: "
                    + corruptions.stream().map(Corruption::name).toList() + " (expected: each name once)");
        }
    }

    /**
     * One corruption at one severity.
     *
     * @param severity 1 to {@link Corruption#SEVERITIES}
     * @param seed the suite's
     */
    public record Case(Corruption corruption, int severity, long seed) {

        /** Such as {@code gaussian-noise-3}. */
        public String name() {
            return corruption.name() + "-" + severity;
        }

        /**
         * The item disturbed, in a new array.
         *
         * @param values as in {@link Augmentation#apply}; left as they are
         * @param index the item's place in its data set
         */
        public float[] apply(float[] values, long[] shape, int index) {
            long state = mix(seed);
            for (int i = 0; i < corruption.name().length(); i++) {
                state = mix(state ^ corruption.name().charAt(i));
            }
            state = mix(mix(state ^ severity) ^ index);
            return corruption.apply(values.clone(), shape, severity, new SplittableRandom(state));
        }

        /** Scatters the bits (D. Stafford's variant 13 of MurmurHash3's finaliser), after a step that moves zero. */
        private static long mix(long bits) {
            long z = bits + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }

    /** Every corruption at every severity, the mildest first. */
    public List<Case> cases() {
        return corruptions.stream()
                .flatMap(corruption -> IntStream.rangeClosed(1, Corruption.SEVERITIES)
                        .mapToObj(severity -> new Case(corruption, severity, seed)))
                .toList();
    }
}
