package dev.narrows.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCodecsTest {

    private static MediaCodec codec(String name) {
        return MediaCodecs.parse(name, Samplers.IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "webp:lossless", "webp-bare:lossless"})
    void decode_ofALosslessCodec_isBitExact(String name) {
        for (long[] shape : List.of(Samplers.GREY, Samplers.RGB, new long[] {3, 5, 9}, new long[] {1, 1, 1})) {
            for (int seed = 0; seed < 10; seed++) {
                float[] values = noise(seed, shape);

                assertThat(codec(name).decode(codec(name).encode(values, shape), shape))
                        .as("seed %d, shape %s", seed, Arrays.toString(shape))
                        .isEqualTo(values);
            }
        }
    }

    private static float[] noise(long seed, long[] shape) {
        if (shape[1] > 9 && seed % 2 == 0) {
            return Samplers.image(seed, shape);
        }
        java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
        float[] values = new float[(int) (shape[0] * shape[1] * shape[2])];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(256) / 255f;
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "jpeg:90,30",
        "jpeg-bare:90,30",
        "webp:90,30",
        "webp-bare:90,30",
        "jpeg:10,16",
        "jpeg-bare:10,16",
        "webp:0,14",
        "webp-bare:0,14",
        "pixels:8x14,14"
    })
    void decode_ofALossyCodec_isNearAndOfWholeLevels(String name, double decibels) {
        for (long[] shape : List.of(Samplers.GREY, Samplers.RGB)) {
            for (int seed = 0; seed < 5; seed++) {
                // One shade a channel is beyond chroma at half resolution: the same shape in all is what is asked for.
                float[] grey = Samplers.image(seed, new long[] {1, shape[1], shape[2]});
                float[] values = new float[(int) shape[0] * grey.length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = grey[i % grey.length];
                }

                float[] decoded = codec(name).decode(codec(name).encode(values, shape), shape);

                assertThat(Samplers.decibels(values, decoded))
                        .as("seed %d, shape %s", seed, Arrays.toString(shape))
                        .isGreaterThan(decibels);
                for (float value : decoded) {
                    assertThat(value).isEqualTo(Pixels.level(value) / 255f);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:95", "jpeg-bare:95", "webp:95", "webp-bare:95"})
    void decode_ofOneColour_keepsTheColour(String name) {
        float[] values = new float[3 * 32 * 32];
        Arrays.fill(values, 0, 1024, 0.8f);
        Arrays.fill(values, 1024, 2048, 0.4f);
        Arrays.fill(values, 2048, 3072, 0.2f);

        float[] decoded = codec(name).decode(codec(name).encode(values, Samplers.RGB), Samplers.RGB);

        assertThat(decoded[100]).isCloseTo(0.8f, within(0.03f));
        assertThat(decoded[1124]).isCloseTo(0.4f, within(0.03f));
        assertThat(decoded[2148]).isCloseTo(0.2f, within(0.03f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:", "jpeg-bare:", "webp:", "webp-bare:"})
    void encode_withLessQuality_takesFewerBytes(String family) {
        for (long[] shape : List.of(Samplers.GREY, Samplers.RGB)) {
            long before = Long.MAX_VALUE;
            for (int quality : new int[] {95, 75, 50, 20, 5}) {
                long bytes = 0;
                for (int seed = 0; seed < 10; seed++) {
                    bytes += codec(family + quality).encode(Samplers.image(seed, shape), shape).length;
                }

                assertThat(bytes).as("quality %d", quality).isLessThan(before);
                before = bytes;
            }
        }
    }

    @Test
    void bare_lossy_isWhatAFileHasBeyondItsFraming() {
        float[] values = Samplers.image(3, Samplers.RGB);
        byte[] file = codec("webp:40").encode(values, Samplers.RGB);
        byte[] bare = codec("webp-bare:40").encode(values, Samplers.RGB);

        assertThat(file.length - bare.length).isBetween(27, 28);
        assertThat(codec("webp-bare:40").decode(bare, Samplers.RGB))
                .isEqualTo(codec("webp:40").decode(file, Samplers.RGB));
    }

    @Test
    void bare_jpeg_isTheImageOfTheWholeFile() {
        float[] values = Samplers.image(3, Samplers.RGB);
        byte[] file = codec("jpeg:40").encode(values, Samplers.RGB);
        byte[] bare = codec("jpeg-bare:40").encode(values, Samplers.RGB);

        assertThat(bare.length).isLessThan(file.length - 200);
        assertThat(codec("jpeg-bare:40").decode(bare, Samplers.RGB))
                .isEqualTo(codec("jpeg:40").decode(file, Samplers.RGB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:40", "png"})
    void encode_whole_isAFileThatAnybodyReads(String name) throws IOException {
        byte[] file = codec(name).encode(Samplers.image(3, Samplers.GREY), Samplers.GREY);

        assertThat(ImageIO.read(new ByteArrayInputStream(file)).getWidth()).isEqualTo(28);
        assertThat(new String(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("JFIF", "tEXt", "pHYs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:40", "jpeg-bare:40", "webp:40", "webp:lossless", "png", "pixels:4x7"})
    void decode_truncated_isMalformed(String name) {
        for (long[] shape : List.of(Samplers.GREY, Samplers.RGB)) {
            byte[] bytes = codec(name).encode(Samplers.image(1, shape), shape);
            for (int length : new int[] {0, 1, 7, bytes.length / 4, bytes.length / 2}) {
                assertThatThrownBy(() -> codec(name).decode(Arrays.copyOf(bytes, length), shape))
                        .as("%d of %d bytes", length, bytes.length)
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void decode_pngWithAnyByteFlipped_isMalformed() {
        byte[] bytes = codec("png").encode(Samplers.image(1, Samplers.GREY), Samplers.GREY);
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assertThatThrownBy(() -> codec("png").decode(damaged, Samplers.GREY))
                    .as("byte %d", at)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:40", "jpeg-bare:40"})
    void decode_jpegWithAnyByteChanged_isMalformedOrAnImage(String name) {
        byte[] bytes = codec(name).encode(Samplers.image(1, Samplers.RGB), Samplers.RGB);
        int refused = 0;
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] = (byte) 0xFF;
            try {
                assertThat(codec(name).decode(damaged, Samplers.RGB)).hasSize(3072);
            } catch (MalformedException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:40", "webp:40", "webp:lossless", "png"})
    void decode_ofAnotherSize_isMalformed(String name) {
        byte[] bytes = codec(name).encode(Samplers.image(1, Samplers.GREY), Samplers.GREY);

        assertThatThrownBy(() -> codec(name).decode(bytes, new long[] {1, 27, 28}))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("28 × 28 pixels (expected: 28 × 27)");
    }

    @Test
    void pixels_areAveragedPackedAndBroughtBack() {
        float[] values = new float[16];
        Arrays.fill(values, 8, 16, 1);
        long[] shape = {1, 4, 4};
        byte[] code = codec("pixels:1x2").encode(values, shape);

        assertThat(code).containsExactly(0b0011_0000);
        assertThat(codec("pixels:1x2").decode(code, shape))
                .containsExactly(
                        new float[] {
                            0,
                            0,
                            0,
                            0,
                            64 / 255f,
                            64 / 255f,
                            64 / 255f,
                            64 / 255f,
                            191 / 255f,
                            191 / 255f,
                            191 / 255f,
                            191 / 255f,
                            1,
                            1,
                            1,
                            1
                        },
                        within(1e-6f));
    }

    @Test
    void pixels_ofTheWholeImageWithAllBits_areTheImage() {
        float[] values = Samplers.image(5, Samplers.GREY);
        byte[] code = codec("pixels:8x28").encode(values, Samplers.GREY);

        assertThat(code).hasSize(784);
        assertThat(codec("pixels:8x28").decode(code, Samplers.GREY)).isEqualTo(values);
    }

    @Test
    void pixels_sizesThatDoNotDivide_keepTheMean() {
        float[] values = Samplers.image(5, Samplers.GREY);
        float[] decoded = codec("pixels:8x9").decode(codec("pixels:8x9").encode(values, Samplers.GREY), Samplers.GREY);

        assertThat(mean(decoded)).isCloseTo(mean(values), within(0.01));
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    @Test
    void pixels_largerThanTheImage_areRefused() {
        assertThatThrownBy(() -> codec("pixels:4x29").encode(new float[784], Samplers.GREY))
                .isInstanceOf(InvalidException.class)
                .hasMessage("size: 29 (expected: at most the image's, 28 × 28), codec \"pixels:4x29\"");
    }

    @Test
    void encode_aShapeThatIsNoImage_isRefused() {
        assertThatThrownBy(() -> codec("png").encode(new float[8], new long[] {2, 2, 2}))
                .isInstanceOf(InvalidException.class)
                .hasMessageStartingWith("image: [2, 2, 2] (expected: 1 or 3 channels");
    }

    @Test
    void webp_withoutNativeCode_isUnsupported() {
        assertThatThrownBy(() -> WebpCodec.require(() -> {
                    throw new UnsatisfiedLinkError("none");
                }))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageStartingWith("WebP: no native code for ")
                .hasCauseInstanceOf(UnsatisfiedLinkError.class);
        assertThat(new WebpCodec(OptionalInt.of(3), true).name()).isEqualTo("webp-bare:3");
    }
}
