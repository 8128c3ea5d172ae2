package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.UnavailableException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoicesTest {

    @Test
    void of_installedEngines_givesEachSplitItsOwnSpeakersAndVariants() {
        Installed.assume(Engine.ESPEAK);
        Voices voices = Voices.of(EnumSet.allOf(Engine.class));

        Set<String> names = new HashSet<>();
        Set<String> variants = new HashSet<>();
        int speakers = 0;
        int variantsOfSplits = 0;
        for (Split split : Split.values()) {
            List<Speaker> ofSplit = voices.of(split);
            Set<String> itsVariants = ofSplit.stream()
                    .map(speaker -> speaker.voice().replaceFirst("^.*\\+", ""))
                    .collect(Collectors.toSet());
            assertThat(ofSplit).isNotEmpty().allMatch(speaker -> speaker.engine() == split.engine());
            ofSplit.forEach(speaker -> names.add(speaker.name()));
            variants.addAll(itsVariants);
            speakers += ofSplit.size();
            variantsOfSplits += itsVariants.size();
        }
        assertThat(names).hasSize(speakers);
        assertThat(variants).hasSize(variantsOfSplits);
    }

    /** A variant that espeak-ng does not apply, as with a language's tag for an accent, sounds as the accent alone. */
    @Test
    void of_espeak_everyAccentTakesVariants() {
        Installed.assume(Engine.ESPEAK);
        Synthesizer synthesizer = new Synthesizer();
        List<Speaker> speakers = Voices.of(Set.of(Engine.ESPEAK)).of(Split.TEST);
        Set<String> accents = speakers.stream()
                .map(speaker -> speaker.voice().replaceFirst("\\+.*$", ""))
                .collect(Collectors.toSet());

        assertThat(accents).hasSizeGreaterThanOrEqualTo(2);
        for (String accent : accents) {
            List<float[]> sounds = speakers.stream()
                    .filter(speaker -> speaker.voice().startsWith(accent + "+"))
                    .limit(2)
                    .map(speaker -> synthesizer.speak(new Utterance(speaker, "hello", 160, 50)))
                    .toList();
            assertThat(sounds.get(0)).as(accent).isNotEqualTo(sounds.get(1));
        }
    }

    /** The split must never change with the seed, or one set's test speakers would be in another's training. */
    @ParameterizedTest
    @CsvSource({"Annie, TEST", "whisper, TEST", "m3, TEST", "f2, VALIDATION", "norbert, VALIDATION", "f1, TRAIN"})
    void split_ofAVariant_isFixedByItsName(String variant, Split split) {
        assertThat(Voices.split(variant)).isEqualTo(split);
    }

    @Test
    void of_espeakSplitWithoutEspeak_isRefused() {
        Voices voices = Voices.of(Set.of(Engine.FLITE));

        assertThatThrownBy(() -> voices.of(Split.TRAIN))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("voices: none for train");
    }

    @Test
    void output_missingProgram_saysWhatToInstall() {
        assertThatThrownBy(() -> Programs.output(List.of("no-such-program-of-speech")))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("program: no-such-program-of-speech does not start (expected: on PATH; Debian and Ubuntu:"
                        + " apt-get install espeak-ng flite)");
    }
}
