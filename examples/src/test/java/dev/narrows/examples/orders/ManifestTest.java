package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import dev.narrows.errors.MalformedException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {

    @Test
    void parse_ofWhatWasWritten_isTheSame() {
        List<Manifest.Row> rows = List.of(
                new Manifest.Row(
                        "test-noisy/tea/00009.wav",
                        "tea",
                        "espeak-ng:en+Mr serious",
                        "espeak-ng",
                        "um, a \"hot\" tea",
                        "test-noisy",
                        OptionalDouble.of(12.3),
                        "pink"),
                new Manifest.Row("t/b.wav", "background", "", "", "", "t", OptionalDouble.empty(), "hum"));

        assertThat(Manifest.parse(Manifest.write(rows))).isEqualTo(rows);
    }

    @Test
    void parse_rowTooShort_isNamedByItsLine() {
        assertThatThrownBy(() -> Manifest.parse(Manifest.HEADING + "\na.wav,tea\n"))
                .isInstanceOf(MalformedException.class)
                .hasMessage("manifest: 2 fields (expected: 8), line 2");
    }

    @ParameterizedTest
    @CsvSource({"-1, 5, 30, 0", "1, 30, 5, 0", "1, NaN, 30, 0", "1, 5, 30, 1.5"})
    void recipe_thatCannotBe_isRefused(int clips, double minSnr, double maxSnr, double reverberation) {
        assertThatThrownBy(() -> new Recipe(Map.of(Split.TRAIN, clips), 1, minSnr, maxSnr, reverberation))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("expected: ");
    }

    @Test
    void random_ofClipSplitAndSeed_isItsOwn() {
        Recipe recipe = new Recipe(Map.of(), 1, 5, 30, 0);
        Recipe reseeded = new Recipe(Map.of(), 2, 5, 30, 0);
        long first = recipe.random(Split.TRAIN, 0).nextLong();

        assertThat(recipe.random(Split.TRAIN, 0).nextLong()).isEqualTo(first);
        assertThat(recipe.random(Split.TRAIN, 1).nextLong()).isNotEqualTo(first);
        assertThat(recipe.random(Split.TEST, 0).nextLong()).isNotEqualTo(first);
        assertThat(reseeded.random(Split.TRAIN, 0).nextLong()).isNotEqualTo(first);
    }
}
