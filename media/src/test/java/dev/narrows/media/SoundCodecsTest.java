package dev.narrows.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.MalformedException;
import dev.narrows.errors.UnsupportedException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoundCodecsTest {

    private static MediaCodec codec(String name) {
        return MediaCodecs.parse(name, Samplers.SOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcm16", "flac"})
    void decode_ofALosslessCodec_isBitExact(String name) {
        for (int length : new int[] {1, 17, 4095, 4096, 4097, 8123}) {
            long[] shape = {1, length};
            float[] values = Samplers.sound(length, shape);

            assertThat(codec(name).decode(codec(name).encode(values, shape), shape))
                    .as("%d samples", length)
                    .isEqualTo(values);
        }
    }

    @ParameterizedTest
    @CsvSource({"pcm8,50", "mulaw,45", "opus:32,30", "opus:6,15"})
    void decode_ofALossyCodec_isNear(String name, double decibels) {
        float[] values = Samplers.sound(7, Samplers.CLIP);

        float[] decoded = codec(name).decode(codec(name).encode(values, Samplers.CLIP), Samplers.CLIP);

        assertThat(Samplers.decibels(values, decoded)).isGreaterThan(decibels);
        for (float value : decoded) {
            assertThat(value * 32768).isEqualTo((float) Math.rint(value * 32768));
        }
    }

    @Test
    void encode_flac_isSmallerThanPcm() {
        float[] values = Samplers.sound(2, Samplers.CLIP);

        assertThat(codec("flac").encode(values, Samplers.CLIP).length)
                .isLessThan(codec("pcm16").encode(values, Samplers.CLIP).length * 3 / 4);
        assertThat(codec("pcm16").encode(values, Samplers.CLIP)).hasSize(16_246);
        assertThat(codec("mulaw").encode(values, Samplers.CLIP)).hasSize(8_123);
    }

    @Test
    void encode_opusWithFewerKilobits_takesFewerBytes() {
        int before = Integer.MAX_VALUE;
        for (int kilobits : new int[] {32, 24, 16, 12, 8, 6}) {
            int bytes = codec("opus:" + kilobits).encode(Samplers.sound(2, Samplers.CLIP), Samplers.CLIP).length;

            assertThat(bytes).as("%d kbit/s", kilobits).isLessThan(before);
            before = bytes;
        }
    }

    @Test
    void muLaw_knownSamples_areAsG711HasThem() {
        // Codes of 0, the quietest steps and full scale: tables 2a and 2b, on 16 bits.
        float[] values = {0, 8 / 32768f, -8 / 32768f, 32767 / 32768f, -1, 1000 / 32768f};

        assertThat(codec("mulaw").encode(values, new long[] {6})).containsExactly(0xFF, 0xFE, 0x7E, 0x80, 0x00, 0xCE);
    }

    @Test
    void muLaw_everyCode_isItsOwn() {
        byte[] codes = new byte[256];
        for (int i = 0; i < 256; i++) {
            codes[i] = (byte) i;
        }
        codes[0x7F] = (byte) 0xFF; // there are two zeros
        long[] shape = {256};

        assertThat(codec("mulaw").encode(codec("mulaw").decode(codes, shape), shape))
                .isEqualTo(codes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcm16", "pcm8", "mulaw", "flac", "opus:16"})
    void decode_truncated_isMalformed(String name) {
        byte[] bytes = codec(name).encode(Samplers.sound(2, Samplers.CLIP), Samplers.CLIP);
        for (int length : new int[] {0, 1, 5, 43, bytes.length / 2}) {
            assertThatThrownBy(() -> codec(name).decode(Arrays.copyOf(bytes, length), Samplers.CLIP))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void decode_damagedFlac_isMalformed() {
        byte[] bytes = codec("flac").encode(Samplers.sound(2, Samplers.CLIP), Samplers.CLIP);
        for (int at = 42; at < bytes.length; at += 101) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x24;
            assertThatThrownBy(() -> codec("flac").decode(damaged, Samplers.CLIP))
                    .as("byte %d", at)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void decode_damagedOpus_isMalformedOrSound() {
        byte[] bytes = codec("opus:16").encode(Samplers.sound(2, Samplers.CLIP), Samplers.CLIP);
        int refused = 0;
        for (int at = 0; at < bytes.length; at += 11) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x24;
            try {
                assertThat(codec("opus:16").decode(damaged, Samplers.CLIP)).hasSize(8_123);
            } catch (MalformedException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void opus_atARateThatItHasNot_isUnsupported() {
        assertThatThrownBy(() -> MediaCodecs.parse("opus:16", new MediaKind.Sound(22_050)))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageStartingWith("rate: 22050 (expected: 8000, 12000");
    }
}
