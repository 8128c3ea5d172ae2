package dev.narrows.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoundAugmentationsTest {

    private static final int RATE = 16_000;
    private static final List<float[]> OTHERS = IntStream.range(0, 6)
            .mapToObj(place -> Items.sound(5000, RATE, 500 + place))
            .toList();
    private static final Medium.Sound SOUND = new Medium.Sound(RATE, new Clips(OTHERS.size(), OTHERS::get));

    static Stream<String> usual() {
        return Augmentations.describe().stream()
                .filter(description -> description.medium().equals("sound"))
                .map(Description::usual);
    }

    static Stream<String> entries() {
        return Stream.concat(
                usual(),
                Stream.of(
                        "white:-20",
                        "brown:-20",
                        "hum:-40",
                        "shift:5000",
                        "gain:40",
                        "speed:0.5-2",
                        "reverb:3-3",
                        "specaugment:1",
                        "telephone:9000",
                        "clip:0-0",
                        "dropout:0.6-0.6",
                        "sound-light",
                        "sound-strong"));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void apply_anyLength_keepsSizeAndRange(String spec) {
        Augmentation augmentation = Augmentations.parse(spec, SOUND);
        for (int length : new int[] {1, 2, 77, 1000, 8000}) {
            for (int seed = 0; seed < 4; seed++) {
                float[] clean = Items.sound(length, RATE, seed);
                long[] shape = seed % 2 == 0 ? new long[] {length} : new long[] {1, length};

                float[] result = augmentation.apply(clean.clone(), shape, new SplittableRandom(seed));

                assertThat(result).hasSameSizeAs(clean);
                assertThat(Items.outside(result, -1f, 1)).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("entries")
    void apply_silence_isNoNaN(String spec) {
        float[] result =
                Augmentations.parse(spec, SOUND).apply(new float[3000], new long[] {3000}, new SplittableRandom(1));

        assertThat(Items.outside(result, 0, 0)).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void apply_equalSeeds_equalBits(String spec) {
        long[] shape = {1, 6000};
        for (int seed = 0; seed < 3; seed++) {
            float[] first = Augmentations.parse(spec, SOUND)
                    .apply(Items.sound(6000, RATE, 1), shape, new SplittableRandom(seed));
            float[] second = Augmentations.parse(spec, SOUND)
                    .apply(Items.sound(6000, RATE, 1), shape, new SplittableRandom(seed));

            assertThat(first).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @MethodSource("usual")
    void apply_otherSeeds_otherItems(String spec) {
        Augmentation augmentation = Augmentations.parse(spec, SOUND);
        long different = IntStream.range(0, 12)
                .map(seed -> Arrays.hashCode(
                        augmentation.apply(Items.sound(6000, RATE, 1), new long[] {6000}, new SplittableRandom(seed))))
                .distinct()
                .count();

        // A telephone's band is the same for all.
        assertThat(different).isGreaterThanOrEqualTo(spec.startsWith("telephone") ? 1 : 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shift:0",
                "gain:0",
                "speed:0",
                "reverb:0",
                "specaugment:0",
                "clip:1",
                "dropout:0",
                "noise@0",
                "none"
            })
    void apply_noStrength_leavesTheItem(String spec) {
        float[] clean = Items.sound(4000, RATE, 2);

        assertThat(Augmentations.parse(spec, SOUND).apply(clean.clone(), new long[] {4000}, new SplittableRandom(1)))
                .isEqualTo(clean);
    }

    @ParameterizedTest
    @ValueSource(strings = {"white", "pink", "brown", "hum", "babble"})
    void noise_anySnr_isMet(String colour) {
        for (double snr : new double[] {-10, 0, 12.5, 30}) {
            for (int seed = 0; seed < 3; seed++) {
                float[] clean = quiet(Items.sound(16_000, RATE, seed));
                float[] noisy = Augmentations.parse(colour + ":" + snr, SOUND)
                        .apply(clean.clone(), new long[] {16_000}, new SplittableRandom(seed));

                double signal = Level.power(clean);
                assertThat(10 * Math.log10(signal / Items.meanSquare(noisy, clean)))
                        .isCloseTo(snr, within(0.1));
            }
        }
    }

    @Test
    void noise_sumTooLoud_isMadeQuieterAsAWhole() {
        float[] loud = Items.sound(16_000, RATE, 1);
        Augmentation noise = Augmentations.parse("pink:-10", SOUND);

        float[] fitted = noise.apply(loud.clone(), new long[] {16_000}, new SplittableRandom(1));
        float[] free = noise.apply(quiet(loud), new long[] {16_000}, new SplittableRandom(1));

        float factor = Level.peak(fitted) / Level.peak(free);
        assertThat(Level.peak(fitted)).isCloseTo(1f, within(1e-6f));
        assertThat(factor).isLessThan(99f);
        for (int i = 0; i < free.length; i++) {
            free[i] *= factor;
        }
        assertThat(Items.farthest(fitted, free)).isLessThan(1e-5);
    }

    /** A hundredth, so that no sum leaves [-1, 1]. */
    private static float[] quiet(float[] sound) {
        float[] quiet = new float[sound.length];
        for (int i = 0; i < sound.length; i++) {
            quiet[i] = sound[i] / 100;
        }
        return quiet;
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-0.5, -3.01", "-1, -6.02"})
    void coloured_spectrum_hasTheStatedSlope(double slope, double decibelsAnOctave) {
        int size = 1 << 15;
        double[] power = new double[9];
        SplittableRandom random = new SplittableRandom(9);
        for (int round = 0; round < 30; round++) {
            // Not a power of two, as clips are.
            float[] noise = Arrays.copyOf(new ColouredNoise(slope, RATE).make(32_000, random), size);
            for (int i = 0; i < 32_000; i++) {
                noise[i] *= (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / 32_000));
            }
            Fourier.forward(noise);
            for (int octave = 0; octave < power.length - 1; octave++) {
                int first = (int) (30.0 * (1 << octave) * size / RATE);
                double sum = 0;
                for (int bin = first; bin < 2 * first; bin++) {
                    sum += Math.pow(noise[2 * bin], 2) + Math.pow(noise[2 * bin + 1], 2);
                }
                power[octave] += sum / first;
            }
        }

        for (int octave = 1; octave < power.length - 1; octave++) {
            assertThat(10 * Math.log10(power[octave] / power[octave - 1]))
                    .as("from %d Hz", 30 << octave)
                    .isCloseTo(decibelsAnOctave, within(octave < 3 ? 1.5 : 0.5));
        }
    }

    @Test
    void hum_spectrum_isMainsAndHarmonics() {
        float[] hum = Arrays.copyOf(new Hum(RATE).make(32_768, new SplittableRandom(4)), 32_768);
        double total = Level.power(hum) * 32_768 * 32_768 / 2;
        Fourier.forward(hum);
        double[] near = new double[2];
        for (int mains = 0; mains < 2; mains++) {
            for (int bin = 1; bin < 32_768 / 2; bin++) {
                double hertz = bin * (double) RATE / 32_768;
                double multiple = hertz / (mains == 0 ? 50 : 60);
                if (Math.abs(multiple - Math.rint(multiple)) < 0.06) {
                    near[mains] += Math.pow(hum[2 * bin], 2) + Math.pow(hum[2 * bin + 1], 2);
                }
            }
        }

        assertThat(Math.max(near[0], near[1]) / total).isGreaterThan(0.95);
    }

    @Test
    void babble_withoutOtherClips_isRefused() {
        assertThatThrownBy(() -> Augmentations.parse("babble:10", new Medium.Sound(RATE)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("babble of 0 clips (expected: other clips), in \"babble:10\"");
    }

    @Test
    void shift_later_fillsWithSilence() {
        assertThat(TimeShift.later(new float[] {1, 2, 3}, 1)).containsExactly(0, 1, 2);
        assertThat(TimeShift.later(new float[] {1, 2, 3}, -2)).containsExactly(3, 0, 0);
        assertThat(TimeShift.later(new float[] {1, 2, 3}, 9)).containsExactly(0, 0, 0);
    }

    @Test
    void gain_sixDecibels_doubles() {
        float[] result = new Gain(Range.exactly(6.0206))
                .apply(new float[] {.1f, -.2f, .9f}, new long[] {3}, new SplittableRandom(1));

        assertThat(result[0]).isCloseTo(.2f, within(1e-5f));
        assertThat(result[1]).isCloseTo(-.4f, within(1e-5f));
        assertThat(result[2]).isEqualTo(1f);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.8, 0.97, 1.1, 1.5})
    void speed_tone_isTheFasterTone(double factor) {
        int length = 4000;
        float[] tone = new float[length];
        float[] expected = new float[length];
        double middle = (length - 1) / 2.0;
        for (int i = 0; i < length; i++) {
            tone[i] = (float) (0.5 * Math.sin(0.3 * (i - middle) + 1));
            expected[i] = (float) (0.5 * Math.sin(0.3 * factor * (i - middle) + 1));
        }

        float[] result = Speed.play(tone, factor);

        // Where the whole filter lies within the tone.
        int margin = (int) (Math.max(0, length * (1 - 1 / factor) / 2) + 40);
        for (int i = margin; i < length - margin; i++) {
            assertThat(result[i]).isCloseTo(expected[i], within(2e-3f));
        }
        if (factor > 1) {
            assertThat(result[0]).isZero();
        }
    }

    @Test
    void speed_faster_doesNotFold() {
        float[] high = new float[4000];
        for (int i = 0; i < high.length; i++) {
            high[i] = (float) (0.5 * Math.sin(0.9 * Math.PI * i)); // beyond half the rate at 1.5 times the speed
        }

        assertThat(Level.power(Speed.play(high, 1.5))).isLessThan(1e-4);
    }

    @Test
    void reverb_tail_fallsBySixtyDecibels() {
        Reverberation room = new Reverberation(Range.exactly(0.5), RATE);
        double early = 0;
        double late = 0;
        double direct = 0;
        double tail = 0;
        for (int seed = 0; seed < 20; seed++) {
            float[] response = room.response(0.5, 100_000, new SplittableRandom(seed));
            assertThat(response).hasSize(8000);
            direct += response[0] * response[0];
            for (int i = 800; i < 1600; i++) {
                early += response[i] * response[i];
                late += Math.pow(response[i + 4800], 2); // 0.3 s later: 36 dB
            }
            for (int i = 700; i < 8000; i++) {
                tail += response[i] * response[i];
            }
        }

        assertThat(10 * Math.log10(early / late)).isCloseTo(36, within(0.5));
        // 700 samples in, the tail has fallen by 5.25 dB of the direct sound's energy.
        assertThat(10 * Math.log10(tail / direct)).isCloseTo(-5.25, within(0.3));
    }

    @Test
    void reverb_sound_keepsItsLoudness() {
        float[] clean = Items.sound(16_000, RATE, 3);

        float[] wet = new Reverberation(Range.exactly(0.3), RATE)
                .apply(clean.clone(), new long[] {16_000}, new SplittableRandom(1));

        assertThat(Level.power(wet)).isCloseTo(Level.power(clean), within(1e-4 * Level.power(clean)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 511, 512, 5000, 16_000})
    void specaugment_nothingMasked_isTheItem(int length) {
        float[] clean = Items.sound(length, RATE, 3);

        float[] result = SpecAugment.mask(clean, 512, new boolean[257], new boolean[SpecAugment.frames(length, 512)]);

        assertThat(Items.farthest(result, clean)).isLessThan(1e-6);
    }

    @Test
    void specaugment_maskedBand_takesItsTone() {
        float[] low = new float[8000];
        float[] both = new float[8000];
        for (int i = 0; i < 8000; i++) {
            low[i] = (float) (0.3 * Math.sin(2 * Math.PI * 500 * i / RATE));
            both[i] = low[i] + (float) (0.3 * Math.sin(2 * Math.PI * 3000 * i / RATE));
        }
        boolean[] bins = new boolean[257];
        Arrays.fill(bins, 80, 120, true); // 2500 to 3750 Hz

        float[] result = SpecAugment.mask(both, 512, bins, new boolean[SpecAugment.frames(8000, 512)]);

        for (int i = 1000; i < 7000; i++) {
            assertThat(result[i]).isCloseTo(low[i], within(2e-3f));
        }
    }

    @Test
    void specaugment_maskedFrames_areSilent() {
        float[] clean = Items.sound(8000, RATE, 3);
        boolean[] frames = new boolean[SpecAugment.frames(8000, 512)];
        Arrays.fill(frames, 20, 30, true); // frame f covers samples 128 (f + 1) − 512 and on

        float[] result = SpecAugment.mask(clean, 512, new boolean[257], frames);

        for (int i = 128 * 20; i < 128 * 27; i++) {
            assertThat(result[i]).isZero();
        }
        assertThat(result[128 * 31]).isCloseTo(clean[128 * 31], within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"50, -62", "300, -3", "1000, 0", "3400, -3", "6800, -24"})
    void telephone_tone_passesAsTheFilterSays(double hertz, double decibels) {
        float[] tone = new float[16_000];
        for (int i = 0; i < tone.length; i++) {
            double window = Math.sin(Math.PI * i / tone.length);
            tone[i] = (float) (0.5 * window * window * Math.sin(2 * Math.PI * hertz * i / RATE));
        }

        float[] result = Telephone.band(tone, RATE, 300, 3400);

        assertThat(10 * Math.log10(Level.power(result) / Level.power(tone))).isCloseTo(decibels, within(0.7));
    }

    @Test
    void clipping_half_cutsOffThere() {
        float[] result = new Clipping(Range.exactly(0.5))
                .apply(new float[] {.1f, -.8f, .3f, .5f}, new long[] {4}, new SplittableRandom(1));

        assertThat(result).containsExactly(.1f, -.4f, .3f, .4f);
    }

    @Test
    void dropouts_share_isLostInBursts() {
        float[] ones = new float[320 * 20_000];
        Arrays.fill(ones, 0.5f);

        float[] result =
                new DropOuts(Range.exactly(0.2), RATE).apply(ones, new long[] {ones.length}, new SplittableRandom(2));

        int lost = 0;
        int bursts = 0;
        for (int packet = 0; packet < 20_000; packet++) {
            boolean gone = result[packet * 320] == 0;
            assertThat(result[packet * 320 + 319] == 0).isEqualTo(gone);
            lost += gone ? 1 : 0;
            bursts += gone && (packet == 0 || result[packet * 320 - 1] != 0) ? 1 : 0;
        }
        assertThat(lost / 20_000.0).isCloseTo(0.2, within(0.015));
        assertThat(lost / (double) bursts).isCloseTo(2, within(0.1));
    }

    @Test
    void convolve_short_isTheSum() {
        float[] result = Fourier.convolve(new float[] {1, 2, 3}, new float[] {1, 0, -1}, 4);

        float[] expected = {1, 2, 2, -2};
        for (int i = 0; i < 4; i++) {
            assertThat(result[i]).isCloseTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void fourier_severalThreads_giveTheSameBits() throws Exception {
        float[] expected = Items.sound(32_768, RATE, 1);
        Fourier.forward(expected);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<float[]> transform = () -> {
                float[] values = Items.sound(32_768, RATE, 1);
                Fourier.forward(values);
                return values;
            };
            for (Future<float[]> result : threads.invokeAll(List.of(transform, transform, transform, transform))) {
                assertThat(result.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"noise", "shift", "gain", "speed", "reverb", "specaugment", "telephone", "clip", "dropout"})
    void apply_shapeOfNoSound_isRefused(String spec) {
        Augmentation augmentation = Augmentations.parse(spec, SOUND);

        assertThatThrownBy(() -> augmentation.apply(new float[6], new long[] {2, 3}, new SplittableRandom(1)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("shape: [2, 3] of 6 values (expected: a sound's samples, or 1 and its samples)");
    }
}
