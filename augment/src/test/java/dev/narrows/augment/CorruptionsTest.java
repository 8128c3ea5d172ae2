package dev.narrows.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorruptionsTest {

    private static final int RATE = 8000;
    private static final int LENGTH = 10_000;
    private static final int ITEMS = 24;
    private static final List<float[]> WORDS = IntStream.range(0, ITEMS)
            .mapToObj(item -> Items.sound(LENGTH, RATE, item))
            .toList();
    private static final Clips BABBLE = new Clips(8, WORDS::get);

    static List<Corruption> images() {
        return Corruptions.images();
    }

    static List<Corruption> sounds() {
        return Corruptions.sounds(RATE, BABBLE);
    }

    @Test
    void images_names_areThese() {
        assertThat(images())
                .extracting(Corruption::name)
                .containsExactly(
                        "gaussian-noise",
                        "shot-noise",
                        "impulse-noise",
                        "gaussian-blur",
                        "motion-blur",
                        "brightness",
                        "darkness",
                        "contrast",
                        "gradient-light",
                        "shadow",
                        "jpeg",
                        "pixelate",
                        "rotate",
                        "zoom",
                        "shift",
                        "occlusion");
    }

    @Test
    void sounds_names_areThese() {
        assertThat(sounds())
                .extracting(Corruption::name)
                .containsExactly(
                        "white-noise",
                        "pink-noise",
                        "brown-noise",
                        "hum",
                        "babble",
                        "gain",
                        "clipping",
                        "speed",
                        "reverberation",
                        "shift",
                        "telephone",
                        "drop-outs");
        assertThat(Corruptions.sounds(RATE, Clips.NONE))
                .extracting(Corruption::name)
                .hasSize(11)
                .doesNotContain("babble");
    }

    @ParameterizedTest
    @MethodSource("images")
    void image_severity_growsTheMeanSquaredDifference(Corruption corruption) {
        for (long[] shape : List.of(new long[] {1, 28, 28}, new long[] {3, 32, 32}, new long[] {3, 96, 64})) {
            double[] differences = new double[Corruption.SEVERITIES];
            for (CorruptionSuite.Case one : new CorruptionSuite(List.of(corruption), 7).cases()) {
                for (int item = 0; item < ITEMS; item++) {
                    float[] clean = Items.image(shape, item);
                    differences[one.severity() - 1] += Items.meanSquare(one.apply(clean, shape, item), clean) / ITEMS;
                }
            }

            assertThat(differences[0]).isPositive();
            assertGrowing(differences);
        }
    }

    /** Of speed and shift the loudness' course is compared: samples differ wholly once they are a period apart. */
    @ParameterizedTest
    @MethodSource("sounds")
    void sound_severity_growsTheMeanSquaredDifference(Corruption corruption) {
        boolean moves = Set.of("speed", "shift").contains(corruption.name());
        long[] shape = {1, LENGTH};
        double[] differences = new double[Corruption.SEVERITIES];
        for (CorruptionSuite.Case one : new CorruptionSuite(List.of(corruption), 7).cases()) {
            for (int item = 0; item < ITEMS; item++) {
                float[] clean = WORDS.get(item);
                float[] result = one.apply(clean, shape, item);
                differences[one.severity() - 1] += (moves
                                ? Items.meanSquare(Items.envelope(result, RATE), Items.envelope(clean, RATE))
                                : Items.meanSquare(result, clean))
                        / ITEMS;
            }
        }

        assertThat(differences[0]).isPositive();
        assertGrowing(differences);
    }

    private static void assertGrowing(double[] differences) {
        for (int i = 1; i < differences.length; i++) {
            assertThat(differences[i])
                    .as("severity %d of %s", i + 1, Arrays.toString(differences))
                    .isGreaterThan(differences[i - 1]);
        }
    }

    static List<CorruptionSuite.Case> imageCases() {
        return new CorruptionSuite(images(), 3).cases();
    }

    static List<CorruptionSuite.Case> soundCases() {
        return new CorruptionSuite(sounds(), 3).cases();
    }

    @ParameterizedTest
    @MethodSource("imageCases")
    void imageCase_twice_isTheSameWithinTheRange(CorruptionSuite.Case one) {
        long[] shape = {2, 20, 27};
        assertSameWithin(one, Items.image(shape, 5), shape, 0);
    }

    @ParameterizedTest
    @MethodSource("soundCases")
    void soundCase_twice_isTheSameWithinTheRange(CorruptionSuite.Case one) {
        assertSameWithin(one, Items.sound(4000, RATE, 5), new long[] {4000}, -1);
    }

    private static void assertSameWithin(CorruptionSuite.Case one, float[] clean, long[] shape, float least) {
        float[] before = clean.clone();

        float[] first = one.apply(clean, shape, 11);
        float[] second = one.apply(clean, shape, 11);

        assertThat(clean).isEqualTo(before);
        assertThat(first).isEqualTo(second).hasSameSizeAs(clean);
        assertThat(Items.outside(first, least, 1)).isEqualTo(-1);
    }

    @Test
    void case_otherSeedNameSeverityOrItem_drawsOtherChances() {
        Set<Long> draws = new HashSet<>();
        long[] shape = {1};
        for (long seed = 0; seed < 3; seed++) {
            for (String name : List.of("a", "b", "ab", "ba")) {
                for (int item = 0; item < 50; item++) {
                    Corruption spy = new Graded(name, "", List.of(1., 2., 3., 4., 5.), (values, s, level, random) -> {
                        draws.add(random.nextLong());
                        return values;
                    });
                    for (CorruptionSuite.Case one : new CorruptionSuite(List.of(spy), seed).cases()) {
                        one.apply(new float[1], shape, item);
                    }
                }
            }
        }

        assertThat(draws).hasSize(3 * 4 * 50 * 5);
    }

    /** A suite is the same in every release; this one's bits are written down. */
    @Test
    void case_gaussianNoise_staysAsItWas() {
        long[] shape = {1, 1, 4};
        CorruptionSuite.Case one = new CorruptionSuite(
                        List.of(Corruptions.byName("gaussian-noise", new Medium.Image())), 1)
                .cases()
                .get(2);

        assertThat(one.name()).isEqualTo("gaussian-noise-3");
        assertThat(one.apply(new float[] {.5f, .5f, .5f, .5f}, shape, 0))
                .containsExactly(0.6319853f, 0.25092953f, 0.56683415f, 0.46889728f);
    }

    @Test
    void byName_unknown_listsTheKnown() {
        assertThatThrownBy(() -> Corruptions.byName("fog", new Medium.Sound(RATE)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("corruption: \"fog\" (expected: one of white-noise, pink-noise, brown-noise, hum, gain,"
                        + " clipping, speed, reverberation, shift, telephone, drop-outs)");
    }

    @Test
    void apply_severitySix_isRefused() {
        assertThatThrownBy(() -> images().get(0).apply(new float[1], new long[] {1, 1, 1}, 6, new SplittableRandom(1)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("severity: 6 (expected: 1 to 5), of gaussian-noise");
    }

    @Test
    void suite_nameTwice_isRefused() {
        Corruption one = images().get(0);

        assertThatThrownBy(() -> new CorruptionSuite(List.of(one, one), 1)).isInstanceOf(InvalidException.class);
    }
}
