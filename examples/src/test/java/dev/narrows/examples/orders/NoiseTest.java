package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NoiseTest {

    private static final List<float[]> VOICES = List.of(tone(300), tone(400), tone(550));

    @ParameterizedTest
    @EnumSource(Noise.class)
    void sound_anyColour_hasARootMeanSquareOf1(Noise noise) {
        float[] sound = noise.sound(VOICES, new Random(1));

        assertThat(sound).hasSize(Pcm.CLIP);
        assertThat(Noise.power(sound, 0, sound.length)).isCloseTo(1, within(1e-4));
    }

    @ParameterizedTest
    @EnumSource(Noise.class)
    void sound_sameSeed_isTheSame(Noise noise) {
        assertThat(noise.sound(VOICES, new Random(1))).isEqualTo(noise.sound(VOICES, new Random(1)));
        assertThat(noise.sound(VOICES, new Random(1))).isNotEqualTo(noise.sound(VOICES, new Random(2)));
    }

    /** The decibels that an octave near 2 kHz has less, of power in 1 Hz, than the one near 500 Hz. */
    @ParameterizedTest
    @CsvSource({"WHITE, 0", "PINK, 6", "BROWN, 12"})
    void sound_colour_fallsAsItsNameSays(Noise noise, double decibels) {
        double low = 0;
        double high = 0;
        for (int seed = 0; seed < 4; seed++) {
            float[] sound = noise.sound(VOICES, new Random(seed));
            for (int step = 0; step < 40; step++) {
                low += powerAt(sound, 450 + 2.5 * step);
                high += powerAt(sound, 1950 + 2.5 * step);
            }
        }
        assertThat(10 * Math.log10(low / high)).isCloseTo(decibels, within(2.0));
    }

    @Test
    void echo_impulse_comesFirstAndFades() {
        float[] impulse = new float[Pcm.CLIP];
        impulse[100] = 1;

        float[] heard = Room.echo(impulse, new Random(1));

        assertThat(Noise.power(heard, 0, 100)).isZero();
        assertThat(heard[100]).isEqualTo(1);
        assertThat(Noise.power(heard, 101, 1700)).isGreaterThan(0).isGreaterThan(30 * Noise.power(heard, 5000, 6600));
        assertThat(Noise.power(heard, 100 + Pcm.RATE / 2 + 8, heard.length)).isZero();
    }

    private static double powerAt(float[] sound, double frequency) {
        double cosine = 0;
        double sine = 0;
        for (int i = 0; i < sound.length; i++) {
            cosine += sound[i] * Math.cos(2 * Math.PI * frequency * i / Pcm.RATE);
            sine += sound[i] * Math.sin(2 * Math.PI * frequency * i / Pcm.RATE);
        }
        return cosine * cosine + sine * sine;
    }

    private static float[] tone(double frequency) {
        float[] tone = new float[9000];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (float) Math.sin(2 * Math.PI * frequency * i / Pcm.RATE);
        }
        return tone;
    }
}
