package dev.narrows.augment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** The augmentations of sound by name. */
final class SoundRecipes {

    private static final String USUAL_SNR = "5-30";
    /** The telephone's lower edge, in Hz. */
    private static final Range LOWER_EDGE = Range.exactly(300);

    static final List<Recipe<Medium.Sound>> ALL = List.of(
            recipe(
                    "noise",
                    USUAL_SNR,
                    Range::exactly,
                    "white, pink, brown, hum or (if there are other clips) babble, at this SNR in dB",
                    (range, fill, sound) -> new SoundNoise(every(sound), range)),
            noise("white", "white noise", sound -> ColouredNoise.white(sound.rate())),
            noise("pink", "pink noise, -3 dB an octave,", sound -> ColouredNoise.pink(sound.rate())),
            noise("brown", "brown noise, -6 dB an octave,", sound -> ColouredNoise.brown(sound.rate())),
            noise("hum", "mains of 50 or 60 Hz with harmonics", sound -> new Hum(sound.rate())),
            noise("babble", "3 to 6 other clips at once", sound -> new Babble(sound.others())),
            recipe(
                    "shift",
                    "100",
                    Range::around,
                    "later by ± this many ms; silence fills the gap",
                    (range, fill, sound) -> new TimeShift(range, sound.rate())),
            recipe("gain", "6", Range::around, "louder by ± this many dB", (range, fill, sound) -> new Gain(range)),
            recipe(
                    "speed",
                    "0.1",
                    Range::aboutOne,
                    "played 1 ± this many times as fast (a-b: a to b times), pitch changes too",
                    (range, fill, sound) -> new Speed(range)),
            recipe(
                    "reverb",
                    "0.5",
                    Range::upTo,
                    "in a room that falls by 60 dB in up to this many seconds",
                    (range, fill, sound) -> new Reverberation(range, sound.rate())),
            recipe(
                    "specaugment",
                    "0.15",
                    Range::exactly,
                    "2 bands and 2 stretches silenced, each up to this share of the mel scale and of the length",
                    (range, fill, sound) -> new SpecAugment(range, sound.rate())),
            recipe(
                    "telephone",
                    "3400",
                    Range::exactly,
                    "nothing below 300 Hz nor above this many Hz",
                    (range, fill, sound) -> new Telephone(LOWER_EDGE, range, sound.rate())),
            recipe(
                    "clip",
                    "0.3",
                    low -> new Range(low, Math.max(low, 1)),
                    "cut off above a share of the peak, from this to 1",
                    (range, fill, sound) -> new Clipping(range)),
            recipe(
                    "dropout",
                    "0.1",
                    Range::upTo,
                    "packets of 20 ms lost, in bursts: up to this share",
                    (range, fill, sound) -> new DropOuts(range, sound.rate())));

    private SoundRecipes() {}

    private interface Source {
        NoiseSource of(Medium.Sound sound);
    }

    private static Recipe<Medium.Sound> noise(String name, String what, Source source) {
        return recipe(
                name,
                USUAL_SNR,
                Range::exactly,
                what + " at this SNR in dB",
                (range, fill, sound) -> new SoundNoise(List.of(source.of(sound)), range));
    }

    private static Recipe<Medium.Sound> recipe(
            String name, String usual, DoubleFunction<Range> alone, String meaning, Recipe.Maker<Medium.Sound> maker) {
        return new Recipe<>(name, usual, Optional.empty(), 1, alone, meaning, maker);
    }

    private static List<NoiseSource> every(Medium.Sound sound) {
        List<NoiseSource> sources = new ArrayList<>(List.of(
                ColouredNoise.white(sound.rate()),
                ColouredNoise.pink(sound.rate()),
                ColouredNoise.brown(sound.rate()),
                new Hum(sound.rate())));
        if (sound.others().size() > 0) {
            sources.add(new Babble(sound.others()));
        }
        return sources;
    }
}
