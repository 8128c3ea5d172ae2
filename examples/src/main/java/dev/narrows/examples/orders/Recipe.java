package dev.narrows.examples.orders;

import com.google.gson.JsonObject;
import dev.narrows.errors.InvalidException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * All that decides a data set's bytes, besides the installed engines.
 *
 * @param clips of each split
 * @param minSnr the loudest noise of the noisy sets, in dB below the speech
 * @param maxSnr the softest
 * @param reverberation share of the noisy sets' clips that are heard in a room
 */
record Recipe(Map<Split, Integer> clips, long seed, double minSnr, double maxSnr, double reverberation) {

    /** Of phrases, voices and noise: counts up whenever the same recipe would sound differently. */
    static final int VERSION = 1;

    private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
            RandomGeneratorFactory.of("L64X128MixRandom");

    Recipe {
        Map<Split, Integer> counts = new EnumMap<>(Split.class);
        for (Split split : Split.values()) {
            int count = clips.getOrDefault(split, 0);
            if (count < 0) {
                throw new InvalidException("clips: " + count + " for " + split.folder() + " (expected: 0 or more)");
            }
            counts.put(split, count);
        }
        clips = Collections.unmodifiableMap(counts);
        if (!(minSnr >= -20 && minSnr <= maxSnr && maxSnr <= 100)) {
            throw new InvalidException(
                    "SNR: " + minSnr + " to " + maxSnr + " dB (expected: -20 to 100, the lower one first)");
        }
        if (!(reverberation >= 0 && reverberation <= 1)) {
            throw new InvalidException("reverberation: " + reverberation + " (expected: 0 to 1)");
        }
    }

    int clips(Split split) {
        return clips.getOrDefault(split, 0);
    }

    /** Files of all folders together. */
    int files() {
        int files = 0;
        for (Split split : Split.values()) {
            files += clips(split) * (split.hasNoisy() ? 2 : 1);
        }
        return files;
    }

    /** The chance of one clip; it depends on nothing else, so that clips can be made in any order. */
    RandomGenerator random(Split split, int clip) {
        // Odd constants keep the seeds of neighbours apart; the generator mixes them.
        return GENERATORS.create(seed * 0x9E37_79B9_7F4A_7C15L
                + split.folder().hashCode() * 0xD1B5_4A32_D192_ED03L
                + clip * 0x8CB9_2BA7_2F3D_8DD7L);
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("seed", seed);
        for (Split split : Split.values()) {
            json.addProperty(split.folder(), clips(split));
        }
        json.addProperty("min_snr_db", minSnr);
        json.addProperty("max_snr_db", maxSnr);
        json.addProperty("reverberation", reverberation);
        return json;
    }
}
