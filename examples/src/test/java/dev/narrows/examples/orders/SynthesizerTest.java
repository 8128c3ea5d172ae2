package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SynthesizerTest {

    @Test
    void trim_soundBetweenSilences_keepsItAndAMargin() {
        float[] sound = new float[16_000];
        for (int i = 4800; i < 8000; i++) {
            sound[i] = 0.5f;
        }

        assertThat(Synthesizer.trim(sound)).hasSize(3200 + 2 * 480);
    }

    @Test
    void trim_soundFromStartToEnd_isWhole() {
        float[] sound = new float[1234];
        Arrays.fill(sound, 0.1f);

        assertThat(Synthesizer.trim(sound)).isEqualTo(sound);
    }

    @Test
    void trim_silence_isEmpty() {
        assertThat(Synthesizer.trim(new float[1000])).isEmpty();
        assertThat(Synthesizer.trim(new float[0])).isEmpty();
    }

    @Test
    void speak_espeak_twiceTheSame() {
        Installed.assume(Engine.ESPEAK);
        speaksTwiceTheSame(new Speaker(Engine.ESPEAK, "en+whisper"));
    }

    @Test
    void speak_flite_twiceTheSame() {
        Installed.assume(Engine.FLITE);
        speaksTwiceTheSame(new Speaker(Engine.FLITE, "slt"));
    }

    @Test
    void speak_faster_isShorter() {
        Installed.assume(Engine.ESPEAK);
        Utterance slow = new Utterance(new Speaker(Engine.ESPEAK, "en"), "a double espresso please", 120, 50);

        assertThat(speak(slow.at(200)).length).isLessThan(speak(slow).length * 3 / 4);
    }

    private static void speaksTwiceTheSame(Speaker speaker) {
        Utterance utterance = new Utterance(speaker, "a latte, please", 150, 60);
        assertThat(speak(utterance)).hasSizeBetween(8000, 40_000).isEqualTo(speak(utterance));
    }

    private static float[] speak(Utterance utterance) {
        return new Synthesizer().speak(utterance);
    }
}
