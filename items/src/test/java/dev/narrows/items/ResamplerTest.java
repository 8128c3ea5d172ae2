package dev.narrows.items;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {

    /** Away from the ends, where the filter reaches over silence. */
    private static final int EDGE = 1000;

    @ParameterizedTest
    @CsvSource({"44100, 16000", "48000, 16000", "8000, 16000", "22050, 16000", "16000, 44100", "11025, 8000"})
    void resample_toneInTheBand_comesOutWithin80Decibels(int from, int to) {
        double frequency = 0.35 * Math.min(from, to);

        float[] output = Resampler.resample(tone(frequency, from, from), from, to, to);

        double error = 0;
        double power = 0;
        for (int i = EDGE; i < to - EDGE; i++) {
            double expected = 0.5 * Math.sin(2 * Math.PI * frequency * i / to);
            error += (output[i] - expected) * (output[i] - expected);
            power += expected * expected;
        }
        assertThat(10 * Math.log10(power / error)).isGreaterThan(80);
    }

    @ParameterizedTest
    @CsvSource({"44100, 16000, 9000", "48000, 16000, 20000", "16000, 8000, 5000"})
    void resample_toneAboveTheBand_isSilencedBy80Decibels(int from, int to, double frequency) {
        float[] output = Resampler.resample(tone(frequency, from, from), from, to, to);

        double loudest = 0;
        for (int i = EDGE; i < to - EDGE; i++) {
            loudest = Math.max(loudest, Math.abs(output[i]));
        }
        assertThat(20 * Math.log10(loudest / 0.5)).isLessThan(-80);
    }

    @Test
    void resample_constant_staysConstant() {
        float[] input = new float[44_100];
        java.util.Arrays.fill(input, 0.25f);

        float[] output = Resampler.resample(input, 44_100, 16_000, 16_000);

        assertThat(output[8000]).isCloseTo(0.25f, within(1e-6f));
    }

    @Test
    void resample_sameRate_keepsEveryBitAndPadsWithZeros() {
        float[] input = tone(440, 16_000, 100);

        float[] output = Resampler.resample(input, 16_000, 16_000, 150);

        assertThat(java.util.Arrays.copyOf(output, 100)).isEqualTo(input);
        assertThat(java.util.Arrays.copyOfRange(output, 100, 150)).containsOnly(0f);
    }

    @Test
    void resample_ratesWithoutACommonFactor_runsInBoundedMemory() {
        float[] output = Resampler.resample(tone(440, 44_101, 4410), 44_101, 15_999, 1600);

        assertThat(output[800]).isCloseTo((float) (0.5 * Math.sin(2 * Math.PI * 440 * 800 / 15_999)), within(1e-4f));
    }

    private static float[] tone(double frequency, int rate, int length) {
        float[] tone = new float[length];
        for (int i = 0; i < length; i++) {
            tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * frequency * i / rate));
        }
        return tone;
    }
}
