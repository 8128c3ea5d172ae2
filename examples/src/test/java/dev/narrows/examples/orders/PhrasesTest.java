package dev.narrows.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.narrows.errors.InvalidException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PhrasesTest {

    private static final Path BARISTA =
            Path.of(System.getProperty("narrows.root", "..")).resolve("examples/barista");

    @Test
    void labels_all_areTheNetworks() throws IOException {
        assertThat(Files.readAllLines(BARISTA.resolve("labels.txt")))
                .containsExactlyInAnyOrderElementsOf(Phrases.LABELS);
    }

    @ParameterizedTest
    @MethodSource("spoken")
    void draw_everyOrder_saysItsName(String label) {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            assertThat(Phrases.draw(label, Split.TRAIN, random)).contains(label.replace('_', ' '));
        }
    }

    @ParameterizedTest
    @MethodSource("spoken")
    void draw_manyTimes_saysItInManyWays(String label) {
        Random random = new Random(1);
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            drawn.add(Phrases.draw(label, Split.TRAIN, random));
        }
        assertThat(drawn).hasSizeGreaterThanOrEqualTo(25);
        assertThat(Phrases.all(label)).containsAll(drawn);
    }

    @ParameterizedTest
    @MethodSource("spoken")
    void all_ofAnOrder_isNoOther(String label) {
        for (String other : Phrases.LABELS) {
            boolean spoken = !other.equals(Phrases.OTHER) && !other.equals(Phrases.BACKGROUND);
            if (spoken && !other.equals(label)) {
                assertThat(Phrases.all(label)).doesNotContainAnyElementsOf(Phrases.all(other));
            }
        }
    }

    @Test
    void other_anyPhrase_ordersNothing() {
        String names = String.join("|", spoken()).replace('_', ' ');
        assertThat(Phrases.all(Phrases.OTHER))
                // A tea spoon is none; the name at the end of a phrase or before "please" is.
                .noneMatch(phrase -> phrase.matches(".*\\b(" + names + ")( please)?"));
    }

    @ParameterizedTest
    @EnumSource(Split.class)
    void draw_other_saysWhatIsOfThatSplitAlone(Split split) {
        Random random = new Random(1);
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            drawn.add(Phrases.draw(Phrases.OTHER, split, random));
        }
        assertThat(drawn).hasSizeGreaterThan(100).allMatch(phrase -> Others.isOf(phrase, split));
        assertThat(Phrases.all(Phrases.OTHER)).containsAll(drawn);
        for (Split other : List.of(Split.TRAIN, Split.VALIDATION, Split.TEST)) {
            if (other != split && split != Split.FLITE) {
                assertThat(drawn).noneMatch(phrase -> Others.isOf(phrase, other));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Split.class)
    void shortest_everySpokenLabel_isOneOfItsPhrases(Split split) {
        for (String label : Phrases.LABELS) {
            if (!label.equals(Phrases.BACKGROUND)) {
                assertThat(Phrases.all(label)).contains(Phrases.shortest(label, split));
            }
        }
    }

    @Test
    void draw_background_isRefused() {
        assertThatThrownBy(() -> Phrases.draw(Phrases.BACKGROUND, Split.TRAIN, new Random(1)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("label: background (expected: one that is spoken");
    }

    static List<String> spoken() {
        return Phrases.LABELS.subList(0, Phrases.LABELS.indexOf(Phrases.OTHER));
    }
}
