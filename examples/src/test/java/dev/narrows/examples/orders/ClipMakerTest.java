package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClipMakerTest {

    private static final int CLIPS = 56;
    private static final List<List<Clip>> MADE = new ArrayList<>();

    @BeforeAll
    static void makeClips() {
        Installed.assume(Engine.ESPEAK);
        Recipe recipe = new Recipe(Map.of(Split.TEST, CLIPS), 3, 5, 30, 0);
        ClipMaker maker = ClipMaker.of(recipe, Split.TEST, Voices.of(Set.of(Engine.ESPEAK)), new Synthesizer());
        for (int i = 0; i < CLIPS; i++) {
            MADE.add(maker.make(i));
        }
    }

    @Test
    void make_neighbours_takeTheClassesInTurn() {
        for (int i = 0; i < CLIPS; i++) {
            String label = Phrases.LABELS.get(i % 14);
            for (Clip clip : MADE.get(i)) {
                assertThat(clip.row().label()).isEqualTo(label);
                assertThat(clip.row().file())
                        .isEqualTo(String.format("%s/%s/%05d.wav", clip.row().split(), label, i));
            }
        }
    }

    @Test
    void make_testSplit_givesACleanAndANoisyClip() {
        for (List<Clip> clips : MADE) {
            assertThat(clips).extracting(clip -> clip.row().split()).containsExactly("test", "test-noisy");
            assertThat(clips).allSatisfy(clip -> assertThat(clip.samples()).hasSize(Pcm.CLIP));
        }
    }

    @Test
    void make_speech_isWholeAndAlone() {
        Set<Integer> starts = new HashSet<>();
        for (List<Clip> clips : speech()) {
            float[] clean = clips.get(0).samples();
            int start = 0;
            while (clean[start] == 0) {
                start++;
            }
            int end = clean.length;
            while (clean[end - 1] == 0) {
                end--;
            }
            assertThat(end - start).isBetween(Pcm.RATE / 10, Pcm.CLIP - Pcm.RATE / 10);
            assertThat(clips.get(0).row().noise()).isEmpty();
            starts.add(start * 8 / Pcm.CLIP);
        }
        assertThat(starts).as("eighths of the clip in which speech begins").hasSizeGreaterThan(3);
    }

    @Test
    void make_anyClip_isAsLoudAsStated() {
        for (List<Clip> clips : MADE) {
            for (Clip clip : clips) {
                float peak = 0;
                for (float sample : clip.samples()) {
                    peak = Math.max(peak, Math.abs(sample));
                }
                assertThat(peak).isBetween(clip.row().speaker().isEmpty() ? 0.0009f : 0.1999f, 0.951f);
            }
        }
    }

    /** The noisy clip less as much of the clean one as it holds is the noise. */
    @Test
    void make_noisySpeech_hasTheStatedSnr() {
        for (List<Clip> clips : speech()) {
            float[] clean = clips.get(0).samples();
            float[] noisy = clips.get(1).samples();
            double product = 0;
            double square = 0;
            int first = clean.length;
            int last = 0;
            for (int i = 0; i < clean.length; i++) {
                product += clean[i] * noisy[i];
                square += clean[i] * clean[i];
                if (clean[i] != 0) {
                    first = Math.min(first, i);
                    last = i;
                }
            }
            double gain = product / square;
            double noise = 0;
            for (int i = 0; i < clean.length; i++) {
                double rest = noisy[i] - gain * clean[i];
                noise += rest * rest / clean.length;
            }
            double snr = 10 * Math.log10(gain * gain * square / (last - first + 1) / noise);
            // Noise that happens to resemble the speech a little counts as speech here.
            assertThat(snr).isCloseTo(clips.get(1).row().snr().orElseThrow(), within(1.0));
            assertThat(clips.get(1).row().snr().orElseThrow()).isBetween(5.0, 30.0);
        }
    }

    private static List<List<Clip>> speech() {
        return MADE.stream()
                .filter(clips -> !clips.get(0).row().label().equals(Phrases.BACKGROUND))
                .toList();
    }
}
