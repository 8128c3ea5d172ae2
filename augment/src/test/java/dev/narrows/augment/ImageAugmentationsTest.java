package dev.narrows.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageAugmentationsTest {

    private static final Medium IMAGE = new Medium.Image();
    private static final List<long[]> SHAPES = List.of(
            new long[] {1, 28, 28},
            new long[] {3, 32, 32},
            new long[] {4, 9, 14},
            new long[] {2, 1, 5},
            new long[] {3, 5, 1},
            new long[] {1, 1, 1});

    static Stream<String> usual() {
        return Augmentations.describe().stream()
                .filter(description -> description.medium().equals("image"))
                .map(Description::usual);
    }

    static Stream<String> entries() {
        return Stream.concat(
                usual(),
                Stream.of(
                        "shift:40",
                        "shift:3:edge",
                        "crop:9:edge",
                        "rotate:180:zero",
                        "zoom:0.5-3:zero",
                        "light:2",
                        "shadow:1",
                        "blur:9",
                        "motion:25",
                        "jpeg:1-2",
                        "noise:3",
                        "erase:1",
                        "pixelate:50",
                        "flip@1",
                        "image-light",
                        "image-strong"));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void apply_anyShape_keepsSizeAndRange(String spec) {
        Augmentation augmentation = Augmentations.parse(spec, IMAGE);
        for (long[] shape : SHAPES) {
            for (int seed = 0; seed < 8; seed++) {
                float[] clean = Items.image(shape, seed);

                float[] result = augmentation.apply(clean.clone(), shape, new SplittableRandom(seed));

                assertThat(result).hasSameSizeAs(clean);
                assertThat(Items.outside(result, 0f, 1)).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("entries")
    void apply_equalSeeds_equalBits(String spec) {
        long[] shape = {3, 32, 32};
        Augmentation augmentation = Augmentations.parse(spec, IMAGE);
        for (int seed = 0; seed < 5; seed++) {
            float[] first = augmentation.apply(Items.image(shape, 1), shape, new SplittableRandom(seed));
            float[] second =
                    Augmentations.parse(spec, IMAGE).apply(Items.image(shape, 1), shape, new SplittableRandom(seed));

            assertThat(first).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @MethodSource("usual")
    void apply_otherSeeds_otherItems(String spec) {
        long[] shape = {3, 32, 32};
        Augmentation augmentation = Augmentations.parse(spec, IMAGE);
        long different = Stream.iterate(0, seed -> seed + 1)
                .limit(16)
                .map(seed -> augmentation.apply(Items.image(shape, 1), shape, new SplittableRandom(seed)))
                .map(Arrays::hashCode)
                .distinct()
                .count();

        assertThat(different).isGreaterThan(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shift:0",
                "crop:0",
                "rotate:0",
                "zoom:0",
                "light:0",
                "shadow:0",
                "blur:0",
                "motion:0",
                "motion:1",
                "noise:0",
                "erase:0",
                "pixelate:0",
                "pixelate:1",
                "flip@0",
                "light:2@0",
                "",
                "none"
            })
    void apply_noStrength_leavesTheItem(String spec) {
        long[] shape = {3, 17, 23};
        float[] clean = Items.image(shape, 3);

        assertThat(Augmentations.parse(spec, IMAGE).apply(clean.clone(), shape, new SplittableRandom(1)))
                .isEqualTo(clean);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shift", "light", "jpeg", "noise", "blur"})
    void apply_shapeOfNoImage_isRefused(String spec) {
        Augmentation augmentation = Augmentations.parse(spec, IMAGE);

        assertThatThrownBy(() -> augmentation.apply(new float[9], new long[] {3, 3}, new SplittableRandom(1)))
                .isInstanceOf(InvalidException.class)
                .hasMessage("shape: [3, 3] of 9 values (expected: an image's channels, height, width)");
    }

    @Test
    void flip_twice_isTheItem() {
        long[] shape = {3, 6, 7};
        float[] clean = Items.image(shape, 3);
        Flip flip = new Flip();

        float[] once = flip.apply(clean.clone(), shape, new SplittableRandom(1));
        float[] twice = flip.apply(once.clone(), shape, new SplittableRandom(1));

        assertThat(once).isNotEqualTo(clean);
        assertThat(twice).isEqualTo(clean);
    }

    @Test
    void shift_rightAndUp_movesPixelsAndFills() {
        float[] values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        Planes planes = new Planes(1, 3, 3);

        assertThat(Shift.move(values, planes, 1, -1, Fill.ZERO)).containsExactly(0, 4, 5, 0, 7, 8, 0, 0, 0);
        assertThat(Shift.move(values, planes, 1, -1, Fill.EDGE)).containsExactly(4, 4, 5, 7, 7, 8, 7, 7, 8);
        assertThat(Shift.move(values, planes, -5, 0, Fill.EDGE)).containsExactly(3, 3, 3, 6, 6, 6, 9, 9, 9);
        assertThat(Shift.move(values, planes, 5, 0, Fill.ZERO)).containsOnly(0);
    }

    @Test
    void rotate_quarter_turnsCounterClockwise() {
        float[] values = {.1f, .2f, .3f, .4f};

        float[] turned = Warp.turn(values, new Planes(1, 2, 2), 90, 1, Fill.EDGE);

        float[] expected = {.2f, .4f, .1f, .3f};
        for (int i = 0; i < 4; i++) {
            assertThat(turned[i]).isCloseTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void zoom_twofold_showsTheMiddle() {
        float[] values = new float[64];
        for (int i = 0; i < 64; i++) {
            values[i] = i % 8 / 8f;
        }

        float[] zoomed = Warp.turn(values, new Planes(1, 8, 8), 0, 2, Fill.EDGE);

        // Columns 1.75, 2.25, … 5.25 of the slope.
        for (int x = 0; x < 8; x++) {
            assertThat(zoomed[x]).isCloseTo((1.75f + 0.5f * x) / 8, within(1e-6f));
        }
    }

    @Test
    void noise_grey_hasTheModelsDeviation() {
        long[] shape = {1, 200, 200};
        for (float level : new float[] {0.3f, 0.7f}) {
            float[] values = new float[40_000];
            Arrays.fill(values, level);
            float[] clean = values.clone();

            float[] noisy = new SensorNoise(Range.exactly(0.05)).apply(values, shape, new SplittableRandom(5));

            double expected = 0.05 * 0.05 / 4 * (1 + 3 * level);
            assertThat(Items.meanSquare(noisy, clean)).isCloseTo(expected, within(0.03 * expected));
            assertThat(Items.mean(noisy)).isCloseTo(level, within(0.001));
        }
    }

    @Test
    void gauss_million_hasTheNormalsMomentsAndTails() {
        Gauss gauss = new Gauss(new SplittableRandom(1));
        int n = 1_000_000;
        double[] moments = new double[5];
        int beyondTwo = 0;
        int beyondTail = 0;
        for (int i = 0; i < n; i++) {
            double x = gauss.next();
            for (int power = 1; power < 5; power++) {
                moments[power] += Math.pow(x, power) / n;
            }
            beyondTwo += Math.abs(x) > 2 ? 1 : 0;
            beyondTail += Math.abs(x) > 3.5 ? 1 : 0;
        }

        assertThat(moments[1]).isCloseTo(0, within(0.004));
        assertThat(moments[2]).isCloseTo(1, within(0.006));
        assertThat(moments[3]).isCloseTo(0, within(0.015));
        assertThat(moments[4]).isCloseTo(3, within(0.04));
        assertThat(beyondTwo / (double) n).isCloseTo(0.0455, within(0.001));
        assertThat(beyondTail / (double) n).isCloseTo(4.65e-4, within(1e-4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"blur:2-2", "motion:7-7", "pixelate:4-4", "erase:0.5"})
    void apply_smearing_keepsTheMean(String spec) {
        long[] shape = {1, 32, 32};
        for (int seed = 0; seed < 5; seed++) {
            float[] clean = Items.image(shape, seed);

            float[] result = Augmentations.parse(spec, IMAGE).apply(clean.clone(), shape, new SplittableRandom(seed));

            // Edges that go on beyond the frame and what was erased move it a little.
            assertThat(Items.mean(result)).isCloseTo(Items.mean(clean), within(0.06));
        }
    }

    @Test
    void blur_point_isTheGaussian() {
        float[] values = new float[21 * 21];
        values[10 * 21 + 10] = 1;

        float[] blurred = Blur.gaussian(values, new Planes(1, 21, 21), 1.5);

        double total = 0;
        double variance = 0;
        for (int i = 0; i < blurred.length; i++) {
            total += blurred[i];
            variance += blurred[i] * Math.pow(i % 21 - 10, 2);
        }
        assertThat(total).isCloseTo(1, within(1e-5));
        assertThat(variance).isCloseTo(2.25, within(0.06)); // cut off at 3 deviations
    }

    @Test
    void motion_horizontal_isTheMeanAlongTheLine() {
        float[] values = new float[9 * 3];
        values[9 + 4] = 1;

        float[] blurred = MotionBlur.along(values, new Planes(1, 3, 9), 5, 0);

        double total = 0;
        for (int x = 0; x < 9; x++) {
            total += blurred[9 + x];
            assertThat(blurred[x]).isCloseTo(0, within(1e-6f));
        }
        assertThat(total).isCloseTo(1, within(1e-5));
        assertThat(blurred[9 + 4]).isCloseTo(0.25f, within(0.01f)); // (length − 1) pixels long
        assertThat(blurred[9 + 1]).isZero();
    }

    @Test
    void jpeg_quality95_isNearTheItem() {
        for (long[] shape : List.of(new long[] {1, 28, 28}, new long[] {3, 32, 32}, new long[] {2, 20, 31})) {
            float[] clean = new float[(int) (shape[0] * shape[1] * shape[2])];
            for (int i = 0; i < clean.length; i++) {
                int row = i / (int) shape[2];
                int column = i % (int) shape[2];
                clean[i] = (float) (0.5 + 0.3 * Math.sin(column / 6.0) * Math.cos(row / 9.0));
            }

            float[] result = Jpeg.through(clean.clone(), Planes.of(clean, shape), 95);

            assertThat(result).isNotEqualTo(clean);
            assertThat(Items.meanSquare(result, clean)).isLessThan(0.01 * 0.01);
        }
    }

    @Test
    void jpeg_colours_stayInTheirChannels() {
        float[] red = new float[3 * 16 * 16];
        Arrays.fill(red, 0, 256, 0.9f);

        float[] result = Jpeg.through(red, new Planes(3, 16, 16), 90);

        assertThat(result[100]).isCloseTo(0.9f, within(0.03f));
        assertThat(result[356]).isCloseTo(0f, within(0.03f));
        assertThat(result[612]).isCloseTo(0f, within(0.03f));
    }

    @Test
    void shadow_full_darkensAPartAlone() {
        long[] shape = {1, 32, 32};
        float[] white = new float[1024];
        Arrays.fill(white, 1);
        for (int seed = 0; seed < 10; seed++) {
            float[] result = new Shadow(Range.exactly(0.6)).apply(white.clone(), shape, new SplittableRandom(seed));

            int dark = 0;
            int lit = 0;
            for (float value : result) {
                dark += value < 0.41f ? 1 : 0;
                lit += value > 0.99f ? 1 : 0;
            }
            assertThat(dark).isGreaterThan(50);
            assertThat(lit).isGreaterThan(50);
        }
    }

    @Test
    void pixelate_blocks_areMeans() {
        float[] values = {0, .2f, .4f, .6f, .2f, .4f, .6f, .8f};

        float[] result = Pixelate.blocks(values, new Planes(1, 2, 4), 2);

        float[] expected = {.2f, .2f, .6f, .6f, .2f, .2f, .6f, .6f};
        for (int i = 0; i < 8; i++) {
            assertThat(result[i]).isCloseTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void erase_square_isTheMeanInsideAndTheItemOutside() {
        float[] values = {0, 0, 0, 0, 1, 0, 0, 0, 0};

        float[] result = Erase.square(values, new Planes(1, 3, 3), 1, 1, 5);

        float mean = 1 / 9f;
        assertThat(result).containsExactly(0, 0, 0, 0, mean, mean, 0, mean, mean);
    }

    @Test
    void gamma_eightBits_isThePower() {
        float[] values = new float[256];
        for (int i = 0; i < 256; i++) {
            values[i] = i / 255f;
        }

        Light.gamma(values, 0.7);

        for (int i = 0; i < 256; i++) {
            assertThat(values[i]).isCloseTo((float) Math.pow(i / 255.0, 0.7), within(1e-5f));
        }
    }

    @Test
    void contrast_any_keepsTheMean() {
        long[] shape = {1, 32, 32};
        float[] clean = Items.image(shape, 1);
        float[] result = clean.clone();

        Light.contrast(result, 0.4);

        assertThat(Items.mean(result)).isCloseTo(Items.mean(clean), within(1e-6));
        assertThat(Items.meanSquare(result, clean)).isPositive();
    }

    @Test
    void gradient_toTheRight_isBrighterThere() {
        float[] values = {.5f, .5f, .5f, .5f};

        Light.gradient(values, new Planes(1, 1, 4), 0.8, 0);

        float[] expected = {.2f, .4f, .6f, .8f}; // the frame's edges are at ± 0.8
        for (int i = 0; i < 4; i++) {
            assertThat(values[i]).isCloseTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void shot_photons_haveThePoissonsMeanAndVariance() {
        for (double photons : new double[] {12, 60, 1000}) {
            float[] values = new float[60_000];
            Arrays.fill(values, 0.3f);

            float[] result = ShotNoise.count(values.clone(), photons, new SplittableRandom(1));

            double variance = 0.3 / photons;
            assertThat(Items.mean(result)).isCloseTo(0.3, within(0.002));
            assertThat(Items.meanSquare(result, values)).isCloseTo(variance, within(0.03 * variance));
        }
    }

    @Test
    void impulses_share_isStruck() {
        float[] values = new float[60_000];
        Arrays.fill(values, 0.6f);

        float[] result = ImpulseNoise.strike(values, 0.2, new SplittableRandom(1));

        int black = 0;
        int white = 0;
        for (float value : result) {
            black += value == 0 ? 1 : 0;
            white += value == 1 ? 1 : 0;
        }
        assertThat(black / 60_000.0).isCloseTo(0.1, within(0.005));
        assertThat(white / 60_000.0).isCloseTo(0.1, within(0.005));
    }
}
